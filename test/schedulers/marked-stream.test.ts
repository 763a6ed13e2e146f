import { expect } from 'chai';
import { MarkedStream } from '../../lib/schedulers/marked-stream.js';

describe('a marked stream', () => {
  it('holds no line in memory that does not end', () => {
    const stream = new MarkedStream('mark');
    const [greeting] = stream.write(Buffer.from('\u001emark hello\n'));
    const endless = (): void => {
      [...stream.write(Buffer.from('\u001emark '))];
      for (let i = 0; i < 100; i += 1) [...stream.write(Buffer.alloc(1024, 'x'))];
    };
    expect(greeting).to.deep.equal({ line: 'hello' });
    expect(endless).to.throw('does not end');
  });
});
