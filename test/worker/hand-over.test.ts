import { expect } from 'chai';
import { createRemoteSubmission, type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance, testSecret } from '../support/instance.js';
import { testRedis } from '../support/redis.js';
import { sharedSshd, startSshd } from '../support/sshd.js';

const counting = `
import time
with open('starts', 'a') as file: file.write('x')
for i in range(30):
    print(i, flush=True)
    time.sleep(0.1)
print(open('starts').read())
`;

const counted = Array.from({ length: 30 }, (_, i) => `${i}\n`).join('') + 'x\n';

describe('an attempt that changes hands', () => {
  let drs: RemoteSubmission;
  let other: RemoteSubmission;
  before(async () => {
    drs = await testInstance();
    const { sequelize, storage } = internalsOf(drs).options;
    other = createRemoteSubmission({ sequelize, storage, redisUrl: await testRedis(), secret: testSecret });
    atEnd(() => other.close());
  });

  const output = async (jobId: number) => {
    const rows = await drs.models.Log.findAll({ where: { jobId }, order: ['seq'] });
    return Buffer.concat(rows.map((row) => row.content)).toString();
  };

  const untilOutput = async (jobId: number) => {
    while ((await drs.models.Log.count({ where: { jobId } })) < 3)
      await new Promise((resolve) => setImmediate(resolve));
  };

  it('goes on with another worker when its worker stops, within seconds, started once and without a gap', async () => {
    const sshd = await sharedSshd();
    const job = await makeJob(drs, {
      program: counting,
      server: { hostname: sshd.hostname, port: sshd.port },
    });
    const first = await drs.work();
    const { username, password } = sshd.user;
    const { finished } = await drs.submitJob(job.id, { username, password });
    await untilOutput(job.id);
    const from = Date.now();
    await first.stop();
    const stopMs = Date.now() - from;
    const second = await other.work();
    const outcome = await finished();
    const text = await output(job.id);
    await second.stop();
    expect(outcome).to.include({ status: 'success' });
    expect(text).to.equal(counted);
    expect(stopMs).to.be.lessThan(5_000);
  });

  it('goes on when the connection is cut, started once and without a gap', async () => {
    const sshd = await startSshd();
    const job = await makeJob(drs, {
      program: counting,
      server: { hostname: sshd.hostname, port: sshd.port },
    });
    const worker = await drs.work();
    const { username, password } = sshd.user;
    const { finished } = await drs.submitJob(job.id, { username, password });
    await untilOutput(job.id);
    sshd.cut();
    const outcome = await finished();
    const text = await output(job.id);
    await worker.stop();
    expect(outcome).to.include({ status: 'success' });
    expect(text).to.equal(counted);
  });
});
