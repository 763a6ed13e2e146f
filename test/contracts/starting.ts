/** What must hold wherever the direct scheduler starts programs. */

import { expect } from 'chai';
import { readdir, readFile, symlink, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endOf, type Bench } from '../schedulers/support.js';
import { isAlive } from '../support/processes.js';

/** @param open makes what it runs with */
export function describeStarting(where: string, open: () => Promise<Bench>): void {
  describe(`starting programs ${where}`, () => {
    let at: Bench;
    before(async () => {
      at = await open();
    });

    it('tells exit code and sizes, and gives the output', async () => {
      const ran = await at.run(at.planOf('echo out; echo error >&2; exit 3'));
      expect(ran).to.include({ stdout: 'out\n', stderr: 'error\n' });
      expect(endOf(ran)).to.deep.equal({
        ...{ code: 3, reason: 'exit', signal: null, sizes: { stdout: 4, stderr: 6 } },
        notes: [],
      });
    });

    for (const [what, program] of [
      ['nothing', ''],
      ['no line end', 'exit 0 # a\\b\t"c" $d  '],
      ['empty lines at its end', '\n\n  exit 0\n\n\n'],
      ['carriage returns', 'exit 0 #\r\n\r\n'],
      ['quotes', `exit 0 # '"\`\\''`],
      ['letters beyond ASCII', 'exit 0 # \u00e4\u20ac\u{1f680}'],
      ['more than a few lines', `exit 0\n${'# a line\n'.repeat(500)}`],
      ['more than a shell holds', `exit 0\n${'# a line\n'.repeat(50_000)}`],
      ['a NUL', 'exit 0\n#\0\n'],
    ] as const) {
      it(`puts a program with ${what} there byte for byte`, async () => {
        const plan = at.planOf(program);
        const ran = await at.run(plan);
        const stored = await readFile(join(at.home, plan.directory.slice(2), plan.filename), 'utf8');
        expect(endOf(ran)).to.include({ code: 0 });
        expect(stored).to.equal(program);
      });
    }

    it('puts a program there that is no text', async () => {
      const plan = at.planOf('', { program: Buffer.from('exit 0\n#\xe9\xff\n', 'latin1') });
      await at.run(plan);
      const stored = await readFile(join(at.home, plan.directory.slice(2), plan.filename));
      expect(stored).to.deep.equal(plan.program);
    });

    it('knows a made directory that holds nothing but the program, and one that does not', async () => {
      const long = `# ${'a long line '.repeat(60)}\n`;
      const changing = [
        'echo 1 >.hidden',
        'echo exit 1 >>program.sh',
        `printf '\\0' >>program.sh`,
        'rm program.sh',
      ];
      const programs = ['true', `${long}true`, ...changing, `${long}echo exit 1 >>program.sh`];
      const runs = await Promise.all(programs.map((program) => at.run(at.planOf(program))));
      expect(runs.map(({ report }) => report)).to.containSubset([
        { isUntouched: true },
        { isUntouched: true },
        ...Array.from({ length: 5 }, () => ({ isUntouched: false })),
      ]);
    });

    it('starts nothing when it is not permitted', async () => {
      const refused = new Error('somebody else holds it');
      const plan = at.planOf('true');
      const error: unknown = await at
        .run(plan, { permit: () => Promise.reject(refused) })
        .catch((reason: unknown) => reason);
      expect(error).to.equal(refused);
      expect(await readdir(at.controlOf(plan))).not.to.include('begun');
    });

    it('tells where it is prepared before it is permitted', async () => {
      const plan = at.planOf('true');
      let prepared: unknown;
      const { root } = await at.run(plan, { permit: async (where) => void (prepared = where) });
      expect(root?.id).to.match(/^[0-9a-f]{32}$/);
      expect(root?.path).to.equal(join(at.home, '.drs'));
      expect(prepared).to.deep.equal({
        controlRoot: root,
        directory: join(at.home, plan.directory.slice(2)),
      });
    });

    it('gives output while the program runs', async () => {
      const plan = at.planOf('echo one; while ! [ -e go ]; do sleep 0.05; done; echo two');
      const { stdout } = await at.run(plan, {
        onOutput(text) {
          if (text === 'one\n') void writeFile(join(at.home, plan.directory.slice(2), 'go'), '');
        },
      });
      expect(stdout).to.equal('one\ntwo\n');
    });

    it('ends the whole tree at the timeout, also what ignores TERM', async () => {
      const plan = at.planOf('trap "" TERM; sleep 300 & echo $!; while :; do sleep 0.2; done', {
        timeoutMs: 300,
      });
      const ran = await at.run(plan);
      expect(endOf(ran)).to.include({ reason: 'timeout', signal: 'SIGKILL' });
      expect(isAlive(Number(ran.stdout))).to.be.false;
    });

    it('ends the whole tree at a cancel, also what made a session of its own', async () => {
      const plan = at.planOf('setsid sleep 300 & echo $!; wait');
      const controlRoot = await at.makeRoot();
      let cancelled: Promise<string> | undefined;
      const ran = await at.run(plan, {
        onOutput() {
          cancelled ??= at.scheduler.cancel(at.session, { ...plan, controlRoot }, { fence: 1, began: null });
        },
      });
      expect(await cancelled).to.equal('ended');
      expect(endOf(ran)).to.include({ reason: 'cancel' });
      expect(isAlive(Number(ran.stdout))).to.be.false;
    });

    it('refuses an interpreter that is not there, and starts nothing', async () => {
      for (const [path, what] of [
        ['/no/such', 'interpreter'],
        ['no-such', 'interpreter'],
        ['/etc', 'interpreter-file'],
        ['/etc/passwd', 'interpreter-file'],
      ] as const) {
        const { report, how } = await at.run(at.planOf('', { interpreter: { path, arguments: [] } }));
        expect(report).to.deep.equal({ kind: 'refused', what, detail: path });
        expect(how).to.deep.equal([]);
      }
    });

    it('takes an interpreter below the home directory', async () => {
      await mkdir(join(at.home, 'venv'), { recursive: true });
      await symlink('/bin/sh', join(at.home, 'venv', 'sh')).catch(() => undefined);
      const ran = await at.run(at.planOf('exit 4', { interpreter: { path: '~/venv/sh', arguments: [] } }));
      expect(endOf(ran)).to.include({ code: 4 });
    });

    it('passes arguments to the interpreter exactly', async () => {
      const tricky = ['-c', 'printf "%s|" "$@"', 'name', 'a b', '"', "'", '$HOME', '', 'é\n'];
      const { stdout } = await at.run(at.planOf('', { interpreter: { path: 'sh', arguments: tricky } }));
      expect(stdout).to.equal('a b|"|\'|$HOME||é\n|program.sh|');
    });

    it('copies a program and does not run it', async () => {
      const plan = at.planOf('echo x >copied-and-run', { filename: 'copied.sh' });
      const report = await at.scheduler.workspace.copy(at.session, plan);
      const path = join(at.home, plan.directory.slice(2), 'copied.sh');
      expect(report).to.deep.equal({ kind: 'copied', path });
      expect(await readFile(path, 'utf8')).to.equal('echo x >copied-and-run');
    });
  });
}
