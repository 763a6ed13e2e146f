import { expect } from 'chai';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { direct } from '../../lib/schedulers/direct.js';
import { ssh } from '../../lib/transports/ssh.js';
import { atEnd } from '../support/cleanup.js';
import { startSshd } from '../support/sshd.js';
import { memoryHostKeys } from '../transports/memory-host-keys.js';

describe('a server on which a login shell hangs', () => {
  const signInThere = async () => {
    const shell = join(await mkdtemp(join(tmpdir(), 'drs-shell-')), 'hanging');
    await writeFile(shell, '#!/bin/sh\nexec sleep 300\n');
    await chmod(join(shell, '..'), 0o755);
    await chmod(shell, 0o755);
    const { hostname, port, user } = await startSshd({ users: [{ shell }] });
    const transport = ssh({ hostKeys: memoryHostKeys() });
    atEnd(() => transport.close());
    const { username, password } = user;
    return transport.acquire({ hostname, port, username, credential: { password } });
  };

  it('counts as out of reach, and is tried again, after a while', async () => {
    const { session } = await signInThere();
    const place = { directory: '~/work', name: 'job-1' };
    const error: unknown = await direct({ greetingMs: 1_000 })
      .cancel(session, place)
      .catch((reason: unknown) => reason);
    expect(error).to.include({ name: 'TransportError', code: 'deadline_passed' });
    expect(error).to.have.property('message').that.contains('within 1 s');
  });
});
