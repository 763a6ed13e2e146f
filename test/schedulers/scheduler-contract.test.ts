import { direct } from '../../lib/index.js';
import { schedulerContract } from '../../lib/testing/contracts/scheduler.js';
import { local } from '../../lib/transports/local.js';
import { ssh } from '../../lib/transports/ssh.js';
import { sharedSshd } from '../support/sshd.js';
import { memoryHostKeys } from '../transports/memory-host-keys.js';

schedulerContract('direct() on this machine', async () => {
  const transport = local();
  const here = { hostname: 'localhost', port: 0, username: '', credential: {} };
  const { session } = await transport.acquire(here);
  return { scheduler: direct(), session, close: () => transport.close() };
});

schedulerContract('direct() over SSH', async () => {
  const { hostname, port, user } = await sharedSshd();
  const { username, password } = user;
  const transport = ssh({ hostKeys: memoryHostKeys() });
  const { session } = await transport.acquire({ hostname, port, username, credential: { password } });
  return { scheduler: direct(), session, close: () => transport.close() };
});
