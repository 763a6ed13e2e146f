import { expect } from 'chai';
import type { ParsedKey } from 'ssh2';
import { fingerprintOf } from '../../lib/transports/authorized-keys.js';
import { keyOffer } from '../../lib/transports/offers.js';
import { ssh } from '../../lib/transports/ssh.js';
import { startSshServer } from '../../lib/testing/ssh-server.js';
import { errorOf } from '../../lib/testing/contracts/run-script.js';
import { atEnd } from '../support/cleanup.js';
import { startSshd, type Sshd, type SshdOptions } from '../support/sshd.js';
import { memoryHostKeys } from './memory-host-keys.js';
import { hello, keyPair, targetAt } from './support.js';

/** What an OpenSSH of today has given up: the configuration of a server that has nothing else, and what it is called. */
const given: { words: string; options: SshdOptions; offers: string }[] = [
  {
    words: 'a key exchange with SHA-1',
    options: { config: ['KexAlgorithms diffie-hellman-group14-sha1,diffie-hellman-group1-sha1'] },
    offers: 'diffie-hellman-group14-sha1, diffie-hellman-group1-sha1 for the key exchange',
  },
  {
    words: 'a host key signed with SHA-1',
    options: { config: ['HostKeyAlgorithms ssh-rsa'], hostKeyTypes: ['rsa'] },
    offers: 'ssh-rsa for the host key',
  },
  {
    words: 'ciphers in CBC mode',
    options: { config: ['Ciphers aes256-cbc,3des-cbc'] },
    offers: 'aes256-cbc, 3des-cbc for the encryption',
  },
  {
    words: 'MACs with SHA-1',
    options: { config: ['Ciphers aes128-ctr', 'MACs hmac-sha1,hmac-sha1-etm@openssh.com'] },
    offers: 'hmac-sha1, hmac-sha1-etm@openssh.com for the integrity',
  },
];

describe('a server that knows old algorithms only', () => {
  const signIn = (sshd: Sshd, legacyAlgorithms: boolean) => {
    const { username, password } = sshd.user;
    return targetAt(sshd, { username, password, legacyAlgorithms });
  };
  for (const { words, options, offers } of given) {
    it(`is refused for ${words}, and reached where that is allowed`, async () => {
      const sshd = await startSshd(options);
      const error = await errorOf(hello(signIn(sshd, false)));
      expect(error).to.include({ code: 'algorithms_refused' });
      expect(error.message).to.contain(offers).and.contain('legacyAlgorithms');
      expect(await hello(signIn(sshd, true))).to.equal('hello\n');
    });
  }

  it('is refused without the advice that would not help', async () => {
    const sshd = await startSshd({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
    for (const isAllowed of [false, true]) {
      const error = await errorOf(hello(signIn(sshd, isAllowed)));
      expect(error).to.include({ code: 'algorithms_refused' });
      expect(error.message)
        .to.contain('sntrup761x25519-sha512@openssh.com for the key exchange')
        .and.not.contain('legacyAlgorithms');
    }
  });

  it('is refused for an RSA host key of 1024 bits, before it is remembered or a password is sent', async () => {
    const sshd = await startSshd({ hostKeyTypes: ['rsa -b 1024'] });
    const hostKeys = memoryHostKeys();
    const error = await errorOf(hello(signIn(sshd, false), { hostKeys }));
    expect(error).to.include({ code: 'host_key_weak' });
    expect(error.message)
      .to.contain('1024 bits')
      .and.contain(fingerprintOf(sshd.hostKey))
      .and.contain('No password was sent')
      .and.contain('legacyAlgorithms');
    expect(hostKeys.known.size).to.equal(0);
    expect(sshd.log()).not.to.match(/password for/);
    expect(await hello(signIn(sshd, true))).to.equal('hello\n');
  });

  it('gets no SHA-1 signature of an RSA key, unless that is allowed', async () => {
    // A server that does not name its signatures (RFC 8308) is offered this one by ssh2; sshd always names them.
    const { privateKey } = await keyPair('rsa');
    const signed = (legacyAlgorithms: boolean, hash: string): unknown => {
      const target = targetAt(
        { hostname: 'host', port: 22 },
        { username: 'ann', privateKey, legacyAlgorithms },
      );
      const { key } = keyOffer(target).next(null) as { key: ParsedKey };
      return key.sign('words', hash);
    };
    expect(signed(false, 'sha1')).to.be.an('error').with.property('message').that.contains('SHA-1');
    expect(signed(false, 'sha256')).to.be.instanceOf(Buffer);
    expect(signed(true, 'sha1')).to.be.instanceOf(Buffer);
  });
});

describe('connections with old algorithms allowed', () => {
  it('are not shared with those without', async () => {
    const server = await startSshServer({ users: [{ username: 'ann', password: 'right' }] });
    atEnd(() => server.close());
    const transport = ssh({ hostKeys: memoryHostKeys() });
    atEnd(() => transport.close());
    const who = { username: 'ann', password: 'right' };
    for (const legacyAlgorithms of [true, false, true, false]) {
      const { release } = await transport.acquire(targetAt(server, { ...who, legacyAlgorithms }));
      release();
    }
    expect(server.connectionCount).to.equal(2);
  });
});
