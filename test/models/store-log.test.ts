import { expect } from 'chai';
import type { NewLogChunk } from '../../lib/worker/attempt-store.js';
import { shared } from '../support/cleanup.js';
import { createTestStore, refusal, running } from './support.js';

const testStore = shared(createTestStore);
const empty = { seq: 0, stdout: 0, stderr: 0 };

function chunk(content: string | Buffer, more: Partial<NewLogChunk> = {}): NewLogChunk {
  return {
    stream: 'stdout',
    offset: 0,
    time: new Date('2026-01-02T03:04:05.678Z'),
    content: Buffer.from(content),
    ...more,
  };
}

describe('the stored log', () => {
  it('is numbered from one in the order given, and comes back byte for byte', async () => {
    const test = await testStore();
    const claim = await running(test);
    const bytes = Buffer.from([0, 255, 92, 120, 0, 10]);
    await test.store.appendLog(claim, empty, [
      chunk(bytes),
      chunk('warned', { stream: 'stderr' }),
      chunk('', { offset: 6 }),
    ]);
    const head = await test.store.logHead(claim);
    await test.store.appendLog(claim, head, [chunk('more', { offset: 6 })]);

    const rows = await test.store.readLog({ ...claim, after: 0, limit: 100 });

    expect(head).to.deep.equal({ seq: 3, stdout: 6, stderr: 6 });
    expect(rows.map(({ seq, stream, offset }) => [seq, stream, offset])).to.deep.equal([
      [1, 'stdout', 0],
      [2, 'stderr', 0],
      [3, 'stdout', 6],
      [4, 'stdout', 6],
    ]);
    expect(rows[0]?.content.equals(bytes)).to.equal(true);
    expect(rows[0]?.time).to.deep.equal(new Date('2026-01-02T03:04:05.678Z'));
    expect(String(rows[3]?.content)).to.equal('more');
    expect(await test.store.logHeadOf(claim.jobId, claim.attempt)).to.deep.equal({
      seq: 4,
      stdout: 10,
      stderr: 6,
    });
  });

  it('is read in pages by number, count and bytes, never less than one chunk', async () => {
    const test = await testStore();
    const claim = await running(test);
    const chunks = Array.from({ length: 10 }, (_, index) => chunk('x'.repeat(100), { offset: index * 100 }));
    await test.store.appendLog(claim, empty, chunks);
    const read = async (range: { after: number; limit: number; maxBytes?: number }): Promise<number[]> =>
      (await test.store.readLog({ ...claim, ...range })).map(({ seq }) => seq);

    expect(await read({ after: 0, limit: 3 })).to.deep.equal([1, 2, 3]);
    expect(await read({ after: 7, limit: 100 })).to.deep.equal([8, 9, 10]);
    expect(await read({ after: 2, limit: 100, maxBytes: 250 })).to.deep.equal([3, 4, 5]);
    expect(await read({ after: 2, limit: 100, maxBytes: 1 })).to.deep.equal([3]);
    expect(await read({ after: 10, limit: 100 })).to.deep.equal([]);
  });

  it('refuses a number that is stored already', async () => {
    const test = await testStore();
    const claim = await running(test);
    await test.store.appendLog(claim, empty, [chunk('first')]);

    expect(await refusal(test.store.appendLog(claim, empty, [chunk('again')]))).to.equal('claim_lost');
    expect(await test.store.readLog({ ...claim, after: 0, limit: 10 })).to.have.length(1);
  });

  it('announces the last number after it is stored', async () => {
    const test = await testStore();
    const claim = await running(test);
    await test.store.appendLog(claim, empty, [chunk('one'), chunk('two', { offset: 3 })]);

    expect(test.announced.at(-1)).to.deep.equal({
      type: 'log',
      jobId: claim.jobId,
      attempt: claim.attempt,
      seq: 2,
    });
  });

  it('takes 200,000 lines of 80 bytes in chunks of 64 KiB (the time is printed)', async () => {
    const test = await testStore();
    const claim = await running(test);
    const all = Buffer.from(`${'x'.repeat(79)}\n`.repeat(200_000));
    const size = 64 * 1024;
    const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
      chunk(all.subarray(index * size, (index + 1) * size), { offset: index * size }),
    );

    const start = performance.now();
    const cpu = process.cpuUsage();
    for (const [index, one] of chunks.entries()) {
      await test.store.appendLog(claim, { seq: index, stdout: one.offset, stderr: 0 }, [one]);
    }
    const { user, system } = process.cpuUsage(cpu);
    const ms = performance.now() - start;
    console.log(
      `      ${chunks.length} chunks one by one: ${ms.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU here`,
    );

    expect(await test.store.logHead(claim)).to.deep.equal({
      seq: chunks.length,
      stdout: all.length,
      stderr: 0,
    });
  });
});
