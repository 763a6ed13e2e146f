import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommand } from '../../lib/embedded/install.js';
import { direct } from '../../lib/schedulers/direct.js';
import type { RunPlan } from '../../lib/schedulers/scheduler.js';
import type { Session } from '../../lib/transports/session.js';
import { atEnd } from '../support/cleanup.js';
import { isAlive } from '../support/processes.js';
import { shellSession } from '../support/shell-session.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const shells = [
  { command: 'dash', debianPackage: 'dash' },
  { command: 'bash', debianPackage: 'bash' },
  { command: 'busybox', debianPackage: 'busybox' },
];

for (const shell of shells) {
  describe(`starting programs with ${shell.command} as sh`, () => {
    const scheduler = direct();
    let home: string;
    let session: Session;
    let count = 0;
    before(async () => {
      home = await temporaryFolder('direct');
      session = await shellSession(await ensureCommand(shell), home);
    });

    const planOf = (program: string, changes: Partial<RunPlan> = {}): RunPlan => ({
      directory: '~/work',
      name: `job-${(count += 1)}`,
      filename: 'program.sh',
      program: Buffer.from(program),
      interpreter: { path: 'sh', arguments: [] },
      timeoutMs: null,
      isLive: true,
      isListing: true,
      from: { stdout: 0, stderr: 0 },
      allowed: Promise.resolve(),
      ...changes,
    });

    async function run(plan: RunPlan, onOutput: (text: string) => void = () => undefined) {
      let output = '';
      const ready: string[] = [];
      const report = await scheduler.run(session, plan, {
        onReady: (how) => ready.push(how),
        onOutput(stream, bytes) {
          if (stream === 'stdout') output += bytes.toString();
          onOutput(output);
        },
      });
      // What was printed last may not have been followed to its end.
      const from = { stdout: Buffer.byteLength(output), stderr: 0 };
      const rest = { stdout: 1_000_000, stderr: 0 };
      if (report.kind === 'ended') {
        await scheduler.readOutput(session, plan, {
          from,
          bytes: rest,
          onOutput: (_stream, bytes) => void (output += bytes.toString()),
        });
      }
      return { report, output, ready };
    }

    it('tells exit code, sizes and files, and gives the output', async () => {
      const { report } = await run(
        planOf('echo out; echo error >&2; mkdir -p "a b"; echo 1 >"a b/c.txt"; exit 3'),
      );
      expect(report).to.deep.equal({
        kind: 'ended',
        code: 3,
        reason: 'exit',
        signal: null,
        sizes: { stdout: 4, stderr: 6 },
        files: ['a b/c.txt'],
        isCut: false,
      });
    });

    for (const [what, program] of [
      ['nothing', ''],
      ['no line end', 'exit 0 # a\\b\t"c" $d  '],
      ['empty lines at its end', '\n\n  exit 0\n\n\n'],
      ['carriage returns', 'exit 0 #\r\n\r\n'],
      ['letters beyond ASCII', 'exit 0 # \u00e4\u20ac\u{1f680}'],
      ['more than a few lines', `exit 0\n${'# a line\n'.repeat(500)}`],
    ] as const) {
      it(`puts a program with ${what} there byte for byte`, async () => {
        const plan = planOf(program, { directory: `~/exact-${count}` });
        const { report } = await run(plan);
        const stored = await readFile(join(home, plan.directory.slice(2), plan.filename), 'utf8');

        expect(report).to.include({ kind: 'ended', code: 0 });
        expect(stored).to.equal(program);
      });
    }

    it('lists a program that changed itself', async () => {
      const plan = planOf('echo exit 1 >>program.sh', { directory: '~/self' });
      expect((await run(plan)).report).to.deep.include({ files: ['program.sh'] });
    });

    it('lists no file of an empty directory, and the one file of another', async () => {
      const one = await run(planOf('true', { directory: '~/untouched' }));
      const two = await run(planOf('echo 1 >.hidden', { directory: '~/touched' }));

      expect([one.report, two.report]).to.containSubset([{ files: [] }, { files: ['.hidden'] }]);
    });

    it('does nothing on the server when it is not allowed', async () => {
      const refused = new Error('somebody else holds it');
      const plan = planOf('true', { directory: '~/not-allowed', allowed: Promise.reject(refused) });
      const error = await run(plan).catch((reason: unknown) => reason);

      expect(error).to.equal(refused);
      expect(await readdir(home)).not.to.include('not-allowed');
    });

    it('gives output while the program runs', async () => {
      const plan = planOf('echo one; while ! [ -e go ]; do sleep 0.05; done; echo two');
      const { output } = await run(plan, (text) => {
        if (text === 'one\n') void writeFile(join(home, 'work', 'go'), '');
      });
      expect(output).to.contain('one\n');
    });

    it('starts an attempt once: the second start attaches and reports the same end', async () => {
      const plan = planOf('echo x >>starts; exit 4');
      const first = await run(plan);
      const second = await run(plan);
      expect([first.ready, second.ready]).to.deep.equal([['started'], ['attached']]);
      expect(second.report).to.deep.equal(first.report);
      expect(await readFile(join(home, 'work', 'starts'), 'utf8')).to.equal('x\n');
    });

    it('starts an attempt once when ten start it at the same time', async () => {
      const plan = planOf('echo x >>starts-of-ten; sleep 0.3');
      const all = await Promise.all(Array.from({ length: 10 }, () => run(plan)));
      expect(all.flatMap(({ ready }) => ready).filter((how) => how === 'started')).to.have.length(1);
      expect(await readFile(join(home, 'work', 'starts-of-ten'), 'utf8')).to.equal('x\n');
    });

    it('ends the whole tree at the timeout, also what ignores TERM', async () => {
      const plan = planOf('trap "" TERM; sleep 300 & echo $!; while :; do sleep 0.2; done', {
        timeoutMs: 300,
      });
      const { report, output } = await run(plan);
      expect(report).to.include({ kind: 'ended', reason: 'timeout', signal: 'SIGKILL' });
      expect(isAlive(Number(output))).to.be.false;
    });

    it('ends the whole tree at a cancel, also what made a session of its own', async () => {
      const plan = planOf('setsid sleep 300 & echo $!; wait');
      let cancelled: Promise<string> | undefined;
      const { report, output } = await run(plan, () => {
        cancelled ??= scheduler.cancel(session, plan);
      });
      expect(await cancelled).to.equal('ended');
      expect(report).to.include({ kind: 'ended', reason: 'cancel' });
      expect(isAlive(Number(output))).to.be.false;
    });

    it('ends no other process whose group has the same number since the server was restarted', async () => {
      const plan = planOf('echo no');
      const other = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
      atEnd(() => void other.kill('SIGKILL'));
      const control = join(home, 'work', '.drs', plan.name);
      await mkdir(join(control, 'claim'), { recursive: true });
      await writeFile(join(control, 'pid'), `${other.pid} 1 another-boot\n`);
      await writeFile(join(control, 'group'), `${other.pid}\n`);
      const ended = once(other, 'exit').then(() => 'ended');
      expect(await scheduler.cancel(session, plan)).to.equal('ended');
      const end = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 200, 'alive'))]);
      expect(end).to.equal('alive');
    });

    it('never starts what was cancelled before its start', async () => {
      const plan = planOf('echo x >never');
      expect(await scheduler.cancel(session, plan)).to.equal('never-started');
      const { report, ready } = await run(plan);
      expect(ready).to.deep.equal(['attached']);
      expect(report).to.include({ kind: 'ended', reason: 'cancel' });
    });

    it('reports a claim without process and exit file as lost', async () => {
      const plan = planOf('echo no');
      const control = join(home, 'work', '.drs', plan.name);
      await mkdir(join(control, 'claim'), { recursive: true });
      await writeFile(join(control, 'pid'), '999999 1 none\n');
      const { report } = await run(plan);
      expect(report.kind).to.equal('lost');
    });

    it('refuses an interpreter that is not there, and starts nothing', async () => {
      const { report, ready } = await run(planOf('', { interpreter: { path: '/no/such', arguments: [] } }));
      expect(report).to.deep.equal({ kind: 'refused', what: 'interpreter', detail: '/no/such' });
      expect(ready).to.deep.equal([]);
    });

    it('passes arguments to the interpreter exactly', async () => {
      const tricky = ['-c', 'printf "%s|" "$@"', 'name', 'a b', '"', "'", '$HOME', '', 'é\n'];
      const { output } = await run(planOf('', { interpreter: { path: 'sh', arguments: tricky } }));
      expect(output).to.equal('a b|"|\'|$HOME||é\n|program.sh|');
    });

    it('copies a program and does not run it', async () => {
      const plan = planOf('echo x >copied-and-run', { filename: 'copied.sh' });
      const report = await scheduler.copy(session, plan);
      expect(report).to.deep.equal({ kind: 'copied', path: join(home, 'work', 'copied.sh') });
      expect(await readFile(join(home, 'work', 'copied.sh'), 'utf8')).to.equal('echo x >copied-and-run');
    });

    it('keeps the claim when it cleans up', async () => {
      const plan = planOf('echo x >>after-clean');
      await run(plan);
      await scheduler.clean(session, [plan]);
      const { ready } = await run(plan);
      expect(ready).to.deep.equal(['attached']);
      expect(await readFile(join(home, 'work', 'after-clean'), 'utf8')).to.equal('x\n');
    });
  });
}
