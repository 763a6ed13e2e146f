import { expect } from 'chai';
import type { LogChunk } from '../../lib/protocol/events.js';
import { LogPieces } from '../../lib/client/terminal/log-pieces.js';
import { keyOf } from '../../lib/client/elements/log-rows.js';

const chunk = (seq: number, content: string, place: Pick<LogChunk, 'line' | 'linesBefore'>): LogChunk => ({
  seq,
  stream: 'stdout',
  offset: 0,
  time: `2026-01-01T00:00:0${seq}Z`,
  content,
  ...place,
});

const first = { line: 1, linesBefore: 0 };

/** The keys of all rows when the end alone is there, and when what is before it has come. */
function keysOf(beginning: LogChunk, end: LogChunk): { before: string[]; after: string[] } {
  const pieces = new LogPieces();
  const keys = () => Array.from({ length: pieces.size }, (_, index) => keyOf(pieces, index));
  pieces.append(end);
  const before = keys();
  pieces.insert([beginning]);
  return { before, after: keys() };
}

describe('the rows of a log', () => {
  it('are drawn anew when a missing line turns out to be empty', () => {
    const { before, after } = keysOf(chunk(1, '\n', first), chunk(2, 'end\n', { line: 2, linesBefore: 1 }));
    expect(after[0]).not.to.equal(before[0]);
    expect(after[1]).to.equal(before[1]);
  });

  it('are drawn anew when what is left of a progress bar turns out to be a whole line', () => {
    const { before, after } = keysOf(
      chunk(1, 'one\n# 1 %', first),
      chunk(2, '\r# 9 %', { line: 2, linesBefore: 2 }),
    );
    expect(after[1]).not.to.equal(before[1]);
  });
});
