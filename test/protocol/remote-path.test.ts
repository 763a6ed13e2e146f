import { expect } from 'chai';
import { fillPlaceholders } from '../../lib/protocol/remote-path.js';

describe('the placeholders of a remote directory', () => {
  it('are filled in', () => {
    const values = { job: 7, attempt: 2, owner: 'ann' };
    expect(fillPlaceholders('/data/{owner}/{job}-{attempt}', values)).to.equal('/data/ann/7-2');
  });

  it('give one path segment, whatever the owner is called', () => {
    const values = { job: 7, attempt: 2, owner: '../../etc/ann' };
    expect(fillPlaceholders('/data/{owner}', values)).to.equal('/data/__.._etc_ann');
  });
});
