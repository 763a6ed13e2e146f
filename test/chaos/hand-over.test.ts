import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { Runner } from '../../lib/worker/runner.js';
import { startWorker } from '../../lib/worker/worker.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance } from '../support/instance.js';
import { isAlive } from '../support/processes.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { workerPartsOf } from './support/worker-parts.js';

/** So many tickets are given to two workers at the same time, for so many jobs beside each other. More in the long form. */
const [tickets, lanes] = [Number(process.env.DRS_CHAOS_TICKETS ?? 200), 4];

describe('attempts and those who hold them', () => {
  let drs: RemoteSubmission;
  let sshd: Sshd;
  before(async () => {
    drs = await testInstance();
    sshd = await startSshd();
  });

  const makeJobHere = (program: string, interpreter = { path: 'sh' }) =>
    makeJob(drs, { program, interpreter, server: { hostname: sshd.hostname, port: sshd.port } });

  /** Without a ticket: who takes the attempt is the test's choice. */
  const submit = async (jobId: number) => {
    const { username, password } = sshd.user;
    const { attempt } = await internalsOf(drs).store.submit({
      jobId,
      kind: 'run',
      isRemote: true,
      username,
      credential: { password },
      logPolicy: 'live',
      timeoutMs: null,
      storeResults: [],
    });
    return { jobId, attempt };
  };

  const startRunner = () => {
    const runner = new Runner(workerPartsOf(drs));
    atEnd(async () => void (await runner.stop()));
    return runner;
  };

  const controlDirectory = async (jobId: number) => {
    const parent = join(sshd.user.home, 'drs-test', String(jobId), '.drs');
    const [name = ''] = await readdir(parent);
    return join(parent, name);
  };

  it(`${tickets} tickets, each given to two workers at the same time, make ${tickets} starts`, async () => {
    const [one, other] = [startRunner(), startRunner()];
    const runLane = async () => {
      const job = await makeJobHere('echo started >>~/all-starts');
      for (let i = 0; i < tickets / lanes; i += 1) {
        const ticket = await submit(job.id);
        await Promise.all([one.run(ticket), other.run(ticket)]);
      }
      return job.reload();
    };
    const jobs = await Promise.all(Array.from({ length: lanes }, runLane));
    const starts = await readFile(join(sshd.user.home, 'all-starts'), 'utf8');
    expect(starts.trim().split('\n')).to.have.length(tickets);
    for (const job of jobs) expect(job).to.include({ status: 'success', attempt: tickets / lanes });
  }).timeout(300_000);

  it('a stop with 50 running jobs takes less than five seconds and loses nothing', async () => {
    const program = 'echo x >>starts; echo begin; until [ -e ~/go ]; do sleep 0.5; done; echo end';
    const jobs = await Promise.all(Array.from({ length: 50 }, () => makeJobHere(program)));
    const first = await startWorker(workerPartsOf(drs), { concurrency: 50 });
    const { username, password } = sshd.user;
    const submissions = await Promise.all(
      jobs.map(({ id }) => drs.submitJob(id, { username, password, storeResults: [] })),
    );
    const jobId = jobs.map(({ id }) => id);
    const countRunning = () => drs.models.Job.count({ where: { id: jobId, status: 'running' } });
    while ((await drs.models.Log.count({ where: { jobId } })) < 50)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const runningBefore = await countRunning();
    const from = Date.now();
    await first.stop();
    const stopMs = Date.now() - from;
    const runningAfter = await countRunning();
    await writeFile(join(sshd.user.home, 'go'), '');
    const second = await startWorker(workerPartsOf(drs), { concurrency: 50 });
    const outcomes = await Promise.all(submissions.map(({ finished }) => finished()));
    await second.stop();
    console.log(`      stopped with ${runningBefore} running jobs in ${stopMs} ms`);
    expect([runningBefore, runningAfter]).to.deep.equal([50, 50]);
    expect(stopMs).to.be.lessThan(5_000);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(Array(50).fill('success'));
    for (const id of jobId) {
      expect(await textOf(id)).to.equal('begin\nend\n');
      expect(await readFile(join(sshd.user.home, 'drs-test', String(id), 'starts'), 'utf8')).to.equal('x\n');
    }
  });

  const textOf = async (jobId: number) => {
    const rows = await drs.models.Log.findAll({ where: { jobId }, order: ['seq'] });
    return Buffer.concat(rows.map((row) => row.content)).toString();
  };

  /** The control directory of an attempt that has ended, as if it were still under way. */
  const reopened = async (files: Record<string, string | null>) => {
    const job = await makeJobHere('echo started >>~/starts-again');
    const runner = startRunner();
    const ticket = await submit(job.id);
    await makeControlDirectory(job.id, job.uuid, files);
    await internalsOf(drs).sequelize.query(
      `UPDATE drs_attempts SET status = 'running', started_at = now() WHERE job_id = ${job.id}`,
    );
    await runner.run(ticket);
    await job.reload();
    return job;
  };

  const makeControlDirectory = async (jobId: number, uuid: string, files: Record<string, string | null>) => {
    const { home, username } = sshd.user;
    const directory = join(home, 'drs-test', String(jobId), '.drs', `${uuid}-1`);
    await mkdir(join(directory, 'claim'), { recursive: true });
    for (const [name, content] of Object.entries({ out: '', err: '', start: '', ...files }))
      if (content !== null) await writeFile(join(directory, name), content);
    await run('chown', '-R', username, join(home, 'drs-test'));
  };

  const run = async (command: string, ...args: string[]) =>
    once(spawn(command, args, { stdio: 'ignore' }), 'exit');

  it('a claim without a process and without an end is lost, and says so', async () => {
    const job = await reopened({});
    expect(job).to.include({ status: 'failure', failureReason: 'lost' });
    expect(job.message).to.contain('claimed, but nothing was started');
  });

  it('an attempt whose server was restarted is lost, even if its process id is in use again', async () => {
    const job = await reopened({ pid: `${process.pid} 1 another-boot\n` });
    expect(job).to.include({ status: 'failure', failureReason: 'lost' });
    expect(job.message).to.contain('the server was restarted');
  });

  it('a process id that is in use again is not taken for the attempt', async () => {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const job = await reopened({ pid: `1 1 ${boot}\n` });
    expect(job).to.include({ status: 'failure', failureReason: 'lost' });
    expect(job.message).to.contain('no process and no exit status');
  });

  it('what is left of a program whose watcher was killed is ended, and the attempt is lost', async () => {
    const job = await makeJobHere('echo $$ >~/left; echo begin; exec sleep 300');
    const ticket = await submit(job.id);
    const running = startRunner().run(ticket);
    while ((await drs.models.Log.count({ where: { jobId: job.id } })) < 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const [wrapper = ''] = (await readFile(join(await controlDirectory(job.id), 'pid'), 'utf8')).split(' ');
    process.kill(Number(wrapper), 'SIGKILL');
    await running;
    await job.reload();
    expect(job).to.include({ status: 'failure', failureReason: 'lost' });
    const left = await readFile(join(sshd.user.home, 'left'), 'utf8');
    expect(isAlive(Number(left))).to.be.false;
  });

  it('a cancel while nobody holds the attempt is carried out by whoever comes next', async () => {
    const job = await makeJobHere('trap "" TERM; echo begin; setsid sleep 301 & sleep 302; sleep 303');
    const ticket = await submit(job.id);
    const first = new Runner(workerPartsOf(drs));
    void first.run(ticket);
    while ((await drs.models.Log.count({ where: { jobId: job.id } })) < 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await first.stop();
    expect(await drs.cancelJob(job.id)).to.include({ status: 'running' });
    await startRunner().run(ticket);
    await job.reload();
    expect(job).to.include({ status: 'cancelled' });
    const { home } = sshd.user;
    const marks = await Promise.all(
      (await readdir('/proc'))
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
    );
    expect(marks.filter((text) => text.includes(`${home}/drs-test/${job.id}/.drs/`))).to.deep.equal([]);
  });
});
