import { expect } from 'chai';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createRemoteSubmission, disk, type RemoteSubmission } from '../../lib/index.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testSecret } from '../support/instance.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { sharedSshd } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../client/support/until.js';

const waiting = `
import os, time
with open('starts', 'a') as file: file.write('x')
print('begun', flush=True)
while not os.path.exists('go'): time.sleep(0.02)
print(open('starts').read(), flush=True)
`;

describe('an app with drsRouter() alone', () => {
  let environment: Record<string, string>;
  let drs: RemoteSubmission;
  before(async () => {
    const storage = await temporaryFolder('results');
    environment = {
      DATABASE_URL: await testDatabase(),
      REDIS_URL: await testRedis(),
      DRS_SECRET: testSecret,
      DRS_STORAGE: storage,
    };
    drs = createRemoteSubmission({
      databaseUrl: environment.DATABASE_URL,
      redisUrl: environment.REDIS_URL,
      secret: testSecret,
      storage: disk({ directory: storage }),
    });
    await drs.migrate();
    atEnd(() => drs.close());
  });

  const startApp = async (more: Record<string, string> = {}): Promise<ChildProcess> => {
    const app = fork(fileURLToPath(new URL('app-process.ts', import.meta.url)), {
      env: { ...process.env, ...environment, ...more },
      execArgv: ['--import', 'tsx'],
    });
    atEnd(() => void app.kill('SIGKILL'));
    await once(app, 'message');
    return app;
  };

  /** A job that the app's worker has begun, and that goes on when it is told to. */
  const beginJob = async () => {
    const sshd = await sharedSshd();
    const { hostname, port, user } = sshd;
    const job = await makeJob(drs, { program: waiting, server: { hostname, port } });
    const { username, password } = user;
    const { finished } = await drs.submitJob(job.id, { username, password });
    await until(async () => (await drs.models.Log.count({ where: { jobId: job.id } })) > 0);
    const goOn = await makeJob(drs, {
      program: `open('../${job.id}/go', 'w')`,
      server: { hostname, port },
    });
    return { finished, goOn: () => drs.submitJob(goOn.id, { username, password }) };
  };

  it('hands its jobs over within two seconds of SIGTERM, and ends as the signal says', async () => {
    const app = await startApp();
    const { finished, goOn } = await beginJob();
    const from = Date.now();
    app.kill('SIGTERM');
    const [code, signal] = (await once(app, 'exit')) as [number | null, string | null];
    const endedAfterMs = Date.now() - from;
    const worker = await drs.work();
    await goOn();
    const outcome = await finished();
    const takenAfterMs = Date.now() - from;
    await worker.stop();
    expect({ code, signal }).to.deep.equal({ code: null, signal: 'SIGTERM' });
    expect(endedAfterMs).to.be.lessThan(2_500);
    expect(outcome.status).to.equal('success');
    expect(takenAfterMs).to.be.lessThan(15_000);
  });

  it('hands them over and leaves the end to a host that listens to the signal itself', async () => {
    const app = await startApp({ APP_LISTENS: 'yes', APP_STOPS_AFTER_MS: '3000' });
    const { finished, goOn } = await beginJob();
    app.kill('SIGTERM');
    const worker = await drs.work();
    await goOn();
    expect((await finished()).status).to.equal('success');
    const [code] = app.exitCode === null ? ((await once(app, 'exit')) as [number]) : [app.exitCode];
    await worker.stop();
    expect(code).to.equal(7);
  });
});
