import { expect } from 'chai';
import type { LogChunk } from '../../lib/protocol/events.js';
import { LogFeed } from '../../lib/live/log-feed.js';

const chunk = (seq: number): LogChunk => ({
  ...{ seq, stream: 'stdout', offset: seq - 1, time: '', content: 'x', line: 1, linesBefore: 1 },
});

/** A feed with so many viewers; counts how often each was told until it heard of the last chunk. */
async function timesTold(viewers: number, chunks: number): Promise<number> {
  let stored = 0;
  const read = async (after: number) =>
    Array.from({ length: stored - after }, (_, index) => chunk(after + 1 + index));
  const feed = new LogFeed(read, () => undefined);
  feed.startAt(0);
  for (let count = 1; count < viewers; count += 1) feed.add(() => undefined);
  let told = 0;
  const done = new Promise<void>((resolve) => {
    feed.add(() => {
      told += 1;
      if (feed.head === chunks) resolve();
    });
  });
  for (stored = 1; stored <= chunks; stored += 1) {
    feed.announce(stored);
    await new Promise(setImmediate);
  }
  stored = chunks;
  // Whoever is told of nothing yet is given nothing yet.
  expect((await feed.after(0)).length).to.be.at.most(feed.head);
  const alive = setInterval(() => undefined, 1000);
  await done;
  clearInterval(alive);
  expect((await feed.after(0)).map(({ seq }) => seq)).to.have.length(chunks);
  return told;
}

describe('the feed of a log', () => {
  it('tells a few viewers of each chunk, and a crowd of several at once', async () => {
    expect(await timesTold(5, 20)).to.equal(20);
    expect(await timesTold(1000, 20)).to.be.at.most(5);
  });
});
