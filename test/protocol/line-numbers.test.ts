import { expect } from 'chai';
import { countLines } from '../../lib/protocol/line-numbers.js';

const none = { begun: 0, stdout: 0, stderr: 0 };

/** `line/lines` of each chunk; those of stderr are written with a `!` before them. */
function numbers(...chunks: string[]): string[] {
  const { counted } = countLines(
    none,
    chunks.map((chunk) => ({
      stream: chunk.startsWith('!') ? ('stderr' as const) : ('stdout' as const),
      content: Buffer.from(chunk.replace('!', '')),
    })),
  );
  return counted.map(({ line, lines }) => `${line}/${lines}`);
}

describe('the numbers of lines', () => {
  it('begin at one and count each line once, however it is cut', () => {
    expect(numbers('a\nb\n', 'c\n')).to.deep.equal(['1/2', '3/3']);
    expect(numbers('a\nb', 'b', 'b\nc', '\n', '\n')).to.deep.equal(['1/2', '2/2', '2/3', '3/3', '4/4']);
  });

  it('are given when a line begins, also where the other stream prints in between', () => {
    expect(numbers('a', '!x\n!y', 'a\nb\n', 'c', '!y\n', 'c\n')).to.deep.equal([
      '1/1',
      '2/3',
      '1/4',
      '5/5',
      '3/5',
      '5/5',
    ]);
  });

  it('go on from where they were', () => {
    const first = countLines(none, [{ stream: 'stdout', content: Buffer.from('a\nb') }]);
    expect(first.after).to.deep.equal({ begun: 2, stdout: 2, stderr: 0 });
    expect(
      countLines(first.after, [{ stream: 'stdout', content: Buffer.from('\nc') }]).counted,
    ).to.deep.equal([{ line: 2, lines: 3 }]);
  });

  it('take nothing for no line', () => {
    expect(numbers('', 'a', '', '\n', '')).to.deep.equal(['1/0', '1/1', '1/1', '1/1', '2/1']);
  });
});
