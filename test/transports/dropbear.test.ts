import { expect } from 'chai';
import { startDropbear } from '../support/dropbear.js';
import { sharedSshd } from '../support/sshd.js';
import { ssh } from '../../lib/transports/ssh.js';
import { runScript } from '../../lib/testing/contracts/run-script.js';
import { memoryHostKeys } from './memory-host-keys.js';

describe('ssh() to Dropbear', () => {
  it('starts a script though another one ends in that moment', async () => {
    const { hostname, port } = await startDropbear();
    const { username, password } = (await sharedSshd()).user;
    const transport = ssh({ hostKeys: memoryHostKeys(), spareMs: 0 });
    const { session } = await transport.acquire({ hostname, port, username, credential: { password } });
    for (let count = 0; count < 100; count += 1) {
      const left = await session.start('sleep 300', []);
      left.end.catch(() => undefined);
      left.close();
      expect(await runScript(session, 'exit 3')).to.include({ exitCode: 3 });
    }
    await transport.close();
  });

  it('loses no script though others end at any moment', async () => {
    const { hostname, port } = await startDropbear();
    const { username, password } = (await sharedSshd()).user;
    const transport = ssh({ hostKeys: memoryHostKeys() });
    const { session } = await transport.acquire({ hostname, port, username, credential: { password } });
    const noisy = 'head -c 300000 /dev/zero & head -c 300000 /dev/zero >&2; exit 3';
    const oneAfterTheOther = async () => {
      for (let count = 0; count < 12; count += 1) {
        const left = await session.start(`${noisy}; sleep 300`, []);
        left.end.catch(() => undefined);
        left.close();
        expect(await runScript(session, noisy)).to.include({ exitCode: 3 });
      }
    };
    await Promise.all(Array.from({ length: 8 }, oneAfterTheOther));
    await transport.close();
  });
});
