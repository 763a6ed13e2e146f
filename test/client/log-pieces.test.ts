import { expect } from 'chai';
import type { LogChunk } from '../../lib/protocol/events.js';
import { countLines, type LineCount } from '../../lib/protocol/line-numbers.js';
import { LogLines } from '../../lib/client/terminal/log-lines.js';
import { LogPieces } from '../../lib/client/terminal/log-pieces.js';
import type { LogRow } from '../../lib/client/terminal/row-table.js';
import { plainText } from '../../lib/client/terminal/segments.js';

type Printed = string | ['stderr', string];

function chunksOf(...printed: Printed[]): LogChunk[] {
  let count: LineCount = { begun: 0, stdout: 0, stderr: 0 };
  return printed.map((one, index) => {
    const [stream, content] = typeof one === 'string' ? (['stdout', one] as const) : one;
    const { counted, after } = countLines(count, [{ stream, content: Buffer.from(content) }]);
    const chunk = { seq: index + 1, stream, offset: 0, time: new Date(index).toISOString(), content };
    const placed = { ...chunk, line: counted[0]?.line ?? 0, linesBefore: count.begun };
    count = after;
    return placed;
  });
}

function piecesOf(tail: readonly LogChunk[]): LogPieces {
  const pieces = new LogPieces();
  for (const chunk of tail) pieces.append(chunk);
  return pieces;
}

/** Each row as `line text`, with `…` for one that is missing. */
function shown(pieces: LogPieces): string[] {
  return Array.from({ length: pieces.size }, (_, index) => {
    const row = pieces.row(index);
    return `${pieces.lineOf(index)} ${row ? plainText(row.text) : '…'}`;
  });
}

/** The text of each line with its styles: rows of a long one may stand elsewhere. */
function byLine(rows: { size: number; row(index: number): LogRow | undefined }): Record<number, string> {
  const lines: Record<number, string> = {};
  for (let index = 0; index < rows.size; index += 1) {
    const { line, text } = rows.row(index) ?? { line: 0, text: '' };
    lines[line] = `${lines[line] ?? ''}${text}`;
  }
  return lines;
}

/** Where each line begins: its number is shown there, and its time. */
function beginnings(rows: Parameters<typeof byLine>[0]): (LogRow | undefined)[] {
  return Array.from({ length: rows.size }, (_, index) => rows.row(index))
    .filter((row) => row?.isContinued === false)
    .sort((one, other) => (one?.line ?? 0) - (other?.line ?? 0));
}

/** Numbers from 0 up to 1 that are the same in each run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('the pieces of a log', () => {
  it('number the lines of the end exactly, and have a row for each that is missing', () => {
    const pieces = piecesOf(chunksOf('a\nb\n', 'c\n', 'd\ne').slice(2));
    expect(shown(pieces)).to.deep.equal(['1 …', '2 …', '3 …', '4 d', '5 e']);
    expect([pieces.lineCount, pieces.isWhole]).to.deep.equal([5, false]);
    expect(pieces.holeWithin(2, 9)).to.deep.equal({ first: 1, last: 3, after: 0, before: 3 });
    expect(pieces.indexOfLine(2)).to.equal(1);
    expect(pieces.indexOfLine(5)).to.equal(4);
    expect(pieces.indexOfLine(6)).to.equal(-1);
  });

  it('fill a hole from its middle, and leave out what is there', () => {
    const chunks = chunksOf('a\n', 'b\n', 'c\n', 'd\n', 'e\n');
    const pieces = piecesOf(chunks.slice(4));
    pieces.insert(chunks.slice(2, 3));
    expect(shown(pieces)).to.deep.equal(['1 …', '2 …', '3 c', '4 …', '5 e']);
    pieces.insert(chunks.slice(1, 4));
    expect(shown(pieces)).to.deep.equal(['1 …', '2 b', '3 c', '4 d', '5 e']);
    pieces.insert(chunks);
    expect(shown(pieces)).to.deep.equal(['1 a', '2 b', '3 c', '4 d', '5 e']);
    expect(pieces.isWhole).to.equal(true);
  });

  it('show the end of a line that began before, and all of it once that is there', () => {
    const chunks = chunksOf('a\nfirst, ', 'second\nb\n');
    const pieces = piecesOf(chunks.slice(1));
    expect(shown(pieces)).to.deep.equal(['1 …', '2 second', '3 b']);
    pieces.insert(chunks);
    expect(shown(pieces)).to.deep.equal(['1 a', '2 first, second', '3 b']);
  });

  it('have a row to load the start of a line that fills them all', () => {
    const chunks = chunksOf('one, ', 'two, ', 'three');
    const pieces = piecesOf(chunks.slice(2));
    expect(shown(pieces)).to.deep.equal(['1 …', '1 three']);
    pieces.insert(chunks);
    expect(shown(pieces)).to.deep.equal(['1 one, two, three']);
  });

  it("keep a line of one stream whole across pieces, whatever the other stream's lines do", () => {
    const chunks = chunksOf('out ', ['stderr', 'x\n'], 'put', ['stderr', 'y\n'], ' here\nnext\n');
    const pieces = piecesOf(chunks.slice(3));
    expect(shown(pieces)).to.deep.equal(['1 …', '2 …', '3 y', '4 next']);
    pieces.insert(chunks.slice(0, 1));
    pieces.insert(chunks.slice(1, 3));
    expect(shown(pieces)).to.deep.equal(['1 out put here', '2 x', '3 y', '4 next']);
  });

  it('carry a colour on into pieces that were there before', () => {
    const chunks = chunksOf('\u001b[3', '1mred\n', 'still\u001b[m\n');
    const pieces = piecesOf(chunks.slice(2));
    expect(pieces.row(pieces.size - 1)?.text).to.equal('still\u001b[m');
    pieces.insert(chunks);
    expect(pieces.row(1)?.text).to.equal('\u001b[38;5;1mstill\u001b[m');
  });

  it('let go of what is far from the reader, and never of the end', () => {
    const chunks = chunksOf(
      ...Array.from({ length: 60 }, (_, index) => `${index + 1}`.repeat(20_000) + '\n'),
    );
    const pieces = piecesOf(chunks.slice(50));
    pieces.insert(chunks.slice(0, 10));
    pieces.insert(chunks.slice(20, 30));
    const { lineCount, size } = pieces;
    pieces.keepNear(5, 700_000);
    expect(pieces.length).to.be.lessThan(700_000);
    expect(pieces.row(pieces.indexOfLine(5))?.text).to.match(/^5+$/);
    expect(pieces.row(pieces.indexOfLine(60))).to.have.property('line', 60);
    expect(pieces.holeWithin(25, 25)).to.include({ first: 11 });
    expect(pieces.lineCount).to.equal(lineCount);
    expect(pieces.size).to.be.at.most(size);
  });

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`come to the same as all of it at once, in whatever order they are loaded (${seed})`, () => {
      const random = dice(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
      const parts = [
        'a',
        'bc ',
        '\n',
        '\n\n',
        '\r',
        '\u001b[31m',
        '\u001b',
        '[32m',
        'end\n',
        '\t',
        '漢',
        'x'.repeat(3000),
      ];
      const printed = Array.from({ length: 60 }, (): Printed => {
        const content = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(parts)).join('');
        return random() < 0.3 ? ['stderr', content] : content;
      });
      const chunks = chunksOf(...printed);
      const whole = new LogLines();
      for (const chunk of chunks) whole.append(chunk);
      const pieces = piecesOf(chunks.slice(50, 55));
      for (let turn = 0; !pieces.isWhole || turn < 10; turn += 1) {
        const from = Math.floor(random() * 55);
        pieces.insert(chunks.slice(from, from + 6));
        if (turn === 3) pieces.keepNear(pick([1, 10, 40]), 5000);
      }
      for (const chunk of chunks.slice(55)) pieces.append(chunk);
      expect(byLine(pieces)).to.deep.equal(byLine(whole));
      expect(beginnings(pieces)).to.deep.equal(beginnings(whole));
      expect(pieces.lineCount).to.equal(whole.lineCount);
    });
  }
});
