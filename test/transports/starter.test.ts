import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureCommand } from '../../lib/embedded/install.js';
import { prepareStart, type Start } from '../../lib/transports/starter.js';

const nasty = [
  '',
  "it's '' ''' quoted",
  '"double" `back`',
  'lines\n\nand more\n\n\n',
  '\n',
  '!! !$ !-1 a!b ^a^b',
  '$HOME ${HOME} $(id) $((1)) $status',
  '\\ \\\\ \\n \\t \\\' \\" \\0101 \\c ends in \\',
  '-n',
  '--',
  '%s %b %% %d',
  'tab\tand  two spaces ',
  '* ? [a-z] ~ ~root {a,b} #x',
  '; & && | || < > >> ( ) { }',
  'naïve ☃ 𝄞 日本語 \u00a0',
  '\u0001\u001b[31m\u0007\r\r\n\u007f',
  '_',
  '#',
  'ends in #\n#',
];

const shells: { name: string; debianPackage: string; before: string[] }[] = [
  { name: 'bash', debianPackage: 'bash', before: [] },
  { name: 'dash', debianPackage: 'dash', before: [] },
  { name: 'busybox', debianPackage: 'busybox', before: ['sh'] },
  { name: 'zsh', debianPackage: 'zsh', before: [] },
  { name: 'mksh', debianPackage: 'mksh', before: [] },
  { name: 'tcsh', debianPackage: 'tcsh', before: [] },
  { name: 'bsd-csh', debianPackage: 'csh', before: [] },
  { name: 'fish', debianPackage: 'fish', before: [] },
];

const interpreters: typeof shells = [
  { name: 'dash', debianPackage: 'dash', before: [] },
  { name: 'bash', debianPackage: 'bash', before: ['--posix'] },
  { name: 'busybox', debianPackage: 'busybox', before: ['sh'] },
  { name: 'mksh', debianPackage: 'mksh', before: [] },
];

/** Short ones are read by the shell itself. */
const lengths = [0, 4000];

interface Shell {
  path: string;
  args: string[];
  env?: Record<string, string>;
}

const sh: Shell = { path: '/bin/sh', args: ['-c'] };
const usual = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', LC_ALL: 'C.UTF-8' };

/** Its output after the hello, and how it ended. */
async function startThrough({ path, args, env = {} }: Shell, { command, hello, text: input }: Start) {
  const child = spawn(path, [...args, command], { env: { ...usual, ...env }, stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {
    stdout: stdout.split(hello.stdout.toString())[1],
    stderr: stderr.split(hello.stderr.toString())[1],
    exitCode: await ended,
  };
}

describe('a starter', () => {
  for (const { name, debianPackage, before: first } of shells) {
    describe(`through ${name} -c`, () => {
      let shell: Shell;

      before(async function () {
        this.timeout(300_000);
        shell = { path: await ensureCommand({ command: name, debianPackage }), args: [...first, '-c'] };
      });

      it('gives every argument to the script exactly', async () => {
        const { stdout } = await startThrough(shell, prepareStart('printf "%s\\0" "$#" "$@"', nasty));
        expect(stdout?.split('\0')).to.deep.equal([String(nasty.length), ...nasty, '']);
      });

      it('runs a script without arguments, and passes its exit code on', async () => {
        expect(
          await startThrough(shell, prepareStart('echo "$# $0"; echo no >&2; exit 42', [])),
        ).to.deep.equal({ stdout: '0 drs\n', stderr: 'no\n', exitCode: 42 });
      });

      it('passes a long script of many lines as it is', async () => {
        const line = `echo 'it is "so"' "don't! \\\\ $1"\n`;
        const { stdout } = await startThrough(shell, prepareStart(`# don't\n${line.repeat(6000)}`, ['☃']));
        expect(stdout).to.equal(`it is "so" don't! \\ ☃\n`.repeat(6000));
      });
    });
  }

  it('is a command line of at most 1,000 characters that no shell touches, whatever the script', () => {
    const { command } = prepareStart('echo 12345678\n'.repeat(1_000_000), nasty);
    expect(command.length).to.be.at.most(1000);
    expect(command).to.match(/^[\x20-\x7e]+$/);
    expect(command).not.to.match(/!|\\[\\']/);
  });

  for (const { name, debianPackage, before: first } of interpreters) {
    describe(`with ${name} as sh`, () => {
      let asShell: (start: Start) => Start;
      let headless: (start: Start) => Start;

      before(async function () {
        this.timeout(300_000);
        const path = await ensureCommand({ command: name, debianPackage });
        const named = [path, ...first].join(' ');
        asShell = (start) => ({ ...start, command: start.command.replace('/bin/sh', named) });
        // mksh has no printf of its own.
        const folder = await mkdtemp(join(tmpdir(), 'drs-headless-'));
        await symlink('/usr/bin/printf', join(folder, 'printf'));
        headless = (start) => ({ ...start, command: `PATH=${folder}; ${asShell(start).command}` });
      });

      it('gives every argument to the script exactly, with head and without', async () => {
        const starts = lengths.map((padding) =>
          prepareStart(`# ${'☃'.repeat(padding)}\nprintf "%s\\0" "$#" "$@"`, nasty),
        );
        for (const one of starts.flatMap((start) => [asShell(start), headless(start)]))
          expect((await startThrough(sh, one)).stdout?.split('\0')).to.deep.equal([
            String(nasty.length),
            ...nasty,
            '',
          ]);
      });

      it('runs nothing of a script that was cut, with head and without', async () => {
        const starts = lengths.map((padding) => prepareStart(`echo one\n# ${'x'.repeat(padding)}\n`, ['a']));
        const cut = starts.map((start) => ({ ...start, text: start.text.subarray(0, -2) }));
        for (const one of cut.flatMap((start) => [asShell(start), headless(start)]))
          expect(await startThrough(sh, one)).to.deep.equal({
            stdout: '',
            stderr: 'the script did not arrive whole\n',
            exitCode: 97,
          });
      });

      it('leaves no variable of its own behind, nor TMOUT', async () => {
        const start = prepareStart('echo "${s-}${l-}${n-}${TMOUT-}."', ['a']);
        const impatient = { ...sh, env: { TMOUT: '1' } };
        for (const one of [asShell(start), headless(start)])
          expect((await startThrough(impatient, one)).stdout).to.equal('.\n');
      });
    });
  }

  it('leaves what follows the script on standard input to the script, byte by byte', async () => {
    for (const padding of lengths) {
      const start = prepareStart(`cat # ${'x'.repeat(padding)}`, []);
      const more = { ...start, text: Buffer.concat([start.text, Buffer.from('more\n')]) };
      expect((await startThrough(sh, more)).stdout).to.equal('more\n');
    }
  });

  it('carries no NUL', () => {
    for (const [script, args] of [
      ['echo \0', []],
      ['echo', ['\0']],
    ] as const)
      expect(() => prepareStart(script, args))
        .to.throw('NUL')
        .with.property('code', 'invalid_command');
  });
});
