import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { makeJob, testInstance } from '../support/instance.js';
import { startSshd } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);

describe("the app's own key", () => {
  it('is deployed once, used without a password, removed, and then refused', async () => {
    const privateKeyPath = join(await temporaryFolder('key'), 'key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'portal', '-f', privateKeyPath]);
    const sshd = await startSshd({ users: [{ shell: '/bin/dash' }] });
    const { username, password, home } = sshd.user;
    const drs = await testInstance({ identity: { privateKeyPath } });
    const worker = await drs.work();
    const there = { hostname: sshd.hostname, port: sshd.port };
    const job = await makeJob(drs, { program: 'print(1)', server: there, owner: username });
    const submit = async () => (await drs.submitJob(job.id)).finished();

    const before = await submit();
    const added = await drs.copyKey({ ...there, username, password });
    const again = await drs.copyKey({ ...there, username, password });
    const during = await submit();
    const file = join(home, '.ssh', 'authorized_keys');
    const [lines, mode] = [await readFile(file, 'utf8'), (await stat(file)).mode & 0o777];
    const removed = await drs.deleteKey({ ...there, username, password });
    const after = await submit();
    await worker.stop();

    expect(before).to.include({ status: 'failure', failureReason: 'auth' });
    expect([added.isChanged, again.isChanged]).to.deep.equal([true, false]);
    expect(during).to.include({ status: 'success' });
    expect(lines.trim().split('\n')).to.have.length(1);
    expect(mode).to.equal(0o600);
    expect(removed.isChanged).to.be.true;
    expect(after).to.include({ status: 'failure', failureReason: 'auth' });
  });

  it('is deployed through the jump host of the server', async () => {
    const [bastion, sshd] = await Promise.all([startSshd(), startSshd()]);
    const { username, password, home } = sshd.user;
    const drs = await testInstance();
    const { hostname, port } = bastion;
    const { id } = await drs.models.Server.create({ title: 'Bastion', hostname, port });
    const there = { hostname: sshd.hostname, port: sshd.port };
    await drs.models.Server.create({ title: 'Inner', ...there, proxyJump: id });
    const { public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');
    await drs.copyKey({ ...there, username, password, publicKey });

    expect(await readFile(join(home, '.ssh', 'authorized_keys'), 'utf8')).to.include(publicKey);
    expect(bastion.log()).to.include(`Accepted password for ${username}`);
  });

  it('signs in as nobody but the owner', async () => {
    const privateKeyPath = join(await temporaryFolder('key'), 'key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', privateKeyPath]);
    const drs = await testInstance({ identity: { privateKeyPath } });
    const job = await makeJob(drs, { program: 'print(1)', owner: 'ann' });
    const error: unknown = await drs
      .submitJob(job.id, { username: 'root' })
      .catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'username_not_allowed', status: 403 });
  });
});
