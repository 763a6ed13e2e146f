import { expect } from 'chai';
import express from 'express';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { connectDrs, type DrsClient, type DrsClientError, type StatusEvent } from '../../lib/client/index.js';
import { attachSockets, drsRouter, type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { jobOf, sharedInstance, TestAttempt } from '../http/support.js';
import { until } from './support/until.js';

describe('connectDrs with the real routes and sockets', () => {
  let drs: RemoteSubmission;
  let http: HttpServer;
  let io: Server;
  let client: DrsClient;

  const clientOf = (user?: string) =>
    connectDrs(`http://127.0.0.1:${(http.address() as AddressInfo).port}/drs`, {
      headers: user === undefined ? {} : { 'x-user': user },
    });

  before(async () => {
    drs = await sharedInstance();
    http = createServer(express().use('/drs', drsRouter(drs)));
    io = new Server(http, { destroyUpgrade: false });
    attachSockets(io, drs);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    client = clientOf('ann');
  });

  after(async () => {
    client.close();
    await io.close();
  });

  async function announceLog({ claim }: TestAttempt): Promise<void> {
    const { bus, store } = internalsOf(drs);
    const { seq } = await store.attempts.logHead(claim);
    bus.publish({ type: 'log', jobId: claim.jobId, attempt: claim.attempt, seq });
  }

  async function announceStatus({ claim }: TestAttempt): Promise<void> {
    const { bus, store } = internalsOf(drs);
    const found = await store.statuses.statusOf(claim.jobId);
    if (found) bus.publish({ type: 'status', ...found });
  }

  it('reads a job, its pages, its log and its results', async () => {
    const job = await jobOf(drs, 'ann', 'Fit');
    const attempt = await TestAttempt.start(drs, job.id);
    await attempt.print('one\n', { stream: 'stderr', content: 'two\n' });
    await attempt.leave({ 'fit.json': '{}' });
    await attempt.finish();
    expect((await client.jobs.get(job.id)).title).to.equal('Fit');
    expect((await client.jobs.list({ limit: 1 })).items).to.have.length(1);
    expect((await client.servers.list()).items[0]).to.have.property('hostname');
    expect((await client.interpreters.list()).items[0]).to.have.property('path');
    const page = await client.logPage(job.id, { after: 1 });
    expect(page.items.map(({ content }) => content)).to.deep.equal(['two\n']);
    const [result] = await client.results(job.id);
    expect(result).to.include({ remoteFilename: 'fit.json', size: 2 });
    expect(await new Response(await client.resultStream(result?.id ?? 0)).text()).to.equal('{}');
  });

  it('gives all files of an attempt by name, an archive, and the raw output', async () => {
    const job = await jobOf(drs);
    const attempt = await TestAttempt.start(drs, job.id);
    await attempt.print('out\n', { stream: 'stderr', content: 'err\n' });
    const names = Array.from({ length: 120 }, (_, index) => `${String(index).padStart(3, '0')}.txt`);
    await attempt.leave(Object.fromEntries(names.map((name) => [name, name])));
    await attempt.finish();
    const results = await client.results(job.id);
    expect(results.map(({ remoteFilename }) => remoteFilename)).to.deep.equal(names);
    const archive = Buffer.from(
      await new Response(await client.resultsZip(job.id, { attempt: 1 })).arrayBuffer(),
    );
    expect(archive.subarray(0, 2).toString()).to.equal('PK');
    const stderr = await client.logStream(job.id, { stream: 'stderr' });
    expect(await new Response(stderr).text()).to.equal('err\n');
    const { items } = await client.listResults({ job: job.id, name: '007.txt' });
    expect(items.map(({ remoteFilename }) => remoteFilename)).to.deep.equal(['007.txt']);
    const chunks = await client.listLogs({ job: job.id });
    expect(chunks.items.map(({ content }) => content)).to.deep.equal(['err\n', 'out\n']);
  });

  it('makes, changes and deletes servers, interpreters and jobs', async () => {
    const admin = clientOf('admin');
    const interpreter = await admin.interpreters.create({ name: 'Shell', path: 'sh' });
    expect(await admin.interpreters.update(interpreter.id, { path: '/bin/sh' })).to.include({
      path: '/bin/sh',
    });
    const server = await admin.servers.create({
      title: 'New',
      hostname: 'new.example',
      interpreterIds: [interpreter.id],
    });
    expect(await admin.servers.get(server.id)).to.deep.include({
      port: 22,
      interpreterIds: [interpreter.id],
    });
    const job = await admin.jobs.create({
      title: 'Short',
      program: 'true',
      remoteDirectory: '~/x',
      remoteFilename: 'x.sh',
      serverId: server.id,
      interpreterId: interpreter.id,
    });
    await admin.jobs.delete(job.id);
    await admin.servers.delete(server.id);
    await admin.interpreters.delete(interpreter.id);
    expect(await refusalOf(admin.interpreters.get(interpreter.id))).to.include({ code: 'not_found' });
    admin.close();
  });

  it('tells where an attempt is, queues it again, and runs it again after its end', async () => {
    const admin = clientOf('admin');
    const job = await jobOf(drs, 'admin');
    expect(await admin.jobs.submit(job.id, { password: 'x' })).to.include({ attempt: 1 });
    expect(await admin.jobs.explain(job.id)).to.include({ attempt: 1, status: 'submitted', startedAt: null });
    expect(await admin.jobs.requeue(job.id)).to.include({ attempt: 1, status: 'submitted' });
    expect(await admin.jobs.cancel(job.id)).to.include({ status: 'cancelled' });
    expect(await admin.jobs.retry(job.id, { password: 'x' })).to.include({ attempt: 2, retryOf: 1 });
    await admin.jobs.cancel(job.id);
    admin.close();
  });

  it('iterates over a log while it grows, to its end', async () => {
    const job = await jobOf(drs);
    const attempt = await TestAttempt.start(drs, job.id);
    await attempt.print('1\n', '2\n');
    const read: string[] = [];
    for await (const { content } of client.log(job.id)) {
      read.push(content);
      if (content === '2\n') {
        await attempt.print('3\n');
        await announceLog(attempt);
      }
      if (content === '3\n') {
        await attempt.print('4\n');
        await attempt.finish();
        await announceStatus(attempt);
      }
    }
    expect(read).to.deep.equal(['1\n', '2\n', '3\n', '4\n']);
  });

  it('follows to the next attempt, from its first chunk', async () => {
    const job = await jobOf(drs);
    const first = await TestAttempt.start(drs, job.id);
    await first.print('old\n');
    await first.finish();
    const told: (number | string)[] = [];
    const stop = client.watchLog(
      { jobId: job.id },
      {
        onAttempt: (attempt) => void told.push(attempt),
        onChunks: (chunks) => void told.push(...chunks.map(({ content }) => content)),
        onEnd: ({ status }) => void told.push(status),
      },
    );
    await until(() => told.includes('success'));
    const second = await TestAttempt.start(drs, job.id);
    await announceStatus(second);
    await second.print('new\n');
    await announceLog(second);
    await until(() => told.includes('new\n'));
    stop();
    expect(told).to.deep.equal([1, 'old\n', 'success', 2, 'new\n']);
  });

  it('hears of the states of jobs', async () => {
    const job = await jobOf(drs);
    const heard: StatusEvent[] = [];
    const stop = client.watchJobs({ limit: 100 }, (event) => void heard.push(event));
    await until(() => heard.some(({ jobId }) => jobId === job.id));
    const attempt = await TestAttempt.start(drs, job.id);
    await announceStatus(attempt);
    await until(() => heard.some(({ jobId, status }) => jobId === job.id && status === 'running'));
    stop();
  });

  it("answers not_found for another user's log, and unauthenticated without a user", async () => {
    const job = await jobOf(drs, 'bob');
    expect(await refusalOf(client.log(job.id).next())).to.include({ code: 'not_found', status: 404 });
    const anonymous = clientOf();
    expect(await refusalOf(anonymous.log(job.id).next())).to.include({
      code: 'unauthenticated',
      status: 401,
    });
    const refused = await new Promise<DrsClientError>((resolve) => {
      anonymous.watchJobs({}, { onStatus: () => undefined, onRefused: resolve });
    });
    expect(refused).to.include({ code: 'unauthenticated', status: 401 });
    anonymous.close();
  });
});

async function refusalOf(promise: Promise<unknown>): Promise<DrsClientError> {
  try {
    await promise;
  } catch (error) {
    return error as DrsClientError;
  }
  throw new Error('It was not refused.');
}
