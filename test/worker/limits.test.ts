import { expect } from 'chai';
import type { LogPolicy, RemoteSubmission } from '../../lib/index.js';
import { createRemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance, testSecret } from '../support/instance.js';
import { testRedis } from '../support/redis.js';
import { sharedSshd, type Sshd } from '../support/sshd.js';

const limits = { logBytes: 80_000 };
/** An eighth of the limit is for the end. */
const [headBytes, tailBytes] = [70_000, 10_000];

describe('output over the limit', () => {
  let drs: RemoteSubmission;
  let sshd: Sshd;
  before(async () => {
    drs = await testInstance({ limits });
    sshd = await sharedSshd();
  });

  const stored = async (jobId: number, stream: string) => {
    const rows = await drs.models.Log.findAll({ where: { jobId, stream }, order: ['seq'] });
    return Buffer.concat(rows.map((row) => row.content)).toString();
  };

  const makeJobHere = (program: string) =>
    makeJob(drs, { program, server: { hostname: sshd.hostname, port: sshd.port } });

  const run = async (program: string, logPolicy: LogPolicy = 'live') => {
    const job = await makeJobHere(program);
    const { username, password } = sshd.user;
    const outcome = await drs.runJob(job.id, { username, password, logPolicy, storeResults: [] });
    return { jobId: job.id, outcome };
  };

  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `${String(from + i).padStart(9, '0')}\n`).join('');
  const printing = (count: number): string => `for i in range(${count}): print(f'{i:09}')`;
  const whole = lines(0, 30_000);
  const cut = `${whole.slice(0, headBytes)}\n[220000 bytes of output are left out here]\n${whole.slice(-tailBytes)}`;

  it('keeps its beginning and its end, and says how much is missing', async () => {
    const { jobId, outcome } = await run(printing(30_000));
    expect(outcome.status).to.equal('success');
    expect(await stored(jobId, 'stdout')).to.equal(cut);
  });

  it('does so under the policy total, too', async () => {
    const { jobId } = await run(printing(30_000), 'total');
    expect(await stored(jobId, 'stdout')).to.equal(cut);
  });

  it('is whole when it is as long as the limit', async () => {
    const { jobId } = await run(printing(8_000));
    expect(await stored(jobId, 'stdout')).to.equal(whole.slice(0, 80_000));
  });

  it('keeps the end of both streams', async () => {
    const { jobId } = await run(
      `import sys\n${printing(30_000)}\nsys.stderr.write('x' * 300_000 + 'the last words')`,
    );
    expect((await stored(jobId, 'stdout')).endsWith(lines(29_500, 30_000))).to.be.true;
    expect((await stored(jobId, 'stderr')).endsWith(`${'x'.repeat(4_986)}the last words`)).to.be.true;
  });

  it('is stored the same when the worker changes after the cut', async () => {
    const job = await makeJobHere(`import time\n${printing(15_000)}\ntime.sleep(3)\n${printing(15_000)}`);
    const { sequelize, storage } = internalsOf(drs).options;
    const redisUrl = await testRedis();
    const other = createRemoteSubmission({ sequelize, storage, redisUrl, secret: testSecret, limits });
    atEnd(() => other.close());
    const first = await drs.work();
    const { username, password } = sshd.user;
    const { finished } = await drs.submitJob(job.id, { username, password, storeResults: [] });
    while ((await stored(job.id, 'stdout')).length < headBytes)
      await new Promise((resolve) => setImmediate(resolve));
    await first.stop();
    const second = await other.work();
    expect((await finished()).status).to.equal('success');
    await second.stop();
    const twice = lines(0, 15_000) + lines(0, 15_000);
    expect(await stored(job.id, 'stdout')).to.equal(
      `${twice.slice(0, headBytes)}\n[220000 bytes of output are left out here]\n${twice.slice(-tailBytes)}`,
    );
  });

  it('of an endless printer ends with the timeout, and costs no more room', async () => {
    const job = await makeJobHere('import itertools\nfor i in itertools.count(): print(i)');
    const { username, password } = sshd.user;
    const outcome = await drs.runJob(job.id, { username, password, timeoutMs: 1_500, storeResults: [] });
    const text = await stored(job.id, 'stdout');
    expect(outcome).to.include({ status: 'failure', failureReason: 'timeout' });
    expect(text.length).to.be.within(limits.logBytes, limits.logBytes + 100);
    expect(text).to.match(/\[\d+ bytes of output are left out here\]/);
  });
});
