import { expect } from 'chai';
import express from 'express';
import { drsRouter } from '../../lib/index.js';
import { asker, identify } from '../http/support.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { keyPair } from '../transports/support.js';
import { until } from '../worker/support.js';
import { gate, shellJobs, type ShellJobs } from './support.js';

describe('jobs on a server that knows old algorithms only', () => {
  let jobs: ShellJobs;
  before(async () => {
    jobs = await shellJobs({ identify });
  });

  const allow = async (serverId: number, legacyAlgorithms: boolean) => {
    const send = asker(express().use('/drs', drsRouter(jobs.drs)));
    await send('patch', `/servers/${serverId}`, 'admin').send({ legacyAlgorithms }).expect(200);
  };
  const run = async (sshd: Sshd, program = 'echo out') => {
    const { job, seen } = await jobs.submit(sshd, program);
    return { job, ended: await seen() };
  };

  it('ends a job after one try, in words that name the field; with it the next attempt runs', async () => {
    const sshd = await startSshd({ config: ['KexAlgorithms diffie-hellman-group14-sha1'] });
    const { job, ended } = await run(sshd);
    expect(ended).to.include({ status: 'failure', failureReason: 'rejected', starts: 0 });
    expect(ended.message).to.contain('diffie-hellman-group14-sha1').and.contain('legacyAlgorithms');
    expect(await jobs.drs.explainJob(job.id)).to.include({ claims: 1 });
    await allow(job.serverId, true);
    const { username, password } = sshd.user;
    const again = await jobs.drs.submitJob(job.id, { username, password });
    expect(await again.finished()).to.include({ status: 'success' });
    const { publicKey } = await keyPair();
    const there = { hostname: sshd.hostname, port: sshd.port, username, password, publicKey };
    expect(await jobs.drs.copyKey(there)).to.deep.equal({ isChanged: true });
  });

  it('ends a job as host_key for a short RSA key, after one try', async () => {
    const sshd = await startSshd({ hostKeyTypes: ['rsa -b 1024'] });
    const { job, ended } = await run(sshd);
    expect(ended).to.include({ status: 'failure', failureReason: 'host_key', starts: 0 });
    expect(ended.message).to.contain('1024 bits');
    expect(await jobs.drs.explainJob(job.id)).to.include({ claims: 1 });
  });

  it('is signed in to anew when that is changed: warm connections go at once', async () => {
    const sshd = await startSshd();
    const { job } = await run(sshd);
    expect(sshd.pids.length).to.be.greaterThan(1);
    await allow(job.serverId, true);
    await until(async () => sshd.pids.length === 1);
  });

  it('is waited for while a program runs there, until they are allowed', async () => {
    const config = ['KexAlgorithms diffie-hellman-group14-sha1'];
    const sshd = await startSshd({ config });
    const { wait, open } = await gate();
    const fixture = { server: { hostname: sshd.hostname, port: sshd.port, legacyAlgorithms: true } };
    const { job, printed, noted, seen } = await jobs.submit(sshd, `echo begun; ${wait}; exit 3`, { fixture });
    await printed('begun');
    await jobs.drs.models.Server.update({ legacyAlgorithms: false }, { where: { id: job.serverId } });
    sshd.cut();
    expect(await noted('legacyAlgorithms')).to.contain('Out of reach since');
    await allow(job.serverId, true);
    await open();
    await jobs.drs.requeueJob(job.id);
    expect(await seen()).to.include({ failureReason: 'exit', exitCode: 3, starts: 1 });
  });
});
