import { expect } from 'chai';
import { OutputTail } from '../../lib/transports/output-tail.js';

function said(most: number, ...chunks: string[]): string {
  const words = new OutputTail(most);
  for (const chunk of chunks) words.add(Buffer.from(chunk));
  return words.text;
}

describe('the last words of a server', () => {
  it('are the end of what was said in many lines', () => {
    expect(said(20, 'Welcome to this machine\n', 'Be careful\n', 'Disk quota exceeded\n')).to.equal(
      'Disk quota exceeded',
    );
    expect(said(20, 'one\ntwo\n\n')).to.equal('one two');
  });

  it('are the beginning and the end of one line that is very long, however it comes', () => {
    const line = `cannot open /data/${'x'.repeat(5000)}: quota exceeded`;
    for (const chunks of [
      [line],
      [`hello\n${line}\n\n`],
      [...`hello\n${line}\n`],
      [line.slice(0, 900), line.slice(900)],
    ]) {
      const text = said(60, ...chunks);
      expect(text).to.match(/^cannot open \/data\/x+ … x+: quota exceeded$/);
      expect([...text].length).to.be.at.most(60);
    }
  });

  it('hold no escape sequences and no half characters', () => {
    expect(said(10, '\u001b[1mno\u001b[0m\troom\r\n')).to.equal('no room');
    expect(said(11, 'ä'.repeat(500))).to.equal('ääää … ääää');
    expect(said(10)).to.equal('');
  });
});
