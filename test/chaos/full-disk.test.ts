import { expect } from 'chai';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { pino } from 'pino';
import {
  disk,
  type RemoteSubmission,
  type RemoteSubmissionOptions,
  type Submission,
} from '../../lib/index.js';
import { serviceUser } from '../../lib/embedded/service-user.js';
import { internalsOf } from '../../lib/internals.js';
import { memoryQueue } from '../../lib/queue/memory-queue.js';
import { Runner } from '../../lib/worker/runner.js';
import { startWorker } from '../../lib/worker/worker.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance } from '../support/instance.js';
import { testDatabase } from '../support/postgres.js';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.js';
import { sharedSshd, type Sshd } from '../support/sshd.js';
import { workerDependenciesOf } from './support/worker-dependencies.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Places {
  remoteDirectory?: string;
  controlDirectory?: string;
}

/** A page of tmpfs: the least that a file with content takes. */
const page = 4096;

describe('a full disk', () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await sharedSshd();
  });

  /** An instance with a worker, and jobs for it. */
  const site = async (options: Partial<RemoteSubmissionOptions> = {}) => {
    const drs = await testInstance(options);
    const worker = await startWorker(workerDependenciesOf(drs), { concurrency: 10 });
    atEnd(() => worker.stop());
    return drs;
  };

  const make = (drs: RemoteSubmission, program: string, { remoteDirectory, ...server }: Places = {}) =>
    makeJob(drs, {
      program,
      remoteDirectory: remoteDirectory ?? '~/drs-test/full-{job}',
      interpreter: { path: 'sh', arguments: [] },
      server: { hostname: sshd.hostname, port: sshd.port, ...server },
    });

  const submit = async (drs: RemoteSubmission, ...job: [program: string, places?: Places]) => {
    const { id: jobId } = await make(drs, ...job);
    const { username, password } = sshd.user;
    return drs.submitJob(jobId, { username, password });
  };

  const outputOf = async (drs: RemoteSubmission, jobId: number) => {
    const rows = await drs.models.Log.findAll({ where: { jobId }, order: ['seq'] });
    return Buffer.concat(rows.map((row) => row.content)).toString();
  };

  const messageOf = async (drs: RemoteSubmission, jobId: number) =>
    (await drs.models.Job.findByPk(jobId))?.message ?? '';

  const untilMessage = async (drs: RemoteSubmission, jobId: number, words: string) => {
    while (!(await messageOf(drs, jobId)).includes(words))
      await new Promise((resolve) => setTimeout(resolve, 20));
  };

  describe('of the server', () => {
    let drs: RemoteSubmission;
    let small: SmallDisk;
    before(async () => {
      drs = await site();
      small = await mountSmallDisk({
        path: join(sshd.user.home, 'small'),
        bytes: 256 * page,
        owner: sshd.user,
      });
    });
    afterEach(() => small.replace());

    /** The program and what is known of it lie on the small disk. */
    const here: Places = { remoteDirectory: '~/small/{job}', controlDirectory: '~/small/control' };
    const submitHere = (program: string) => submit(drs, program, here);

    const startsOf = (name: string) => readFile(join(sshd.user.home, name), 'utf8').catch(() => '');

    const printing = 'while echo "a line"; do :; done';

    /** Without the pauses between the tries. */
    const endOf = async ({ jobId, finished }: Submission) => {
      const end = finished();
      let isOver = false;
      void end.finally(() => (isOver = true));
      const sql = `UPDATE drs_attempts SET next_try_at = now() WHERE job_id = ${jobId} AND next_try_at > now()`;
      while (!isOver) {
        await internalsOf(drs).sequelize.query(sql);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return end;
    };

    it('that its program fills hides no exit code; what was not stored was said to be missing', async () => {
      const { jobId, finished } = await submitHere('yes "a line" | head -c 3000000; exit 7');
      expect(await finished()).to.include({ status: 'failure', failureReason: 'exit', exitCode: 7 });
      const output = await outputOf(drs, jobId);
      expect(output.length).to.be.greaterThan(200 * page);
      expect(output).to.equal('a line\n'.repeat(output.length / 7 + 1).slice(0, output.length));
      expect(await messageOf(drs, jobId)).to.contain('Some of its output is missing');
    });

    it('that its program fills hinders no timeout', async () => {
      const { id } = await make(drs, `${printing}; sleep 300`, here);
      const { username, password } = sshd.user;
      const { finished } = await drs.submitJob(id, { username, password, timeoutMs: 1_500 });
      expect(await finished()).to.include({ status: 'failure', failureReason: 'timeout' });
    });

    it('that its program fills hinders no cancel', async () => {
      const { jobId, finished } = await submitHere(`${printing}; sleep 300`);
      while ((await drs.models.Log.count({ where: { jobId } })) < 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
      await drs.cancelJob(jobId);
      expect(await finished()).to.include({ status: 'cancelled' });
    });

    for (const pages of [0, 1, 2, 3, 4, 5]) {
      it(`with room for ${pages} small files starts nothing, and says why`, async () => {
        await small.fill(pages * page);
        const submission = await submitHere(`echo x >>~/starts-with-${pages}; exit 3`);
        expect(await endOf(submission)).to.include({ status: 'failure', failureReason: 'rejected' });
        expect(await messageOf(drs, submission.jobId)).to.match(/no space is left|No space left/);
        expect(await startsOf(`starts-with-${pages}`)).to.equal('');
      });
    }

    for (const pages of [6, 7, 8]) {
      it(`with room for ${pages} small files runs a small program as a whole`, async () => {
        await small.fill(pages * page);
        const { finished } = await submitHere(`echo x >>~/starts-with-${pages}; exit 3`);
        expect(await finished()).to.include({ status: 'failure', failureReason: 'exit', exitCode: 3 });
        expect(await startsOf(`starts-with-${pages}`)).to.equal('x\n');
      });
    }

    it('that has no room for the program in its directory starts nothing, and says why', async () => {
      await small.fill();
      const { remoteDirectory } = here;
      const { jobId, finished } = await submit(drs, 'echo x >>~/starts-without', { remoteDirectory });
      expect(await finished()).to.include({ status: 'failure', failureReason: 'rejected' });
      expect(await messageOf(drs, jobId)).to.contain('No space left');
      expect(await startsOf('starts-without')).to.equal('');
    });

    it('is waited for: when there is room again, the attempt begins', async () => {
      // The control root itself finds room: without it another one would be chosen, on another disk.
      await small.fill(page);
      const { jobId, finished } = await submitHere('echo x >>~/starts-later');
      await untilMessage(drs, jobId, 'Trying again');
      await small.free();
      expect(await finished()).to.include({ status: 'success' });
      expect(await startsOf('starts-later')).to.equal('x\n');
    });

    it('is no obstacle to a retry when there is room again', async () => {
      await small.fill();
      const submission = await submitHere('echo done');
      expect(await endOf(submission)).to.include({ status: 'failure', failureReason: 'rejected' });
      await small.free();
      const { username, password } = sshd.user;
      const retried = await drs.retryJob(submission.jobId, { username, password });
      expect(await retried.finished()).to.include({ status: 'success' });
    });
  });

  describe('for results', () => {
    const program =
      'for i in $(seq 12); do head -c 6000 /dev/zero >$i; done; head -c 300000 /dev/zero >large';
    const names = [...Array.from({ length: 12 }, (_, i) => String(i + 1)), 'large'].sort();
    let small: SmallDisk;
    let drs: RemoteSubmission;
    before(async () => {
      small = await mountSmallDisk({ path: await temporaryFolder('small'), bytes: 512 * page });
      drs = await site({ storage: disk({ directory: small.path }) });
    });
    afterEach(() => small.replace());

    const filesThere = async () =>
      (await readdir(small.path, { recursive: true, withFileTypes: true })).filter(
        (entry) => entry.isFile() && entry.name !== '.ballast',
      );

    for (const pages of [0, 10, 50]) {
      it(`with room for ${pages} pages is waited for: then all results are there, whole`, async () => {
        await small.fill(pages * page);
        const { jobId, finished } = await submit(drs, program);
        await untilMessage(drs, jobId, 'the disk for results is full');
        expect(await filesThere()).to.deep.equal([]);
        await small.free();
        const { status, results } = await finished();
        expect(status).to.equal('success');
        expect(Object.keys(results).sort()).to.deep.equal(names);
        for (const id of Object.values(results)) {
          const row = await drs.models.Result.findByPk(id);
          const stored = await buffer(await internalsOf(drs).storage.open(row?.storageKey ?? ''));
          expect(stored.length).to.equal(row?.remoteFilename === 'large' ? 300_000 : 6_000);
        }
      });
    }

    it('that stays full ends the attempt with that reason, keeps no part of a result, and leaves a retry', async () => {
      const elsewhere = await testInstance({ storage: disk({ directory: small.path }) });
      const runner = new Runner({ ...workerDependenciesOf(elsewhere), queue: memoryQueue() });
      atEnd(async () => void (await runner.stop()));
      await small.fill(10 * page);
      const ticket = await submit(elsewhere, program);
      const { sequelize } = internalsOf(elsewhere);
      while ((await runner.run(ticket)) !== null)
        await sequelize.query('UPDATE drs_attempts SET next_try_at = NULL');
      expect(await ticket.finished()).to.deep.include({
        status: 'failure',
        failureReason: 'internal',
        results: {},
      });
      expect(await messageOf(elsewhere, ticket.jobId)).to.contain('the disk for results is full');
      expect(await filesThere()).to.deep.equal([]);
      await small.free();
      const { username, password } = sshd.user;
      const retried = await elsewhere.retryJob(ticket.jobId, { username, password });
      await runner.run(retried);
      expect((await retried.finished()).status).to.equal('success');
    }).timeout(180_000);
  });

  describe('of PostgreSQL', () => {
    const warnings: string[] = [];
    let small: SmallDisk;
    let drs: RemoteSubmission;
    before(async () => {
      const owner = (await serviceUser()) ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      small = await mountSmallDisk({
        path: await temporaryFolder('small'),
        bytes: 40 * 1024 * 1024,
        owner,
      });
      const databaseUrl = await testDatabase();
      await onSmallDisk(databaseUrl, small.path);
      const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
      drs = await site({ databaseUrl, logger });
    });

    /** The database's own tables lie on it; what the whole server needs lies elsewhere. */
    const onSmallDisk = async (databaseUrl: string, path: string) => {
      const { pathname } = new URL(databaseUrl);
      const client = new pg.Client({
        connectionString: Object.assign(new URL(databaseUrl), { pathname: '/postgres' }).href,
      });
      await client.connect();
      await client.query(`CREATE TABLESPACE small LOCATION '${path}'`);
      await client.query(`ALTER DATABASE ${pathname.slice(1)} SET TABLESPACE small`);
      await client.end();
    };

    it('is waited for: the log has every byte when there is room again', async () => {
      const { jobId, finished } = await submit(
        drs,
        'echo begin; until [ -e ~/is-full ]; do sleep 0.1; done; seq 300000',
      );
      while ((await drs.models.Log.count()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await small.fill();
      await writeFile(join(sshd.user.home, 'is-full'), '');
      while (!warnings.some((text) => text.includes('No space left on device')))
        await new Promise((resolve) => setTimeout(resolve, 20));
      await small.free();
      expect((await finished()).status).to.equal('success');
      const numbers = Array.from({ length: 300_000 }, (_, i) => `${i + 1}\n`).join('');
      expect((await outputOf(drs, jobId)) === `begin\n${numbers}`).to.be.true;
    });
  });
});
