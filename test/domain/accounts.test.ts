import { expect } from 'chai';
import type { RemoteSubmission, RemoteSubmissionOptions, User } from '../../lib/index.js';
import { admin, ann, bob, codeOf, makeServer } from '../domain/support.js';
import { testInstance } from '../support/instance.js';

const identity = { privateKey: 'never used here' };
const key = { username: 'other', password: 'x' };

/** A job of somebody's on an instance with a key of its own. */
async function jobOf(
  owner: User,
  options: Partial<RemoteSubmissionOptions> = {},
): Promise<{ drs: RemoteSubmission; id: number; serverId: number }> {
  const drs = await testInstance({ identity, ...options });
  const target = await makeServer(drs);
  const { id } = await drs.jobs.create({ title: 'A job', program: 'true\n', ...target }, { as: owner });
  return { drs, id, serverId: target.serverId };
}

/** With which name the newest attempt signs in; it is cancelled. */
async function nameOf(drs: RemoteSubmission, id: number): Promise<string> {
  const { username } = await drs.explainJob(id);
  await drs.cancelJob(id);
  return username;
}

describe("the account that the app's own key signs in with", () => {
  it('is the submitter, where that is the owner, by the name of today', async () => {
    const { drs, id } = await jobOf(bob);
    const robert = { ...bob, username: 'robert' };
    await drs.submitJob(id, { as: robert });
    expect(await nameOf(drs, id)).to.equal('robert');
  });

  it('is refused where somebody else submits, and nobody says who the owner is now', async () => {
    const { drs, id } = await jobOf(bob);
    for (const call of [drs.submitJob, drs.copyJob]) {
      expect(await codeOf(call(id, { as: admin }))).to.equal('username_not_allowed');
    }
    await drs.submitJob(id, { as: admin, ...key });
    expect(await nameOf(drs, id)).to.equal('other');
  });

  it('is what the job says where host code submits for nobody', async () => {
    const { drs, id } = await jobOf(bob);
    await drs.submitJob(id);
    expect(await nameOf(drs, id)).to.equal('bob');
  });

  it('is what `resolveUser` says of the owner, whoever submits', async () => {
    const asked: string[] = [];
    const resolveUser = async (userId: string) => {
      asked.push(userId);
      return { id: userId, username: 'robert' };
    };
    const { drs, id } = await jobOf(bob, { resolveUser });
    for (const options of [{ as: bob }, { as: admin }, {}]) {
      await drs.submitJob(id, options);
      expect(await nameOf(drs, id)).to.equal('robert');
    }
    expect(asked).to.deep.equal([bob.id, bob.id, bob.id]);
  });

  it('is refused where `resolveUser` knows the owner no more, or gives what is nobody', async () => {
    for (const nobody of [null, undefined, { id: 1 } as never]) {
      const { drs, id } = await jobOf(bob, { resolveUser: () => nobody });
      expect(await codeOf(drs.submitJob(id, { as: bob }))).to.equal('username_not_allowed');
      expect(await codeOf(drs.submitJob(id, { as: bob, ...key }))).to.equal('done');
    }
  });

  it('is the new name also of an attempt that is run again', async () => {
    let name = 'bob';
    const { drs, id } = await jobOf(bob, { resolveUser: (userId) => ({ id: userId, username: name }) });
    await drs.submitJob(id, { as: bob });
    expect(await nameOf(drs, id)).to.equal('bob');
    name = 'robert';
    await drs.retryJob(id, { as: bob });
    expect(await nameOf(drs, id)).to.equal('robert');
  });

  for (const username of ['root', 'Daemon', 'www-data', '_www', 'systemd-network', 'postgres']) {
    it(`is no account of the system: ${username}`, async () => {
      const person = { id: '7', username };
      const { drs, id } = await jobOf(person);
      expect(await codeOf(drs.submitJob(id, { as: person }))).to.equal('username_not_allowed');
      expect(await codeOf(drs.submitJob(id))).to.equal('username_not_allowed');
      expect(await codeOf(drs.submitJob(id, { as: person, password: 'x' }))).to.equal('done');
    });
  }

  const ofSystems =
    'admin rocky almalinux cloud-user core opc azureuser bitnami freebsd nfsnobody smmsp Debian-exim libvirt-qemu ' +
    'gitlab-runner hdfs zabbix nagios \uFF52\uFF4F\uFF4F\uFF54 ro\u200Bot ROOT\u00A0';

  it('is no account of the system, by a submit or by a test, however it is written', async () => {
    const { drs, id, serverId } = await jobOf(bob);
    for (const username of ofSystems.split(' ')) {
      const person = { id: bob.id, username };
      const refused = {
        submit: drs.submitJob(id, { as: person }),
        test: drs.servers.testConnection(serverId, { username }),
        'test as': drs.servers.testConnection(serverId, { as: { ...person, isAdmin: true } }),
      };
      const told = Object.entries(refused).map(async ([name, call]) => `${name} ${await codeOf(call)}`);
      expect(await Promise.all(told), username).to.deep.equal(
        Object.keys(refused).map((name) => `${name} username_not_allowed`),
      );
    }
  });

  it('is one of the system in a test, too, where `mapUsername` was given, or with a password of its own', async () => {
    const gone = { title: 'Gone', hostname: '127.0.0.1', port: 1 };
    const mapped = await testInstance({ identity, mapUsername: () => 'root' });
    const plain = await testInstance({ identity });
    const by = [
      { drs: mapped, signIn: { username: 'root' } },
      { drs: mapped, signIn: { as: admin } },
      { drs: plain, signIn: { username: 'root', password: 'x' } },
    ];
    for (const { drs, signIn } of by) {
      const { id } = await drs.servers.create(gone);
      expect((await drs.servers.testConnection(id, signIn)).steps[0]).to.include({ name: 'address' });
    }
  });

  it('is on each jump host what `mapUsername` says there', async () => {
    const mapUsername = ({ username }: User, { title }: { title: string }) =>
      title === 'Gate' ? username : `x-${username}`;
    const { drs, id, serverId } = await jobOf(bob, { mapUsername });
    const gate = await drs.servers.create({ title: 'Gate', hostname: 'gate' });
    await drs.servers.update(serverId, { proxyJump: gate.id });
    expect(await codeOf(drs.submitJob(id, { as: bob }))).to.equal('username_not_allowed');
    const test = drs.servers.testConnection(serverId, { as: { ...bob, isAdmin: true } });
    expect(await codeOf(test)).to.equal('username_not_allowed');
    await drs.servers.update(gate.id, { title: 'Other' });
    await drs.submitJob(id, { as: bob });
    expect(await nameOf(drs, id)).to.equal('x-bob');
  });

  it('is any that `mapUsername` names, and of the owner as known now', async () => {
    const mapUsername = (user: User) => (user.username === 'robert' ? 'root' : 'nobody');
    const resolveUser = (id: string) => ({ id, username: 'robert' });
    const { drs, id } = await jobOf(bob, { mapUsername, resolveUser });
    await drs.submitJob(id, { as: admin });
    expect(await nameOf(drs, id)).to.equal('root');
  });

  it('is none where `mapUsername` gives what can be no name, which is told in words', async () => {
    let answer: () => unknown = () => 'bob';
    const { drs, id, serverId } = await jobOf(bob, { mapUsername: () => answer() as never });
    const failed = () => Promise.reject(new Error('of the host'));
    const plain = ['', 'a\nb', 5, undefined].map((value) => () => value);
    for (answer of [...plain, () => Promise.resolve('bob'), failed]) {
      await drs.servers.update(serverId, { usernames: 'any' });
      const error: unknown = await drs.submitJob(id, { as: bob }).catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'username_not_allowed', status: 403 });
      expect((error as Error).message).to.contain('mapUsername gives bob no name');
      await drs.servers.update(serverId, { usernames: 'own' });
      expect(await codeOf(drs.submitJob(id, { as: bob, ...key }))).to.equal('username_not_allowed');
      await drs.submitJob(id, { as: bob, username: 'bob', password: 'x' });
      expect(await nameOf(drs, id)).to.equal('bob');
    }
  });

  it('is none where the name of a person can be no name on servers', async () => {
    const { drs, id } = await jobOf(bob);
    for (const username of ['a\nb', '-l']) {
      const as = { ...bob, username };
      expect(await codeOf(drs.submitJob(id, { as }))).to.equal('username_not_allowed');
    }
  });

  it('is refused where `resolveUser` gives another person than was asked for', async () => {
    const { drs, id } = await jobOf(bob, { resolveUser: () => ({ id: 'another', username: 'bob' }) });
    expect(await codeOf(drs.submitJob(id, { as: bob }))).to.equal('username_not_allowed');
    const number = { id: '7', username: 'seven' };
    const known = await jobOf(number, { resolveUser: (asked) => ({ id: Number(asked), username: 'seven' }) });
    expect(await codeOf(known.drs.submitJob(known.id, { as: number }))).to.equal('done');
  });

  it('is the one of the attempt before also where a new one is left undefined', async () => {
    const { drs, id } = await jobOf(bob);
    await drs.submitJob(id, { as: bob, ...key });
    expect(await nameOf(drs, id)).to.equal('other');
    await drs.retryJob(id, { as: bob, username: undefined, remote: undefined, password: 'x' });
    expect(await nameOf(drs, id)).to.equal('other');
    await drs.submitJob(id, { remote: false });
    await drs.cancelJob(id);
    await drs.retryJob(id, { remote: undefined });
    expect(await drs.explainJob(id)).to.include({ isRemote: false });
  });

  it('goes with the owner: neither changes alone, by any door', async () => {
    const { drs, id } = await jobOf(bob);
    const half = drs.jobs.update(id, { owner: ann.id }, { as: admin });
    expect(await codeOf(half)).to.equal('invalid_input');
    const job = await drs.models.Job.findByPk(id, { rejectOnEmpty: true });
    const byModel: unknown = await job.update({ owner: ann.id }).catch((error: unknown) => error);
    expect(byModel).to.have.property('name', 'SequelizeValidationError');
    await drs.jobs.update(id, { owner: ann.id, ownerUsername: 'ann' }, { as: admin });
    await drs.submitJob(id);
    expect(await nameOf(drs, id)).to.equal('ann');
  });
});

describe('a server that takes the names of owners alone', () => {
  it('refuses any other name with a password, also of an administrator and of an attempt run again', async () => {
    const { drs, id, serverId } = await jobOf(bob);
    await drs.submitJob(id, { as: bob, ...key });
    expect(await nameOf(drs, id)).to.equal('other');
    await drs.servers.update(serverId, { usernames: 'own' });
    const password = 'x';
    for (const as of [bob, admin]) {
      const other = drs.submitJob(id, { as, ...key });
      expect(await codeOf(other)).to.equal('username_not_allowed');
      expect(await codeOf(drs.retryJob(id, { as, password }))).to.equal('username_not_allowed');
    }
    await drs.submitJob(id, { as: bob, username: 'bob', password });
    expect(await nameOf(drs, id)).to.equal('bob');
    await drs.submitJob(id, { as: admin, password });
    expect(await nameOf(drs, id)).to.equal('bob');
  });

  it('is one, too, for those who go through it to another', async () => {
    const { drs, id, serverId } = await jobOf(bob);
    await drs.submitJob(id, { as: bob, ...key });
    await drs.cancelJob(id);
    const first = await drs.servers.create({ title: 'First', hostname: 'first', usernames: 'own' });
    const next = await drs.servers.create({ title: 'Next', hostname: 'next', proxyJump: first.id });
    await drs.servers.update(serverId, { proxyJump: next.id });
    expect(await codeOf(drs.submitJob(id, { as: bob, ...key }))).to.equal('username_not_allowed');
    expect(await codeOf(drs.retryJob(id, { as: bob, password: 'x' }))).to.equal('username_not_allowed');
    await drs.submitJob(id, { as: bob, password: 'x' });
    expect(await nameOf(drs, id)).to.equal('bob');
  });

  it('takes the name that `mapUsername` gives the owner', async () => {
    const { drs, id, serverId } = await jobOf(bob, { mapUsername: ({ username }) => `x-${username}` });
    await drs.servers.update(serverId, { usernames: 'own' });
    await drs.submitJob(id, { as: bob, username: 'x-bob', password: 'x' });
    expect(await nameOf(drs, id)).to.equal('x-bob');
  });

  it('takes no name of somebody whom the host does not know any more', async () => {
    const { drs, id, serverId } = await jobOf(bob, { resolveUser: () => null });
    await drs.servers.update(serverId, { usernames: 'own' });
    expect(await codeOf(drs.submitJob(id, { as: bob, password: 'x' }))).to.equal('username_not_allowed');
  });
});
