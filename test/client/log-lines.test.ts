import { expect } from 'chai';
import { LogLines } from '../../lib/client/terminal/log-lines.js';
import { plainText, segmentsOf } from '../../lib/client/terminal/segments.js';
import { trueColour } from '../../lib/client/terminal/style.js';
import { widthOf } from '../../lib/client/terminal/width.js';

const time = '2026-01-01T00:00:00.000Z';

function linesOf(...chunks: (string | ['stdout' | 'stderr', string])[]): LogLines {
  const lines = new LogLines();
  for (const chunk of chunks) {
    const [stream, content] = typeof chunk === 'string' ? (['stdout', chunk] as const) : chunk;
    lines.append({ stream, content, time });
  }
  return lines;
}

function texts(lines: LogLines): string[] {
  return Array.from({ length: lines.size }, (_, index) => plainText(lines.row(index)?.text ?? ''));
}

describe('the line model of a log', () => {
  it('makes a row of each line, and none after the last line end', () => {
    expect(texts(linesOf('one\ntwo\n\nfour\n'))).to.deep.equal(['one', 'two', '', 'four']);
  });

  it('joins a line that came in several chunks', () => {
    expect(texts(linesOf('he', 'll', 'o\nwor', 'ld'))).to.deep.equal(['hello', 'world']);
  });

  it('keeps a line whole when the other stream prints in its middle', () => {
    const lines = linesOf('first half, ', ['stderr', 'oops\n'], 'second half\n');
    expect(texts(lines)).to.deep.equal(['first half, second half', 'oops']);
    expect([lines.row(0)?.stream, lines.row(1)?.stream]).to.deep.equal(['stdout', 'stderr']);
  });

  it('numbers lines from 1, and knows when they came', () => {
    const lines = linesOf('a\nb\n');
    expect(lines.row(1)).to.deep.include({ line: 2, time: Date.parse(time), isContinued: false });
  });

  it('redraws the line after a carriage return, also across chunks', () => {
    expect(texts(linesOf('10 %\r20 %\r', '30 %', '\rdone\n'))).to.deep.equal(['done']);
  });

  it('leaves what a shorter text does not cover, as a terminal does', () => {
    expect(texts(linesOf('abcdef\rXY\n'))).to.deep.equal(['XYcdef']);
  });

  it('takes CR LF as a line end, also across chunks', () => {
    expect(texts(linesOf('one\r\ntwo\r', '\nthree'))).to.deep.equal(['one', 'two', 'three']);
  });

  it('erases a line as a progress bar asks it to', () => {
    expect(texts(linesOf('a long line\r\u001b[Kshort\n'))).to.deep.equal(['short']);
    expect(texts(linesOf('a long line\u001b[2K\rshort\n'))).to.deep.equal(['short']);
  });

  it('gives two columns to pictures, also to older ones, and to a flag', () => {
    const columns = ['🚀', '✅', '⌚', '🇫🇷', '✓', '☎'].map((text) => widthOf(text));
    expect(columns).to.deep.equal([2, 2, 2, 2, 1, 1]);
  });

  it('goes back by backspace and to a column', () => {
    expect(texts(linesOf('abc\b\bX\u001b[5GY\n'))).to.deep.equal(['aXc Y']);
  });

  it('knows 16, 256 and true colours', () => {
    const row = linesOf(
      '\u001b[31mred\u001b[0m \u001b[38;5;208morange\u001b[48;2;1;2;3mground\u001b[m\n',
    ).row(0);
    const styles = segmentsOf(row?.text ?? '').map(({ text, style }) => [
      text,
      style.foreground,
      style.background,
    ]);
    expect(styles).to.deep.equal([
      ['red', 1, null],
      [' ', null, null],
      ['orange', 208, null],
      ['ground', 208, trueColour + 0x010203],
    ]);
  });

  it('reads colours with colons, with and without a colour space', () => {
    const row = linesOf('\u001b[38:2::1:2:3ma\u001b[38:2:1:2:3mb\u001b[38:5:9mc\n').row(0);
    const colours = segmentsOf(row?.text ?? '').map(({ style }) => style.foreground);
    expect(colours).to.deep.equal([trueColour + 0x010203, trueColour + 0x010203, 9]);
  });

  it('takes a colour sequence that is cut by the end of a chunk', () => {
    const row = linesOf('\u001b', '[3', '2', 'mgreen\n').row(0);
    expect(segmentsOf(row?.text ?? '').map(({ text, style }) => [text, style.foreground])).to.deep.equal([
      ['green', 2],
    ]);
  });

  it('carries a colour on to the next lines, for each stream by itself', () => {
    const lines = linesOf('\u001b[35mone\n', ['stderr', 'plain\n'], 'two\n');
    const colours = [0, 1, 2].map((index) => segmentsOf(lines.row(index)?.text ?? '')[0]?.style.foreground);
    expect(colours).to.deep.equal([5, null, 5]);
  });

  it('keeps the colours of what a redraw leaves', () => {
    const row = linesOf('\u001b[31mredred\u001b[0m\rnew\n').row(0);
    expect(segmentsOf(row?.text ?? '').map(({ text, style }) => [text, style.foreground])).to.deep.equal([
      ['new', null],
      ['red', 1],
    ]);
  });

  it('drops titles, links and other sequences without a trace', () => {
    const hostile =
      '\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\\u001b[2Jb\u001b[10;10Hc\u001b[?25ld\u001b(Be\n';
    expect(texts(linesOf(hostile))).to.deep.equal(['alinkbcde']);
  });

  it('gives up a string that never ends at the end of its line', () => {
    expect(texts(linesOf('\u001b]0;no end\nsecond\n'))).to.deep.equal(['', 'second']);
  });

  it('shows control characters and bidi overrides instead of obeying them', () => {
    expect(texts(linesOf('a\u0000b\u007fc\u009bd\u202ee\u2028f\n'))).to.deep.equal([
      'a␀b␡c\ufffdd‹U+202E›e‹U+2028›f',
    ]);
  });

  it('breaks a line of 100,000 characters into rows and loses nothing', () => {
    const long = 'x'.repeat(100_000);
    const lines = linesOf(`${long}\nnext\n`);
    expect(texts(lines).slice(0, -1).join('')).to.equal(long);
    expect(lines.row(1)).to.deep.include({ line: 1, isContinued: true });
    expect(lines.row(lines.size - 1)).to.deep.include({ line: 2, text: 'next' });
  });
});
