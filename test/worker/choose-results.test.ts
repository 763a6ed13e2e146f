import { expect } from 'chai';
import { chooseResults } from '../../lib/worker/choose-results.js';

describe('the files that become results', () => {
  const limits = { resultCount: 3, resultDepth: 2 };

  it('are those that the patterns want', async () => {
    expect(await chooseResults(['b', 'a', 'c.tmp'], ['*', '!*.tmp'], limits)).to.deep.equal({
      chosen: ['a', 'b'],
      notes: [],
    });
  });

  it('are in no more folders than the limit says, and it is told how many were left', async () => {
    const { chosen, notes } = await chooseResults(['1/2/3/deep', '1/2/near', '1/2/3/4/deeper'], null, limits);
    expect(chosen).to.deep.equal(['1/2/near']);
    expect(notes).to.deep.equal(['2 results more than 2 folders deep were left.']);
  });

  it('are no more than the limit says, and it is told how many were left', async () => {
    const { chosen, notes } = await chooseResults(['a', 'b', 'c', 'd', '1/2/3/deep'], null, limits);
    expect(chosen).to.deep.equal(['a', 'b', 'c']);
    expect(notes[1]).to.equal('1 results over the limit of 3 were left.');
  });
});
