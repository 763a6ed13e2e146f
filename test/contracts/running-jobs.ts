/** What the test-suite of Django Remote Submission asks, of any way to run a job. */

import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Outcome, RemoteSubmission, SubmitOptions } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { makeJob, type JobFixture } from '../support/instance.js';
import { isAlive } from '../support/processes.js';
import type { InstanceOf } from '../support/types.js';

export interface RunningJobsSubject {
  drs: RemoteSubmission;
  server?: { hostname: string; port: number };
  submit: SubmitOptions;
  /** Runs the job to its end in one way or another. */
  run(jobId: number, options: SubmitOptions): Promise<Outcome>;
}

const fiveLines = `
import time
for i in range(5):
    print('line: {}'.format(i), flush=True)
    time.sleep(0.1)
`;

export function runningJobsContract(name: string, start: () => Promise<RunningJobsSubject>): void {
  describe(`running jobs ${name}`, () => {
    let subject: RunningJobsSubject;
    before(async () => {
      subject = await start();
    });

    const job = (fixture: JobFixture) => makeJob(subject.drs, { server: subject.server, ...fixture });
    const run = (made: InstanceOf<'Job'>, options: SubmitOptions = {}) =>
      subject.run(made.id, { ...subject.submit, ...options });
    const logs = (made: InstanceOf<'Job'>) =>
      subject.drs.models.Log.findAll({ where: { jobId: made.id }, order: ['attempt', 'seq'] });

    it('a program that prints five lines 0.1 s apart makes five rows, spaced as printed', async () => {
      const made = await job({ program: fiveLines });
      const outcome = await run(made);
      const rows = await logs(made);
      expect(outcome).to.include({ status: 'success', exitCode: 0, failureReason: null });
      expect(rows.map((row) => row.content.toString())).to.deep.equal(
        [0, 1, 2, 3, 4].map((i) => `line: ${i}\n`),
      );
      expect(rows.map((row) => row.seq)).to.deep.equal([1, 2, 3, 4, 5]);
      const gaps = rows.slice(1).map((row, i) => row.time.getTime() - (rows[i]?.time.getTime() ?? 0));
      for (const gap of gaps) expect(gap).to.be.within(50, 200);
    });

    it('alternating streams alternate', async () => {
      const made = await job({
        program: `
import sys, time
for i in range(6):
    print(i, file=[sys.stdout, sys.stderr][i % 2], flush=True)
    time.sleep(0.1)
`,
      });
      await run(made);
      const rows = await logs(made);
      expect(rows.map((row) => row.stream)).to.deep.equal([
        'stdout',
        'stderr',
        'stdout',
        'stderr',
        'stdout',
        'stderr',
      ]);
    });

    it('exit code 1 is a failure with reason exit', async () => {
      const made = await job({ program: 'raise SystemExit(1)' });
      const outcome = await run(made);
      expect(outcome).to.include({ status: 'failure', exitCode: 1, failureReason: 'exit' });
      await made.reload();
      expect(made).to.include({ status: 'failure', exitCode: 1, failureReason: 'exit', attempt: 1 });
    });

    it('a program that a signal ends is a failure with reason signal', async () => {
      const made = await job({ program: 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)' });
      expect(await run(made)).to.include({ status: 'failure', signal: 'SIGKILL', failureReason: 'signal' });
    });

    it('the policy total makes one row', async () => {
      const made = await job({ program: fiveLines });
      await run(made, { logPolicy: 'total' });
      const rows = await logs(made);
      expect(rows.map((row) => row.content.toString())).to.deep.equal([
        'line: 0\nline: 1\nline: 2\nline: 3\nline: 4\n',
      ]);
    });

    it('the policy none makes no row', async () => {
      const made = await job({ program: fiveLines });
      expect(await run(made, { logPolicy: 'none' })).to.include({ status: 'success' });
      expect(await logs(made)).to.have.length(0);
    });

    it('a timeout of 1 s over steps of 0.35 s leaves three rows and the reason timeout', async () => {
      const program = 'for i in 0 1 2 3 4 5; do echo $i; sleep 0.35; done';
      const made = await job({ program, interpreter: { path: 'sh', arguments: [] } });
      const outcome = await run(made, { timeoutMs: 1000 });
      expect(outcome).to.include({ status: 'failure', failureReason: 'timeout' });
      expect((await logs(made)).map((row) => row.content.toString())).to.deep.equal(['0\n', '1\n', '2\n']);
    });

    const makesFive = `
import os
os.makedirs('deep/er', exist_ok=True)
for i in range(5):
    with open('{}.txt'.format(i), 'wb') as file:
        file.write(bytes(range(256)) * i)
`;

    it('five files come back with the right bytes', async () => {
      const made = await job({ program: makesFive });
      const { results } = await run(made);
      expect(Object.keys(results).sort()).to.deep.equal(['0.txt', '1.txt', '2.txt', '3.txt', '4.txt']);
      const { storage } = internalsOf(subject.drs);
      const stored = await subject.drs.models.Result.findAll({
        where: { jobId: made.id },
        order: ['remoteFilename'],
      });
      const contents = await Promise.all(
        stored.map(async (row) => buffer(await storage.open(row.storageKey))),
      );
      const block = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      expect(contents).to.deep.equal(
        [0, 1, 2, 3, 4].map((i) => Buffer.concat(Array(i).fill(block) as Buffer[])),
      );
    });

    it('the patterns 0.txt and [12].txt give three files', async () => {
      const made = await job({ program: makesFive });
      const { results } = await run(made, { storeResults: ['0.txt', '[12].txt'] });
      expect(Object.keys(results).sort()).to.deep.equal(['0.txt', '1.txt', '2.txt']);
    });

    it('the patterns * and ![34].txt give three files', async () => {
      const made = await job({ program: makesFive });
      const { results } = await run(made, { storeResults: ['*', '![34].txt'] });
      expect(Object.keys(results).sort()).to.deep.equal(['0.txt', '1.txt', '2.txt']);
    });

    it('an empty list of patterns gives no file', async () => {
      const made = await job({ program: makesFive });
      expect((await run(made, { storeResults: [] })).results).to.deep.equal({});
    });

    it('files in sub-directories, with odd names, hard links and links come back, or not, as they should', async () => {
      const made = await job({
        program: `
import os
os.makedirs('a/b c', exist_ok=True)
open('a/b c/ü\\n"x".txt', 'w').write('odd')
os.link('a/b c/ü\\n"x".txt', 'a/hard')
os.symlink('/etc/passwd', 'soft')
os.symlink('/etc', 'soft-dir')
raise SystemExit(2)
`,
      });
      const { results, status } = await run(made);
      expect(status).to.equal('failure');
      expect(Object.keys(results).sort()).to.deep.equal(['a/b c/ü\n"x".txt', 'a/hard']);
    });

    it('files that were there before, unchanged, are no results', async () => {
      const remoteDirectory = `~/drs-test/shared-${Date.now()}`;
      await run(await job({ program: "open('old.txt', 'w').write('x')", remoteDirectory }));
      const { results } = await run(
        await job({ program: "open('new.txt', 'w').write('x')", remoteDirectory }),
      );
      expect(Object.keys(results)).to.deep.equal(['new.txt']);
    });

    it('a copied job is there, and was not run', async () => {
      const made = await job({ program: "open('ran', 'w')" });
      const worker = await subject.drs.work({ concurrency: 2 });
      const copied = await subject.drs.copyJob(made.id, subject.submit);
      const outcome = await copied.finished();
      const text = (await logs(made)).map((row) => row.content.toString()).join('');
      await worker.stop();
      expect(outcome).to.include({ status: 'success' });
      const [, where] = /is at (\S+)/.exec(text) ?? [];
      expect(await readFile(where ?? '', 'utf8')).to.equal("open('ran', 'w')");
      await readFile(where?.replace('program.py', 'ran') ?? '').then(
        () => expect.fail('it was run'),
        (error: NodeJS.ErrnoException) => expect(error.code).to.equal('ENOENT'),
      );
    });

    it('an interpreter that is missing is said so', async () => {
      const made = await job({ program: '', interpreter: { path: '/nowhere/python9' } });
      expect(await run(made)).to.include({ status: 'failure', failureReason: 'rejected', exitCode: 127 });
      await made.reload();
      expect(made.message).to.contain('was not found at /nowhere/python9').and.to.contain('Install it there');
    });

    it('a directory that cannot be made is said so', async () => {
      const made = await job({ program: '', remoteDirectory: '/proc/nothing/here' });
      expect(await run(made)).to.include({ status: 'failure', failureReason: 'rejected' });
      await made.reload();
      expect(made.message).to.contain('/proc/nothing');
    });

    it('a program of 0 bytes runs', async () => {
      expect(await run(await job({ program: '' }))).to.include({ status: 'success' });
    });

    it('a program of 10 MB runs', async () => {
      const made = await job({ program: `${'#'.repeat(10_000_000)}\nprint(1)` });
      expect(await run(made)).to.include({ status: 'success' });
      expect((await logs(made)).map((row) => row.content.toString())).to.deep.equal(['1\n']);
    });

    it('output that is not UTF-8 is stored byte for byte', async () => {
      const made = await job({ program: 'import os; os.write(1, bytes(range(256)) * 1000)' });
      await run(made);
      const stored = Buffer.concat((await logs(made)).map((row) => row.content));
      expect(
        stored.equals(Buffer.concat(Array(1000).fill(Buffer.from(Array.from({ length: 256 }, (_, i) => i))))),
      ).to.be.true;
    });

    it('10 MB of output on both streams is stored byte for byte', async () => {
      const made = await job({
        program: `
import sys
for i in range(100000):
    sys.stdout.write('out %08d %s\\n' % (i, 'é' * 20))
    sys.stderr.write('err %08d %s\\n' % (i, 'x' * 40))
`,
      });
      await run(made);
      const rows = await logs(made);
      for (const [stream, fill] of [
        ['stdout', 'é'.repeat(20)],
        ['stderr', 'x'.repeat(40)],
      ] as const) {
        const mine = rows.filter((row) => row.stream === stream);
        const text = Buffer.concat(mine.map((row) => row.content)).toString();
        const wanted = Array.from(
          { length: 100000 },
          (_, i) => `${stream.slice(3)} ${String(i).padStart(8, '0')} ${fill}\n`,
        );
        expect(text === wanted.join('')).to.be.true;
        let offset = 0;
        for (const row of mine) {
          expect(row.offset).to.equal(offset);
          offset += row.content.length;
        }
      }
    });

    it('a cancelled job ends as cancelled, with all its processes', async () => {
      const made = await job({
        program: `
import subprocess, time
child = subprocess.Popen(['setsid', 'sleep', '300'])
print(child.pid, flush=True)
time.sleep(300)
`,
      });
      const running = run(made);
      let rows = await logs(made);
      while (rows.length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        rows = await logs(made);
      }
      const child = Number(rows[0]?.content.toString());
      expect(isAlive(child)).to.be.true;
      await subject.drs.cancelJob(made.id);
      expect(await running).to.include({ status: 'cancelled' });
      expect(isAlive(child)).to.be.false;
    });

    it('a job can be submitted again, as a new attempt', async () => {
      const made = await job({ program: 'print(1)' });
      await run(made);
      await run(made);
      await made.reload();
      expect(made).to.include({ attempt: 2, status: 'success' });
      expect((await logs(made)).map((row) => [row.attempt, row.seq])).to.deep.equal([
        [1, 1],
        [2, 1],
      ]);
    });
  });
}
