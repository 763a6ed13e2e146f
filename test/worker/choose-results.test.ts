import { expect } from 'chai';
import { emptyListing } from '../../lib/schedulers/list-files.js';
import type { Listing } from '../../lib/schedulers/scheduler.js';
import { chooseResults } from '../../lib/worker/choose-results.js';

const limits = { resultCount: 3, resultDepth: 2, resultBytes: 100 };

const listingOf = (sizes: Record<string, number>, changes: Partial<Listing> = {}): Listing => ({
  ...emptyListing(),
  files: Object.entries(sizes).map(([name, size]) => ({ name, size, signature: '' })),
  ...changes,
});

async function choose(listing: Listing, patterns: string[] | null = null) {
  const { chosen, notes } = await chooseResults(listing, patterns, limits);
  return { names: chosen.map(({ name }) => name), notes };
}

describe('the files that become results', () => {
  it('are those that the patterns want', async () => {
    const listing = listingOf({ b: 1, a: 1, 'c.tmp': 1 });
    expect(await choose(listing, ['*', '!*.tmp'])).to.deep.equal({ names: ['a', 'b'], notes: [] });
  });

  it('are in no more folders than the limit says, and those that were left are named', async () => {
    const { names, notes } = await choose(listingOf({ '1/2/3/deep': 1, '1/2/near': 1, '1/2/3/4/deeper': 1 }));
    expect(names).to.deep.equal(['1/2/near']);
    expect(notes).to.deep.equal([
      '2 results more than 2 folders deep were left: 1/2/3/4/deeper, 1/2/3/deep.',
    ]);
  });

  it('are no more than the limit says, and it is told how many were left', async () => {
    const { names, notes } = await choose(listingOf({ a: 1, b: 1, c: 1, d: 1, '1/2/3/deep': 1 }));
    expect(names).to.deep.equal(['a', 'b', 'c']);
    expect(notes[1]).to.equal('1 results over the limit of 3 were left: d.');
  });

  it('have names that an index holds, and of longer ones the end is told', async () => {
    const long = `${'a'.repeat(2_500)}/the-end.csv`;
    const { names, notes } = await choose(listingOf({ [long]: 1, b: 1 }));
    expect(names).to.deep.equal(['b']);
    expect(notes).to.have.length(1);
    expect(notes[0]).to.match(/^1 results with names over 2000 bytes were left: …a+\/the-end\.csv\.$/);
    expect(notes[0]?.length).to.be.below(400);
  });

  it('are those that fit, in the order of their names, and those that were left are named', async () => {
    expect(await choose(listingOf({ a: 60, b: 50, c: 40, d: 1 }))).to.deep.equal({
      names: ['a', 'c'],
      notes: ['2 results over the limit of 100 bytes were left: b, d.'],
    });
  });

  it('are no links, pipes, or names that are no text: those that the patterns want are named', async () => {
    const listing = listingOf(
      {},
      {
        links: { count: 2, names: ['latest.csv', 'latest.txt'] },
        special: { count: 1, names: ['pipe'] },
        nameless: { count: 1, names: ['caf\\xe9.csv'] },
        unreadable: { count: 7, names: ['1', '2', '3', '4', '5', '6', '7'] },
      },
    );
    expect((await choose(listing, ['*.csv'])).notes).to.deep.equal([
      'Symbolic links, which are not followed, were left: latest.csv.',
      'Files whose names are no UTF-8 were left: caf\\xe9.csv.',
      'Folders that could not be read were left: 1, 2, 3, 4, 5 and 2 more.',
    ]);
  });

  it('are no links to folders that the patterns look into: they are named', async () => {
    const links = { count: 3, names: ['latest', 'other', 'runs/last'] };
    const notes = async (...patterns: string[]) => (await choose(listingOf({}, { links }), patterns)).notes;
    const told = (names: string) => [`Symbolic links, which are not followed, were left: ${names}.`];
    expect(await notes('latest/*.csv')).to.deep.equal(told('latest'));
    expect(await notes('*/*/fit.json')).to.deep.equal(told('latest, other, runs/last'));
    expect(await notes('*.csv', '!other/*')).to.deep.equal([]);
  });
});
