/** Jobs on machines behind jump hosts, each a real sshd. */

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { internalsOf } from '../../lib/internals.js';
import type { ServerInput } from '../../lib/models/define-models.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { gate as makeGate, shellJobs, type Place, type ShellJobs } from './support.js';

describe('a job behind jump hosts', () => {
  let jobs: ShellJobs;
  let gate: Sshd;
  let bastion: Sshd;
  let node: Sshd;

  before(async () => {
    jobs = await shellJobs();
    [gate, bastion, node] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  });

  const behind = async (...hops: Sshd[]): Promise<{ place: Place; fixture: { server: Server } }> => {
    let proxyJump: number | null = null;
    for (const { hostname, port } of hops) {
      const input: ServerInput = { title: `Hop ${port}`, hostname, port, proxyJump };
      proxyJump = (await jobs.drs.models.Server.create(input)).id;
    }
    const { hostname, port, user } = node;
    return {
      place: { hostname, port, user },
      fixture: { server: { hostname, port, ...(proxyJump === null ? {} : { proxyJump }) } },
    };
  };

  it('runs there, and brings its output and files', async () => {
    const { place, fixture } = await behind(gate, bastion);
    const seen = await jobs.run(place, 'echo "$SSH_CONNECTION"; echo said >&2; echo made >made.txt; exit 3', {
      fixture,
    });
    expect(seen).to.include({ status: 'failure', failureReason: 'exit', exitCode: 3, starts: 1 });
    expect(seen.stdout).to.match(new RegExp(` ${node.port}\n$`));
    expect(seen).to.deep.include({ stderr: 'said\n', files: ['made.txt'] });
    for (const { hostname, port, hostKey } of [gate, bastion, node])
      expect(await internalsOf(jobs.drs).hostKeys.find(hostname, port)).to.include({ key: hostKey });
  });

  it('is cancelled there', async () => {
    const { place, fixture } = await behind(bastion);
    const { job, printed, seen } = await jobs.submit(place, 'echo "pid $$"; exec sleep 300', { fixture });
    await printed('pid');
    await jobs.drs.cancelJob(job.id);
    const ended = await seen();
    expect(ended).to.include({ status: 'cancelled', starts: 1 });
    const pid = /pid (\d+)/.exec(ended.stdout)?.[1] ?? '';
    expect(() => readFileSync(join('/proc', pid, 'stat'))).to.throw('ENOENT');
  });

  it('starts once and loses no line while the connections of its jump hosts are killed', async () => {
    const { place, fixture } = await behind(gate, bastion);
    const { wait, open } = await makeGate();
    const program = `i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo "line $i"; [ $((i % 1000)) != 0 ] || sleep 0.3; done; ${wait}`;
    const { printed, seen } = await jobs.submit(place, program, { fixture });
    await printed('line 1\n');
    gate.cut();
    await printed('line 1500\n');
    bastion.cut();
    await printed('line 3000\n');
    gate.cut();
    await open();
    const ended = await seen();
    expect(ended).to.include({ status: 'success', starts: 1, message: null });
    expect(ended.stdout).to.equal(Array.from({ length: 3000 }, (_, index) => `line ${index + 1}\n`).join(''));
  });

  it('waits for a jump host that is away, which is named, and runs when it is back', async () => {
    const frail = await startSshd();
    const { place, fixture } = await behind(frail);
    await jobs.run(place, 'true', { fixture });
    for (const pid of frail.pids) process.kill(pid, 'SIGKILL');
    const { noted, seen } = await jobs.submit(place, 'echo here', { fixture });
    const words = await noted(`through 127.0.0.1:${frail.port}: `);
    expect(words).to.include(`Cannot reach 127.0.0.1:${frail.port}`).and.include('the next try is at');
    await frail.restart();
    expect(await seen()).to.include({ status: 'success', stdout: 'here\n', starts: 1 });
    await frail.stop();
  });

  it('is rejected when a jump host passes no connections on', async () => {
    const closed = await startSshd({ config: ['AllowTcpForwarding no'] });
    const { place, fixture } = await behind(closed);
    const seen = await jobs.run(place, 'echo out', { fixture });
    expect(seen).to.include({ status: 'failure', failureReason: 'rejected', starts: 0 });
    expect(seen.message).to.include(`127.0.0.1:${closed.port} refuses to pass connections on for`);
    await closed.stop();
  });

  it('ends for the host key of a jump host that has changed', async () => {
    const { place, fixture } = await behind(gate, bastion);
    const { sequelize, transports } = internalsOf(jobs.drs);
    await sequelize.query(`UPDATE drs_host_keys SET key = '${node.hostKey}' WHERE port = ${bastion.port}`);
    transports.ssh.retire({ hostname: bastion.hostname, port: bastion.port });
    const seen = await jobs.run(place, 'echo out', { fixture });
    expect(seen).to.include({ status: 'failure', failureReason: 'host_key', starts: 0 });
    expect(seen.message).to.include(`The host key of 127.0.0.1:${bastion.port} through`);
  });
});

type Server = { hostname: string; port: number; proxyJump?: number };
