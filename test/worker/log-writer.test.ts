import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogHead, NewLogChunk } from '../../lib/store/attempt-store.js';
import { LogWriter } from '../../lib/worker/log-writer.js';

const lines = { begun: 0, stdout: 0, stderr: 0 };

function recorder({ headBytes = 1e9, chunkBytes = 60_000, appendMs = 0, seq = 0 } = {}) {
  const stored: NewLogChunk[] = [];
  const head = { seq, stdout: 0, stderr: 0, lines };
  const append = async (before: LogHead, chunks: readonly NewLogChunk[]): Promise<LogHead> => {
    await delay(appendMs);
    stored.push(...chunks);
    const next = { ...before, seq: before.seq + chunks.length };
    for (const { stream, content } of chunks) next[stream] += content.length;
    return next;
  };
  const writer = new LogWriter({ head, headBytes, chunkBytes, append });
  return { writer, head, stored, texts: () => stored.map(({ content }) => content.toString()) };
}

describe('writing the log', () => {
  it('stores everything before end() resolves, however slow the store is', async () => {
    const { writer, texts, head } = recorder({ appendMs: 5 });
    await writer.write('stdout', Buffer.from('a\n'));
    await delay(1);
    await writer.write('stdout', Buffer.from('b\n'));
    await delay(5);
    await writer.write('stdout', Buffer.from('c\n'));
    await writer.end();
    expect(texts().join('')).to.equal('a\nb\nc\n');
    expect(head).to.include({ seq: texts().length, stdout: 6 });
  });

  it('waits for the rest of a line that comes in pieces', async () => {
    const { writer, texts } = recorder();
    await writer.write('stdout', Buffer.from('line'));
    await writer.write('stdout', Buffer.from('\n'));
    await writer.end();
    expect(texts()).to.deep.equal(['line\n']);
  });

  it('never cuts a character', async () => {
    const { writer, stored } = recorder({ chunkBytes: 10 });
    const bytes = Buffer.from('aé漢😀'.repeat(20));
    for (let i = 0; i < bytes.length; i += 7) await writer.write('stdout', bytes.subarray(i, i + 7));
    await writer.end();
    expect(stored.every(({ content }) => !content.toString().includes('\ufffd'))).to.be.true;
    expect(Buffer.concat(stored.map(({ content }) => content)).equals(bytes)).to.be.true;
  });

  it('takes what there is room for, and no more', async () => {
    const { writer, texts } = recorder({ headBytes: 5 });
    await writer.write('stdout', Buffer.from('abc\n'));
    await writer.write('stderr', Buffer.from('def\n'));
    await writer.write('stdout', Buffer.from('ghi\n'));
    await writer.end();
    expect(texts().join('')).to.equal('abc\nd');
    expect(writer.isFull).to.be.true;
    expect(writer.offsets).to.deep.equal({ stdout: 4, stderr: 1 });
  });

  it('stores the end in one go, after a mark that says how much was left out', async () => {
    const { writer, texts } = recorder({ headBytes: 4 });
    await writer.write('stdout', Buffer.from('abc\ndef\nghi\n'));
    await writer.end();
    await writer.addTail([{ stream: 'stdout', leftOut: 4, content: Buffer.from('ghi\n') }]);
    expect(texts()).to.deep.equal(['abc\n', '\n[4 bytes of output are left out here]\nghi\n']);
  });

  it('makes few rows of short lines, of both streams, once there are very many rows', async () => {
    const { writer, stored } = recorder({ seq: 50_000 });
    for (let i = 0; i < 50; i += 1) {
      await writer.write('stdout', Buffer.from('a\n'));
      await writer.write('stderr', Buffer.from('b\n'));
      await delay(1);
    }
    await writer.end();
    expect(stored.map(({ stream, offset, content }) => [stream, offset, content.length])).to.deep.equal([
      ['stderr', 0, 100],
      ['stdout', 0, 100],
    ]);
  });

  it('says what the store threw', async () => {
    const writer = new LogWriter({
      head: { seq: 0, stdout: 0, stderr: 0, lines },
      headBytes: 100,
      chunkBytes: 100,
      append: async () => {
        throw new Error('no database');
      },
    });
    await writer.write('stdout', Buffer.from('a\n'));
    const error: unknown = await writer.end().catch((reason: unknown) => reason);
    expect(error).to.be.an('error').with.property('message', 'no database');
  });
});
