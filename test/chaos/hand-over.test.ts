import { expect } from 'chai';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteSubmission } from '../../lib/index.js';
import { runCommand } from '../../lib/embedded/run-command.js';
import { internalsOf } from '../../lib/internals.js';
import type { Began, ControlRoot } from '../../lib/protocol/attempt-records.js';
import { Runner } from '../../lib/worker/runner.js';
import { startWorker } from '../../lib/worker/worker.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance } from '../support/instance.js';
import { thisMachine } from '../support/machine.js';
import { isAlive } from '../support/processes.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { workerDependenciesOf } from './support/worker-dependencies.js';

/** So many tickets are given to two workers at the same time, for so many jobs beside each other. More in the long form. */
const [tickets, lanes] = [Number(process.env.DRS_CHAOS_TICKETS ?? 200), 4];

describe('attempts and those who hold them', () => {
  let drs: RemoteSubmission;
  let sshd: Sshd;
  let controlRoot: ControlRoot;
  before(async () => {
    drs = await testInstance();
    sshd = await startSshd();
    controlRoot = { id: '0123456789abcdef'.repeat(2), path: join(sshd.user.home, '.drs') };
    await mkdir(controlRoot.path, { mode: 0o700 });
    await writeFile(join(controlRoot.path, 'id'), `${controlRoot.id}\n`);
    await own('.drs');
  });

  const own = (name: string) => runCommand('chown', ['-R', sshd.user.username, join(sshd.user.home, name)]);

  const makeJobHere = (program: string, interpreter = { path: 'sh' }) =>
    makeJob(drs, { program, interpreter, server: { hostname: sshd.hostname, port: sshd.port } });

  /** Without a ticket: who takes the attempt is the test's choice. */
  const submit = async (jobId: number) => {
    const { username, password } = sshd.user;
    const { attempt } = await internalsOf(drs).store.requests.submit({
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
    const runner = new Runner(workerDependenciesOf(drs));
    atEnd(async () => void (await runner.stop()));
    return runner;
  };

  /** Of the first attempt. */
  const controlDirectory = (uuid: string) => join(controlRoot.path, `${uuid}-1`);

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
    const first = await startWorker(workerDependenciesOf(drs), { concurrency: 50 });
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
    const second = await startWorker(workerDependenciesOf(drs), { concurrency: 50 });
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

  interface Left {
    /** What the database knows; null: no more than that the start was permitted. */
    began: Began | null;
    /** Whether the control directory tells the same. */
    isThere?: boolean;
  }

  /** An attempt that a worker left so, after another one has taken it. */
  const takenOver = async ({ began, isThere = true }: Left) => {
    const job = await makeJobHere('echo x >>~/starts-$(basename "$PWD")');
    const ticket = await submit(job.id);
    const { store } = internalsOf(drs);
    const claim = await store.attempts.claim(ticket, { workerId: 'gone', leaseMs: 60_000 });
    if (claim === null) throw new Error('The attempt was not to be had.');
    const directory = join(sshd.user.home, 'drs-test', String(job.id));
    await store.attempts.permit(claim, { controlRoot, directory });
    if (began !== null) await store.attempts.markRunning({ ...claim, controlRoot }, began);
    if (began !== null && isThere) await makeControlDirectory(job.uuid, began);
    await store.attempts.release(claim);
    await startRunner().run(ticket);
    await job.reload();
    const starts = await readFile(join(sshd.user.home, `starts-${job.id}`), 'utf8').catch(() => '');
    return { job, starts };
  };

  const makeControlDirectory = async (uuid: string, { machine, pid, since }: Began) => {
    const directory = controlDirectory(uuid);
    await mkdir(directory);
    const begun = `start 1 ${machine} ${pid} ${since}\n`;
    for (const [name, content] of Object.entries({ begun, out: '', err: '', kind: 'made 0\n' }))
      await writeFile(join(directory, name), content);
    await own('.drs');
  };

  /** Of a process that is not there any more, whose number may be another's now. */
  const begunHere = async (changes: Partial<Began> = {}): Promise<Began> => ({
    ...{ machine: await thisMachine(), pid: process.pid, since: '1', listing: { kind: 'made', time: 0 } },
    ...changes,
  });

  it('an attempt whose start was permitted, but that has not begun, begins', async () => {
    const { job, starts } = await takenOver({ began: null });
    expect(job).to.include({ status: 'success' });
    expect(starts).to.equal('x\n');
  });

  it('an attempt whose server was restarted is lost, even if its process id is in use again', async () => {
    const [host] = (await thisMachine()).split(':');
    const { job, starts } = await takenOver({
      began: await begunHere({ machine: `${host}:another-boot:1` }),
    });
    expect(job).to.include({ status: 'failure', failureReason: 'lost' });
    expect(job.message).to.contain('the server was restarted');
    expect(starts).to.equal('');
  });

  it('a process id that is in use again is not taken for the attempt', async () => {
    const { job, starts } = await takenOver({ began: await begunHere() });
    expect(job).to.include({ status: 'failure', failureReason: 'lost' });
    expect(job.message).to.contain('neither the process that watched over it nor its exit status');
    expect(starts).to.equal('');
  });

  it('an attempt that the database knows to have begun is not started again when its control directory is gone', async () => {
    const { job, starts } = await takenOver({ began: await begunHere(), isThere: false });
    expect(job).to.include({ status: 'failure', failureReason: 'lost' });
    expect(job.message).to.contain('its control directory was removed');
    expect(starts).to.equal('');
  });

  it('what is left of a program whose watcher was killed is ended, and the attempt is lost', async () => {
    const job = await makeJobHere('echo $$ >~/left; echo begin; exec sleep 300');
    const ticket = await submit(job.id);
    const running = startRunner().run(ticket);
    while ((await drs.models.Log.count({ where: { jobId: job.id } })) < 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const begun = await readFile(join(controlDirectory(job.uuid), 'begun'), 'utf8');
    const [, , , wrapper = ''] = begun.split(' ');
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
    const first = new Runner(workerDependenciesOf(drs));
    void first.run(ticket);
    while ((await drs.models.Log.count({ where: { jobId: job.id } })) < 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await first.stop();
    expect(await drs.cancelJob(job.id)).to.include({ status: 'running' });
    await startRunner().run(ticket);
    await job.reload();
    expect(job).to.include({ status: 'cancelled' });
    const marks = await Promise.all(
      (await readdir('/proc'))
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
    );
    expect(marks.filter((text) => text.includes(`${controlDirectory(job.uuid)}/`))).to.deep.equal([]);
  });
});
