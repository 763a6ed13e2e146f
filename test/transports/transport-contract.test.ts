import { local } from '../../lib/transports/local.js';
import { ssh } from '../../lib/transports/ssh.js';
import { startSshServer } from '../../lib/testing/ssh-server.js';
import { transportContract } from '../../lib/testing/contracts/transport.js';
import { atEnd } from '../support/cleanup.js';
import { startDropbear } from '../support/dropbear.js';
import { sharedSshd, startSshd } from '../support/sshd.js';
import { memoryHostKeys } from './memory-host-keys.js';

transportContract('local()', async () => ({
  transport: local(),
  target: { hostname: 'localhost', port: 0, username: '', credential: {} },
}));

transportContract('ssh() to OpenSSH', async () => {
  const { hostname, port, user } = await sharedSshd();
  const { username, password } = user;
  return {
    transport: ssh({ hostKeys: memoryHostKeys() }),
    target: { hostname, port, username, credential: { password } },
  };
});

transportContract('ssh() to Dropbear', async () => {
  const { hostname, port } = await startDropbear();
  const { username, password } = (await sharedSshd()).user;
  return {
    transport: ssh({ hostKeys: memoryHostKeys() }),
    target: { hostname, port, username, credential: { password } },
  };
});

transportContract('ssh() to the in-process server', async () => {
  const server = await startSshServer({ users: [{ username: 'ann', password: 'right' }] });
  atEnd(() => server.close());
  const { hostname, port } = server;
  return {
    transport: ssh({ hostKeys: memoryHostKeys() }),
    target: { hostname, port, username: 'ann', credential: { password: 'right' } },
  };
});

transportContract('ssh() through a jump host', async () => {
  const [{ hostname, port, user }, via] = await Promise.all([sharedSshd(), startSshd()]);
  const { username, password } = user;
  return {
    transport: ssh({ hostKeys: memoryHostKeys() }),
    target: {
      ...{ hostname, port, username, credential: { password } },
      via: [{ hostname: via.hostname, port: via.port }],
    },
  };
});
