import { expect } from 'chai';
import express from 'express';
import { drsRouter } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { asker, identify } from '../http/support.js';
import { makeJob } from '../support/instance.js';
import { startSshd, type Sshd, type SshdUser } from '../support/sshd.js';
import { keyPair, type KeyPair } from '../transports/support.js';
import { until } from '../worker/support.js';
import { shellJobs, type ShellJobs } from './support.js';

describe('a server that asks for key and password', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  let user: SshdUser;
  let key: KeyPair;
  before(async () => {
    key = await keyPair();
    jobs = await shellJobs({ identify });
    sshd = await startSshd({ config: ['AuthenticationMethods publickey,password'] });
    user = await sshd.addUser({ publicKeys: [key.publicKey] });
  });

  it('runs a job that was submitted with both, and the audit tells of both', async () => {
    const { privateKey } = key;
    const { job, seen } = await jobs.submit({ ...sshd, user }, 'echo out', { privateKey });
    expect(await seen()).to.include({ status: 'success', stdout: 'out\n', starts: 1 });
    const [event] = await internalsOf(jobs.drs).audit.ofJob(job.id);
    expect(event?.detail).to.equal(`as ${user.username}, with a private key and a password`);
  });

  it('runs a job that was submitted with both over REST', async () => {
    const { hostname, port } = sshd;
    const job = await makeJob(jobs.drs, {
      ...{ program: 'echo out', interpreter: { path: 'sh' }, owner: 'id-of-ann', server: { hostname, port } },
    });
    const send = asker(express().use('/drs', drsRouter(jobs.drs)));
    const { username, password } = user;
    const body = { username, password, privateKey: key.privateKey };
    await send('post', `/jobs/${job.id}/submit`, 'ann').send(body).expect(202);
    expect(await until(async () => (await job.reload()).finishedAt && job.status)).to.equal('success');
  });

  it('ends a job as auth that was submitted with one of them, and its message names the other', async () => {
    const { username } = user;
    const alone = { ...sshd, user: { username, password: '' } };
    const { privateKey } = key;
    const seen = await jobs.run(alone, 'echo out', { privateKey });
    expect(seen).to.include({ status: 'failure', failureReason: 'auth', starts: 0 });
    expect(seen.message).to.contain('key accepted, but the server also asks for password');
    const other = await jobs.run({ ...sshd, user }, 'echo out');
    expect(other).to.include({ failureReason: 'auth' });
    expect(other.message).to.contain('the server asks for publickey');
  });

  it('takes the key of the app after a sign-in with both', async () => {
    const { hostname, port } = sshd;
    const { username, password } = user;
    const there = { hostname, port, username, password, privateKey: key.privateKey };
    const { publicKey } = await keyPair();
    expect(await jobs.drs.copyKey({ ...there, publicKey })).to.deep.equal({ isChanged: true });
  });

  it('refuses a key and an agent together, since one of them would be tried in vain', async () => {
    const job = await makeJob(jobs.drs, { program: 'x' });
    const error: unknown = await jobs.drs
      .submitJob(job.id, { privateKey: key.privateKey, agent: '/run/agent' })
      .catch((reason: unknown) => reason);
    expect(error).to.include({
      code: 'invalid_input',
      message: 'agent: give one of privateKey, agent, not both',
    });
  });
});
