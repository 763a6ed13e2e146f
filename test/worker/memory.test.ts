import { expect } from 'chai';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { disk, type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance, testSecret } from '../support/instance.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { sharedSshd } from '../support/sshd.js';
import type { FollowerOrders, MemoryReport } from './follower-process.js';

const script = fileURLToPath(new URL('./follower-process.ts', import.meta.url));
const mebibyte = 1024 ** 2;
const logBytes = 16 * mebibyte;

/** About 100 MiB/s, for as long as it is let. */
const endless = `
import os, time
block = (b'x' * 99 + b'\\n') * 10_000
while True:
    os.write(1, block)
    time.sleep(0.005)
`;
import { temporaryFolder } from '../support/temporary-folder.js';

describe('a worker that follows a program which prints fast and without end', () => {
  let drs: RemoteSubmission;
  let orders: Omit<FollowerOrders, 'tickets'>;
  before(async () => {
    const [databaseUrl, redisUrl] = await Promise.all([testDatabase(), testRedis()]);
    const storageDirectory = await temporaryFolder('memory');
    orders = { databaseUrl, redisUrl, storageDirectory, secret: testSecret, limits: { logBytes } };
    drs = await testInstance({ databaseUrl, storage: disk({ directory: storageDirectory }) });
  });

  const submit = async (program: string, timeoutMs: number) => {
    const { hostname, port, user } = await sharedSshd();
    const { username, password } = user;
    const job = await makeJob(drs, { program, server: { hostname, port } });
    const { attempt } = await internalsOf(drs).store.requests.submit({
      ...{ jobId: job.id, kind: 'run', isRemote: true, username, timeoutMs },
      ...{ credential: { password }, logPolicy: 'live', storeResults: [] },
    });
    return { jobId: job.id, attempt };
  };

  it('needs little memory for it, and stores no more than the limit', async () => {
    const tickets = [await submit('print(1)', 60_000), await submit(endless, 4_000)];
    const child = fork(script, [], { execArgv: ['--import', 'tsx'] });
    atEnd(() => void child.kill('SIGKILL'));
    child.send({ ...orders, tickets } satisfies FollowerOrders);
    const [{ first, most }] = (await once(child, 'message')) as [MemoryReport];
    const jobId = tickets[1]?.jobId ?? 0;
    const rows = await drs.models.Log.findAll({ where: { jobId }, order: ['seq'] });
    const text = Buffer.concat(rows.map(({ content }) => content)).toString('latin1');
    const [, leftOut] = /\[(\d+) bytes of output are left out here\]/.exec(text) ?? [];
    expect(await drs.models.Job.findByPk(jobId)).to.include({ status: 'failure', failureReason: 'timeout' });
    expect(text.length).to.be.within(logBytes, logBytes + 100);
    expect(Number(leftOut)).to.be.greaterThan(4 * logBytes);
    const grownMebibytes = Math.round((most - first) / mebibyte);
    expect(grownMebibytes, `MiB more than ${Math.round(first / mebibyte)}`).to.be.lessThan(100);
  });
});
