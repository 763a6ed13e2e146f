import { expect } from 'chai';
import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { direct } from '../../lib/schedulers/direct.js';
import type { RunPlan } from '../../lib/schedulers/scheduler.js';
import { local } from '../../lib/transports/local.js';
import { ssh } from '../../lib/transports/ssh.js';
import type { Session } from '../../lib/transports/session.js';
import { atEnd } from '../support/cleanup.js';
import { startSshd } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { memoryHostKeys } from '../transports/memory-host-keys.js';
import { until } from '../worker/support.js';

/** `mv` is what run.sh calls between its claim and the start of the program. */
const slowMove = '#!/bin/sh\nsleep 1\nexec /bin/mv "$@"\n';

async function slowTools(): Promise<string> {
  const directory = await temporaryFolder('slow');
  await writeFile(join(directory, 'mv'), slowMove);
  await chmod(join(directory, 'mv'), 0o755);
  await chmod(directory, 0o755);
  return directory;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Lets go between the claim and the start; resolves to how the attempt ends for whoever comes next. */
async function letGoAfterClaim(session: Session, directory: string) {
  const plan: RunPlan = {
    ...{ directory, name: 'job-1', filename: 'program.sh', program: Buffer.from('echo x >>starts; exit 5') },
    ...{ interpreter: { path: 'sh', arguments: [] }, timeoutMs: null, isLive: true, isListing: true },
    ...{ from: { stdout: 0, stderr: 0 }, allowed: Promise.resolve() },
  };
  const scheduler = direct();
  const letGo = new AbortController();
  const first = scheduler.run(session, plan, { signal: letGo.signal, onOutput() {} }).catch(() => undefined);
  await until(() => isThere(join(directory, '.drs', plan.name, 'claim')));
  letGo.abort();
  await first;
  return scheduler.run(session, plan, { onOutput() {} });
}

describe('an attempt that is let go between its claim and its start', () => {
  it('is started all the same, over SSH', async () => {
    const sshd = await startSshd({ config: [`SetEnv PATH=${await slowTools()}:/usr/bin:/bin`] });
    const transport = ssh({ hostKeys: memoryHostKeys() });
    atEnd(() => transport.close());
    const { hostname, port, user } = sshd;
    const { username, password } = user;
    const { session } = await transport.acquire({ hostname, port, username, credential: { password } });
    const report = await letGoAfterClaim(session, join(user.home, 'work'));
    expect(report).to.include({ kind: 'ended', code: 5 });
  });

  it('is started all the same, on this machine', async () => {
    const directory = await temporaryFolder('let-go');
    const transport = local();
    atEnd(() => transport.close());
    const before = process.env.PATH;
    process.env.PATH = `${await slowTools()}:${before}`;
    atEnd(() => void (process.env.PATH = before));
    const { session } = await transport.acquire({ hostname: '', port: 22, username: '', credential: {} });
    const report = await letGoAfterClaim(session, directory);
    expect(report).to.include({ kind: 'ended', code: 5 });
  });
});
