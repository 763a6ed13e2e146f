import { expect } from 'chai';
import {
  connectDrs,
  type DrsClient,
  type DrsClientError,
  type LogChunk,
  type StatusEvent,
} from '../../lib/client/index.js';

import { ContractServer } from './support/contract-server.js';
import { until } from './support/until.js';

describe('connectDrs', () => {
  let server: ContractServer;
  let drs: DrsClient;

  beforeEach(async () => {
    server = await new ContractServer().start();
    drs = connectDrs(server.mount);
  });

  afterEach(async () => {
    drs.close();
    await server.stop();
  });

  it('lists jobs and gets one', async () => {
    server.addJob({ id: 1 });
    server.addJob({ id: 2, title: 'Fit' });
    expect((await drs.jobs.list({ limit: 1 })).items.map(({ id }) => id)).to.deep.equal([2]);
    expect((await drs.jobs.get(2)).title).to.equal('Fit');
  });

  it('submits a job', async () => {
    server.addJob({ id: 1 });
    expect(await drs.jobs.submit(1)).to.deep.equal({ jobId: 1, attempt: 1, status: 'submitted' });
  });

  it('gives the bytes of a result as a stream', async () => {
    const stream = await drs.resultStream(7);
    expect(await new Response(stream).text()).to.equal('bytes of 7');
  });

  it('takes a mount with a slash at its end', () => {
    expect(connectDrs('http://h/drs/').url('/jobs/1/results.zip', { attempt: 2 })).to.equal(
      'http://h/drs/jobs/1/results.zip?attempt=2',
    );
  });

  it('rejects with the code and the status of a problem body', async () => {
    const error = await rejectionOf(drs.jobs.get(404));
    expect(error).to.include({ code: 'not_found', status: 404, message: 'It is not_found.' });
  });

  it('sends the given headers', async () => {
    const error = await rejectionOf(
      connectDrs(server.mount, { headers: { 'x-anonymous': 'yes' } }).jobs.get(1),
    );
    expect(error).to.include({ code: 'unauthenticated', status: 401 });
  });

  it('says connection_failed when nobody answers', async () => {
    await server.stop();
    expect(await rejectionOf(drs.jobs.list())).to.include({ code: 'connection_failed', status: 0 });
  });

  it('tells the states of the newest jobs, then each change', async () => {
    server.addJob({ id: 1 });
    const heard: StatusEvent[] = [];
    const stop = drs.watchJobs({ limit: 5 }, (event) => void heard.push(event));
    await until(() => heard.length === 1);
    server.setStatus(1, 'running', { attempt: 1 });
    await until(() => heard.at(-1)?.status === 'running');
    stop();
    await until(() => server.connections === 0);
  });

  it('iterates over a log from its first chunk to the end of the attempt', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'running' });
    for (let line = 1; line <= 10; line += 1) server.print(1, `${line}\n`);
    const read: LogChunk[] = [];
    for await (const chunk of drs.log(1)) {
      read.push(chunk);
      if (read.length === 10) server.print(1, '11\n');
      if (read.length === 11) server.setStatus(1, 'success');
    }
    expect(read.map(({ content }) => content).join('')).to.equal('1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n');
    await until(() => server.connections === 0);
  });

  it('iterates from `after` on', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'success' });
    for (let line = 1; line <= 5; line += 1) server.print(1, `${line}\n`);
    const read: number[] = [];
    for await (const { seq } of drs.log(1, { after: 3 })) read.push(seq);
    expect(read).to.deep.equal([4, 5]);
  });

  it('ends at once when a finished attempt printed nothing', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'failure', failureReason: 'auth' });
    const read: LogChunk[] = [];
    for await (const chunk of drs.log(1)) read.push(chunk);
    expect(read).to.deep.equal([]);
  });

  it('gives what was stored after the server said how long the log is', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'running' });
    const iterator = drs.log(1);
    const first = iterator.next();
    server.print(1, 'a\n');
    await first;
    server.print(1, 'b\n');
    server.print(1, 'c\n');
    server.setStatus(1, 'success');
    const rest: string[] = [];
    for await (const { content } of iterator) rest.push(content);
    expect(rest).to.deep.equal(['b\n', 'c\n']);
  });

  it('does not read ahead of a slow reader', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'running' });
    for (let line = 0; line < 30; line += 1) server.print(1, `${line}\n`);
    const iterator = drs.log(1);
    await iterator.next();
    expect(server.inFlight).to.equal(1);
    await iterator.return();
  });

  it('stops iterating when the signal aborts', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'running' });
    const stop = new AbortController();
    const pending = drs.log(1, { signal: stop.signal }).next();
    await until(() => server.connections === 1);
    stop.abort(new Error('enough'));
    expect((await rejectionOf(pending)).message).to.equal('enough');
    await until(() => server.connections === 0);
  });

  it('rejects the iteration when the log is refused', async () => {
    expect(await rejectionOf(drs.log(404).next())).to.include({ code: 'not_found', status: 404 });
  });

  it('rejects the iteration when the socket refuses what REST allows', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'running' });
    server.refuseWith = 'forbidden';
    expect(await rejectionOf(drs.log(1).next())).to.include({ code: 'forbidden', status: 403 });
  });

  it('misses nothing and repeats nothing when the server restarts', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'running' });
    for (let line = 1; line <= 4; line += 1) server.print(1, `${line}\n`);
    const read: number[] = [];
    for await (const { seq } of drs.log(1)) {
      read.push(seq);
      if (seq === 4) {
        await server.stop();
        server.print(1, '5\n');
        server.print(1, '6\n');
        await server.start();
      }
      if (seq === 6) server.setStatus(1, 'success');
    }
    expect(read).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(server.watches).to.deep.equal(['log 1 after 0', 'log 1 after 4']);
  });

  it('goes on to a newer attempt, from its first chunk', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'success' });
    server.print(1, 'old\n');
    const told: (number | string)[] = [];
    drs.watchLog(
      { jobId: 1 },
      {
        onAttempt: (attempt) => void told.push(attempt),
        onChunks: (chunks) => void told.push(...chunks.map(({ content }) => content)),
        onEnd: ({ status }) => void told.push(status),
      },
    );
    await until(() => told.includes('success'));
    server.setStatus(1, 'running', { attempt: 2 });
    server.print(1, 'new\n');
    await until(() => told.includes('new\n'));
    server.setStatus(1, 'failure');
    await until(() => told.includes('failure'));
    expect(told).to.deep.equal([1, 'old\n', 'success', 2, 'new\n', 'failure']);
  });

  it('follows a job that is not submitted yet', async () => {
    server.addJob({ id: 1 });
    const pending = drs.log(1).next();
    await until(() => server.connections === 1);
    server.setStatus(1, 'running', { attempt: 1 });
    server.print(1, 'hello\n');
    expect((await pending).value).to.include({ content: 'hello\n' });
  });

  it('carries watches of different jobs on one connection', async () => {
    for (const id of [1, 2]) server.addJob({ id, attempt: 1, status: 'running' });
    for (const id of [1, 2]) server.print(id, `of ${id}`);
    const read: string[] = [];
    for (const jobId of [1, 2])
      drs.watchLog({ jobId }, { onChunks: ([chunk]) => void read.push(chunk?.content ?? '') });
    await until(() => read.length === 2);
    expect(read.sort()).to.deep.equal(['of 1', 'of 2']);
    expect(server.connections).to.equal(1);
  });

  it('gives each of two viewers of one log all of it', async () => {
    server.addJob({ id: 1, attempt: 1, status: 'running' });
    for (const line of ['a', 'b']) server.print(1, line);
    const read: Record<string, string> = { first: '', second: '' };
    const reader = (name: string) => ({
      onChunks: (chunks: LogChunk[]) => {
        read[name] += chunks.map(({ content }) => content).join('');
      },
    });
    drs.watchLog({ jobId: 1 }, reader('first'));
    await until(() => read.first === 'ab');
    drs.watchLog({ jobId: 1 }, reader('second'));
    server.print(1, 'c');
    await until(() => read.first === 'abc' && read.second === 'abc');
  });
});

async function rejectionOf(promise: Promise<unknown>): Promise<DrsClientError> {
  try {
    await promise;
  } catch (error) {
    return error as DrsClientError;
  }
  throw new Error('It did not reject.');
}
