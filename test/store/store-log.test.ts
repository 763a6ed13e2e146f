import { expect } from 'chai';
import type { LogHead, NewLogChunk } from '../../lib/store/attempt-store.js';
import { lines } from '../../lib/models/migrations/0007-lines.js';
import { shared } from '../support/cleanup.js';
import { createTestStore, refusal, running } from '../models/support.js';

const testStore = shared(createTestStore);
const empty = { seq: 0, stdout: 0, stderr: 0, lines: { begun: 0, stdout: 0, stderr: 0 } };

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
    await test.store.attempts.appendLog(claim, empty, [
      chunk(bytes),
      chunk('warned', { stream: 'stderr' }),
      chunk('', { offset: 6 }),
    ]);
    const head = await test.store.attempts.logHead(claim);
    const next = await test.store.attempts.appendLog(claim, head, [chunk('more', { offset: 6 })]);

    const rows = await test.store.logs.read({ ...claim, after: 0, limit: 100 });

    expect(head).to.deep.equal({ seq: 3, stdout: 6, stderr: 6, lines: { begun: 2, stdout: 0, stderr: 2 } });
    expect(rows.map(({ seq, stream, offset }) => [seq, stream, offset])).to.deep.equal([
      [1, 'stdout', 0],
      [2, 'stderr', 0],
      [3, 'stdout', 6],
      [4, 'stdout', 6],
    ]);
    expect(rows[0]?.content.equals(bytes)).to.equal(true);
    expect(rows[0]?.time).to.deep.equal(new Date('2026-01-02T03:04:05.678Z'));
    expect(String(rows[3]?.content)).to.equal('more');
    expect(next).to.deep.equal({ seq: 4, stdout: 10, stderr: 6, lines: { begun: 3, stdout: 3, stderr: 2 } });
    expect(await test.store.attempts.logHead(claim)).to.deep.equal(next);
    expect(await test.store.logs.lastSeqOf(claim.jobId, claim.attempt)).to.equal(4);
  });

  it('is read in pages by number, count and bytes, never less than one chunk', async () => {
    const test = await testStore();
    const claim = await running(test);
    const chunks = Array.from({ length: 10 }, (_, index) => chunk('x'.repeat(100), { offset: index * 100 }));
    await test.store.attempts.appendLog(claim, empty, chunks);
    const read = async (range: { after: number; limit: number; maxBytes?: number }): Promise<number[]> =>
      (await test.store.logs.read({ ...claim, ...range })).map(({ seq }) => seq);

    expect(await read({ after: 0, limit: 3 })).to.deep.equal([1, 2, 3]);
    expect(await read({ after: 7, limit: 100 })).to.deep.equal([8, 9, 10]);
    expect(await read({ after: 2, limit: 100, maxBytes: 250 })).to.deep.equal([3, 4]);
    expect(await read({ after: 2, limit: 100, maxBytes: 1 })).to.deep.equal([3]);
    expect(await read({ after: 10, limit: 100 })).to.deep.equal([]);
  });

  it('refuses a number that is stored already', async () => {
    const test = await testStore();
    const claim = await running(test);
    await test.store.attempts.appendLog(claim, empty, [chunk('first')]);

    expect(await refusal(test.store.attempts.appendLog(claim, empty, [chunk('again')]))).to.equal(
      'claim_lost',
    );
    expect(await test.store.logs.read({ ...claim, after: 0, limit: 10 })).to.have.length(1);
  });

  it('announces the last number after it is stored', async () => {
    const test = await testStore();
    const claim = await running(test);
    await test.store.attempts.appendLog(claim, empty, [chunk('one'), chunk('two', { offset: 3 })]);

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
    let head: LogHead = empty;
    for (const one of chunks) head = await test.store.attempts.appendLog(claim, head, [one]);
    const { user, system } = process.cpuUsage(cpu);
    const ms = performance.now() - start;
    console.log(
      `      ${chunks.length} chunks one by one: ${ms.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU here`,
    );

    expect(await test.store.attempts.logHead(claim)).to.deep.equal({
      seq: chunks.length,
      stdout: all.length,
      stderr: 0,
      lines: { begun: 200_000, stdout: 0, stderr: 0 },
    });
  });

  it('is read from its end, and from a line on', async () => {
    const test = await testStore();
    const claim = await running(test);
    const { jobId, attempt } = claim;
    const chunks = Array.from({ length: 40 }, (_, index) =>
      chunk(`${index}a\n${index}b\n`.repeat(index === 20 ? 0 : 1) || 'open', { offset: index * 10 }),
    );
    await test.store.attempts.appendLog(claim, empty, chunks);
    const read = async (range: { after?: number; before: number; limit: number; maxBytes?: number }) =>
      (await test.store.logs.read({ jobId, attempt, after: 0, ...range })).map(({ seq }) => seq);

    expect(await read({ before: 41, limit: 3 })).to.deep.equal([38, 39, 40]);
    expect(await read({ before: 3, limit: 3 })).to.deep.equal([1, 2]);
    expect(await read({ before: 41, after: 38, limit: 3 })).to.deep.equal([39, 40]);
    expect(await read({ before: 41, limit: 40, maxBytes: 16 })).to.deep.equal([39, 40]);
    const seqOf = (line: number) => test.store.logs.seqOfLine({ jobId, attempt, line });
    expect(await Promise.all([1, 2, 3, 40, 41, 42, 43, 78, 79].map(seqOf))).to.deep.equal([
      1, 1, 2, 20, 21, 22, 23, 40, 40,
    ]);
    const [middle] = await test.store.logs.read({ jobId, attempt, after: 21, limit: 1 });
    expect(middle).to.include({ seq: 22, line: 41, linesBefore: 41 });
    expect(await test.store.logs.seqOfLine({ jobId, attempt: attempt + 1, line: 5 })).to.equal(1);
  });

  it('has lines that were counted alike before and after they had columns', async () => {
    const test = await testStore();
    const claim = await running(test);
    const texts = ['a\n', 'b', '!x', 'b\nc\n', '!x\n!', '\\n\xff\0', '\n\n', '!\ny\nz', 'd\ne'];
    const chunks = texts.map((text, index) =>
      chunk(Buffer.from(text.replace('!', ''), 'latin1'), {
        stream: text.startsWith('!') ? 'stderr' : 'stdout',
        offset: index * 10,
      }),
    );
    await test.store.attempts.appendLog(claim, empty, chunks);
    const stored = () =>
      test.sequelize.query(
        `SELECT seq, line, lines FROM drs_logs WHERE job_id = ${claim.jobId} ORDER BY seq`,
      );
    const [counted] = await stored();
    await test.sequelize.query(`UPDATE drs_logs SET line = 0, lines = 0 WHERE job_id = ${claim.jobId}`);
    await test.sequelize.query(lines.statements.at(-1) ?? '');
    expect((await stored())[0]).to.deep.equal(counted);
  });
});
