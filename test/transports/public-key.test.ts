import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { ensureCommand } from '../../lib/embedded/install.js';
import { fingerprintOf, publicKeyOf } from '../../lib/transports/authorized-keys.js';
import { readPrivateKey } from '../../lib/transports/public-key.js';

const run = promisify(execFile);

describe('public keys', () => {
  let folder: string;
  let keygen: string;

  before(async () => {
    keygen = await ensureCommand({ command: 'ssh-keygen', debianPackage: 'openssh-client' });
    folder = await mkdtemp(join(tmpdir(), 'drs-public-key-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const make = async (name: string, args: string[]) => {
    const path = join(folder, name);
    await run(keygen, ['-q', '-C', 'ann@home', '-f', path, ...args]);
    return { path, key: await readFile(path, 'utf8'), line: (await readFile(`${path}.pub`, 'utf8')).trim() };
  };

  for (const [name, args] of [
    ['ed25519', ['-t', 'ed25519', '-N', '']],
    ['ecdsa', ['-t', 'ecdsa', '-N', '']],
    ['rsa', ['-t', 'rsa', '-N', '']],
    ['rsa-pem', ['-t', 'rsa', '-m', 'PEM', '-N', '']],
    ['rsa-pkcs8', ['-t', 'rsa', '-m', 'PKCS8', '-N', '']],
    ['ecdsa-pkcs8', ['-t', 'ecdsa', '-m', 'PKCS8', '-N', '']],
    ['ed25519-locked', ['-t', 'ed25519', '-N', 'open sesame']],
    ['rsa-pem-locked', ['-t', 'rsa', '-m', 'PEM', '-N', 'open sesame']],
    ['rsa-pkcs8-locked', ['-t', 'rsa', '-m', 'PKCS8', '-N', 'open sesame']],
  ] as const) {
    it(`are what ssh-keygen says, for ${name}`, async () => {
      const { path, key, line } = await make(name, [...args]);
      const made = publicKeyOf(key, args.includes('open sesame' as never) ? 'open sesame' : undefined);
      expect(made.split(' ').slice(0, 2)).to.deep.equal(line.split(' ').slice(0, 2));
      const { stdout } = await run(keygen, ['-l', '-f', `${path}.pub`]);
      expect(fingerprintOf(made.split(' ')[1] ?? '')).to.equal(stdout.split(' ')[1]);
    });
  }

  it('come from Ed25519 keys in PKCS #8 too, and those sign', () => {
    const pair = generateKeyPairSync('ed25519');
    const { key } = readPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    const line = ssh2.utils.parseKey(
      publicKeyOf(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
    );
    if (line instanceof Error || !key) throw new Error('not read');
    expect(line.verify('text', key.sign('text'))).to.equal(true);
  });

  it('keep the comment of the key', async () => {
    const { key, line } = await make('commented', ['-t', 'ed25519', '-N', '']);
    expect(publicKeyOf(key)).to.equal(line);
  });

  it('say what is wrong with a private key', async () => {
    const { key } = await make('locked', ['-t', 'ed25519', '-N', 'open sesame']);
    const code = 'invalid_private_key';
    expect(() => publicKeyOf(key))
      .to.throw('Give its passphrase')
      .with.property('code', code);
    expect(() => publicKeyOf(key, 'wrong'))
      .to.throw('passphrase of the private key is wrong')
      .with.property('code', code);
    const { key: pkcs8 } = await make('locked-pkcs8', ['-t', 'ecdsa', '-m', 'PKCS8', '-N', 'open sesame']);
    expect(() => publicKeyOf(pkcs8)).to.throw('Give its passphrase');
    expect(() => publicKeyOf(pkcs8, 'wrong')).to.throw('passphrase of the private key is wrong');
    expect(() => publicKeyOf('ssh-ed25519 AAAA'))
      .to.throw('cannot be read')
      .with.property('code', code);
    expect(() => publicKeyOf(''))
      .to.throw('cannot be read')
      .with.property('code', code);
  });
});
