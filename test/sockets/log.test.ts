import { expect } from 'chai';
import { once } from 'node:events';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { instance, jobOf, TestAttempt } from '../http/support.js';
import { testRedis } from '../support/redis.js';
import { serveSockets, Viewer } from './support.js';

const kibibytes = (count: number, letter = 'x') => letter.repeat(count * 1024);

describe('a log over the namespace', () => {
  let drs: RemoteSubmission;
  let url: string;

  before(async () => {
    drs = await instance();
    url = await serveSockets(drs);
  });

  async function attemptOfNewJob(): Promise<TestAttempt> {
    return TestAttempt.start(drs, (await jobOf(drs)).id);
  }

  async function viewerOf(attempt: TestAttempt, wish: object = {}): Promise<Viewer> {
    const viewer = await Viewer.connect(url, 'ann');
    const { ok } = await viewer.ask('watch:log', { jobId: attempt.claim.jobId, ...wish });
    expect(ok).to.equal(true);
    return viewer;
  }

  it('begins with what is stored, and goes on live, each chunk once and in order', async () => {
    const attempt = await attemptOfNewJob();
    await attempt.print('a', { stream: 'stderr', content: 'b' });
    const viewer = await Viewer.connect(url, 'ann');
    const { jobId } = attempt.claim;
    expect(await viewer.ask('watch:log', { jobId })).to.deep.equal({ ok: true, attempt: 1, head: 2 });
    await viewer.until(({ chunks }) => chunks.length === 2);
    for (const content of ['c', 'd', 'e']) await attempt.print(content);
    await viewer.until(({ chunks }) => chunks.length === 5);
    expect(
      viewer.chunks.map(({ seq, stream, offset, content }) => [seq, stream, offset, content]),
    ).to.deep.equal([
      [1, 'stdout', 0, 'a'],
      [2, 'stderr', 0, 'b'],
      [3, 'stdout', 1, 'c'],
      [4, 'stdout', 2, 'd'],
      [5, 'stdout', 3, 'e'],
    ]);
    expect(viewer.frames[0]).to.include({ jobId, attempt: 1 });
    expect(viewer.chunks[0]?.time).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('goes on after the number that a viewer has', async () => {
    const attempt = await attemptOfNewJob();
    await attempt.print('a', 'b', 'c');
    const viewer = await viewerOf(attempt, { after: 2 });
    await attempt.print('d');
    await viewer.until(({ chunks }) => chunks.length === 2);
    expect(viewer.text).to.equal('cd');
  });

  it('loses and repeats nothing while the backlog meets live output', async () => {
    const attempt = await attemptOfNewJob();
    const viewers: Viewer[] = [];
    for (let count = 0; count < 120; count += 1) {
      await attempt.print(`${count} `.repeat(50), `${count}\n`);
      if (count % 20 === 10) viewers.push(await viewerOf(attempt));
    }
    for (const viewer of viewers) {
      await viewer.until(({ chunks }) => chunks.length >= 240);
      expect(viewer.chunks.map(({ seq }) => seq)).to.deep.equal(
        Array.from({ length: 240 }, (_, index) => index + 1),
      );
    }
  });

  it('reads each announced chunk once for all viewers', async () => {
    const attempt = await attemptOfNewJob();
    const { store } = internalsOf(drs);
    const readLog = store.logs.read.bind(store);
    const viewers = await Promise.all(Array.from({ length: 20 }, () => viewerOf(attempt)));
    let reads = 0;
    store.logs.read = (range) => {
      reads += 1;
      return readLog(range);
    };
    await attempt.print('line');
    for (const viewer of viewers) await viewer.until(({ text }) => text === 'line');
    store.logs.read = readLog;
    expect(reads).to.be.at.most(2);
  });

  it('comes in frames of bounded size', async () => {
    const attempt = await attemptOfNewJob();
    for (let count = 0; count < 10; count += 1) await attempt.print(kibibytes(30));
    await attempt.print(kibibytes(200), 'end');
    const viewer = await viewerOf(attempt);
    await viewer.until(({ text }) => text.endsWith('end'));
    for (const { chunks } of viewer.frames.filter(({ chunks }) => chunks.length > 1)) {
      expect(chunks.reduce((sum, { content }) => sum + content.length, 0)).to.be.at.most(64 * 1024);
    }
  });

  it('comes in frames of bounded size when it is made of many small chunks', async () => {
    const attempt = await attemptOfNewJob();
    await attempt.print(...Array.from({ length: 1500 }, () => 'x'), 'end');
    const viewer = await viewerOf(attempt);
    await viewer.until(({ text }) => text.endsWith('end'));
    const sizes = viewer.frames.map((frame) => Buffer.byteLength(JSON.stringify(frame)));
    expect(Math.max(...sizes)).to.be.at.most(64 * 1024);
  });

  it('waits for a slow viewer, who slows nobody else', async () => {
    const attempt = await attemptOfNewJob();
    const [slow, quick] = [await viewerOf(attempt), await viewerOf(attempt)];
    slow.isSilent = true;
    for (let count = 0; count < 40; count += 1) await attempt.print(kibibytes(60));
    await attempt.print('end');
    await quick.until(({ text }) => text.endsWith('end'));
    // An answer comes after everything that was sent before it.
    await slow.ask('watch:jobs', { limit: 1 });
    expect(slow.frames.length).to.be.within(1, 8);
    expect(slow.text.length).to.be.at.most(512 * 1024);
  });

  it('sends away a viewer who stays silent, and gives the rest when it comes back', async () => {
    const attempt = await attemptOfNewJob();
    const impatient = await serveSockets(drs, { acknowledgeMs: 100 });
    const viewer = await Viewer.connect(impatient, 'ann');
    viewer.isSilent = true;
    await viewer.ask('watch:log', { jobId: attempt.claim.jobId });
    const gone = once(viewer.socket as unknown as NodeJS.EventEmitter, 'disconnect');
    await attempt.print('a', 'b');
    expect(await gone).to.include('io server disconnect');
    const again = await viewerOf(attempt, { after: 1 });
    await again.until(({ text }) => text === 'b');
  });

  it('switches to a newer attempt after the end of the old one', async () => {
    const first = await attemptOfNewJob();
    const { jobId } = first.claim;
    const [following, staying] = [await viewerOf(first), await viewerOf(first, { attempt: 1 })];
    await first.print('old');
    await first.finish();
    const second = await TestAttempt.start(drs, jobId);
    await second.print('new');
    await following.until(({ text }) => text === 'oldnew');
    expect(following.frames.map(({ attempt }) => attempt)).to.deep.equal([1, 2]);
    expect(following.chunks.map(({ seq }) => seq)).to.deep.equal([1, 1]);
    await staying.ask('watch:jobs', { limit: 1 });
    expect(staying.text).to.equal('old');
  });

  it('is followed from before the first submit', async () => {
    const job = await jobOf(drs);
    const viewer = await Viewer.connect(url, 'ann');
    expect(await viewer.ask('watch:log', { jobId: job.id })).to.deep.equal({ ok: true, attempt: 0, head: 0 });
    await (await TestAttempt.start(drs, job.id)).print('first');
    await viewer.until(({ text }) => text === 'first');
  });

  it('stops when it is not watched any more', async () => {
    const attempt = await attemptOfNewJob();
    const [left, stays] = [await viewerOf(attempt), await viewerOf(attempt)];
    expect(await left.ask('unwatch:log', { jobId: attempt.claim.jobId })).to.deep.equal({ ok: true });
    await attempt.print('a');
    await stays.until(({ text }) => text === 'a');
    await left.ask('watch:jobs', { limit: 1 });
    expect(left.frames).to.deep.equal([]);
  });

  it('starts anew when the same viewer watches again', async () => {
    const attempt = await attemptOfNewJob();
    await attempt.print('a', 'b');
    const viewer = await viewerOf(attempt, { after: 2 });
    await viewer.ask('watch:log', { jobId: attempt.claim.jobId, after: 1 });
    await viewer.until(({ text }) => text === 'b');
    await attempt.print('c');
    await viewer.until(({ text }) => text === 'bc');
  });

  it('reaches viewers of another web process', async () => {
    const { databaseUrl, redisUrl } = await addresses(drs);
    const attempt = await attemptOfNewJob();
    const other = await instance({ databaseUrl, redisUrl });
    const viewer = await Viewer.connect(await serveSockets(other), 'ann');
    await viewer.ask('watch:log', { jobId: attempt.claim.jobId });
    await attempt.print('across');
    await attempt.finish();
    await viewer.until(({ text, statuses }) => text === 'across' && statuses.at(-1)?.status === 'success');
  });

  it('arrives although its announcements were lost', async () => {
    const deaf = await instance();
    internalsOf(deaf).bus.subscribe = () => () => undefined;
    const attempt = await TestAttempt.start(deaf, (await jobOf(deaf)).id);
    const viewer = await Viewer.connect(await serveSockets(deaf, { checkMs: 50 }), 'ann');
    await viewer.ask('watch:log', { jobId: attempt.claim.jobId });
    await attempt.print('quiet');
    await viewer.until(({ text }) => text === 'quiet');
    await attempt.print(' end');
    await attempt.finish();
    await viewer.until(({ text, statuses }) => text === 'quiet end' && statuses.at(-1)?.status === 'success');
    const again = await TestAttempt.start(deaf, attempt.claim.jobId);
    expect(again.claim.attempt).to.equal(2);
  });
});

async function addresses(drs: RemoteSubmission): Promise<{ databaseUrl: string; redisUrl: string }> {
  const { sequelize } = internalsOf(drs);
  const { username, password, host, port, database } = sequelize.config as unknown as Record<string, string>;
  const sign = [username, password].filter(Boolean).join(':');
  return { databaseUrl: `postgres://${sign}@${host}:${port}/${database}`, redisUrl: await testRedis() };
}
