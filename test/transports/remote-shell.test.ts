import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureCommand } from '../../lib/embedded/install.js';
import { shellCommand } from '../../lib/transports/remote-shell.js';

const run = promisify(execFile);

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
  '__',
  'ends in _\n_',
];

const shells: { name: string; debianPackage: string; before: string[] }[] = [
  { name: 'bash', debianPackage: 'bash', before: [] },
  { name: 'dash', debianPackage: 'dash', before: [] },
  { name: 'busybox', debianPackage: 'busybox', before: ['sh'] },
  { name: 'zsh', debianPackage: 'zsh', before: [] },
  { name: 'tcsh', debianPackage: 'tcsh', before: [] },
  { name: 'fish', debianPackage: 'fish', before: [] },
];

describe('shellCommand', () => {
  for (const { name, debianPackage, before: first } of shells) {
    describe(`through ${name} -c`, () => {
      let path: string;

      before(async function () {
        this.timeout(300_000);
        path = await ensureCommand({ command: name, debianPackage });
      });

      const through = async (script: string, args: readonly string[]) => {
        const env = { PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8' };
        const { stdout } = await run(path, [...first, '-c', shellCommand(script, args)], {
          env,
          maxBuffer: 10_000_000,
        });
        return stdout;
      };

      it('gives every argument to the script exactly', async () => {
        const stdout = await through('printf "%s\\0" "$#" "$@"', nasty);
        expect(stdout.split('\0')).to.deep.equal([String(nasty.length), ...nasty, '']);
      });

      it('runs a script without arguments', async () => {
        expect(await through('echo "$# $0"', [])).to.equal('0 drs\n');
      });

      it('passes a long script of many lines as it is', async () => {
        const line = `echo 'it is "so"' "don't! \\\\ $1"\n`;
        const expected = `it is "so" don't! \\ x\n`;
        expect(await through(`# don't\n${line.repeat(1000)}`, ['x'])).to.equal(expected.repeat(1000));
      });

      it('passes the exit code on', async () => {
        expect(
          await run(path, [...first, '-c', shellCommand('exit 42', [])]).catch(
            (error: { code: number }) => error.code,
          ),
        ).to.equal(42);
      });

      it('leaves no variable of its own behind', async () => {
        expect(await through('set | grep -c "^_drs" || :', ['a'])).to.equal('0\n');
      });
    });
  }

  it('holds only characters that no shell touches inside single quotes', () => {
    const command = shellCommand(nasty.join('\n'), nasty);
    expect(command).to.match(/^[\x20-\x7e]+$/);
    expect(command).not.to.include('!');
    expect(command).not.to.match(/\\[^0]/);
  });

  it('refuses what no command line can carry', () => {
    expect(() => shellCommand('echo \0', []))
      .to.throw('NUL')
      .with.property('code', 'invalid_command');
    expect(() => shellCommand('x'.repeat(140_000), []))
      .to.throw('stdin')
      .with.property('code', 'invalid_command');
  });
});
