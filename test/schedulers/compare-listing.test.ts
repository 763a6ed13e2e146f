import { expect } from 'chai';
import { ListingBuilder, type Comparison } from '../../lib/schedulers/compare-listing.js';
import { emptyListing } from '../../lib/schedulers/list-files.js';
import { RecordReader, type ListRecord } from '../../lib/schedulers/parse-listing.js';
import type { Listing } from '../../lib/schedulers/scheduler.js';

const read = (text: string): ListRecord[] => [...new RecordReader().write(Buffer.from(text))];
const record = (name: string, changed = '5.5'): string => `f 1 2 3 ${changed} - ./${name}//\n`;

/** What is told of two lists. */
function compare(before: string, after: string, changes: Partial<Comparison> = {}): Listing {
  const builder = new ListingBuilder(emptyListing(), {
    ...{
      filename: 'job.sh',
      program: Buffer.from('true\n'),
      before: { kind: 'listed', time: 100 },
      without: [],
    },
    ...changes,
  });
  builder.tool = 'find';
  for (const one of read(before)) builder.addBefore(one);
  for (const one of read(after)) builder.addAfter(one);
  return builder.listing;
}

const namesOf = ({ files }: Listing): string[] => files.map(({ name }) => name);

describe('two lists of files', () => {
  it('tell nothing of folders that are another’s, but once that they are', () => {
    const after = ['of/other', 'of/a', 'new/deep/a', 'new/deep/b', 'newer/a', 'new/a'].map((name) =>
      record(name),
    );
    const { files, others } = compare('e//\n', after.join(''), { without: ['new/deep', 'of', 'nowhere'] });
    expect(files.map(({ name }) => name)).to.deep.equal(['newer/a', 'new/a']);
    expect(others).to.deep.equal({ count: 2, names: ['of', 'new/deep'] });
  });

  it('tell what was made or changed', () => {
    const listing = compare(
      `${record('a')}${record('b')}e//\n`,
      `${record('b', '6')}${record('a')}${record('c')}`,
    );
    expect([namesOf(listing), listing.isByTime]).to.deep.equal([['b', 'c'], false]);
  });

  for (const [what, before, changes] of [
    ['was made with other tools', `t ls//\n${record('a')}e//\n`, {}],
    ['broke off', record('a'), {}],
    ['is gone', '', {}],
    ['was cut', `${record('a')}e//\n`, { before: { kind: 'cut', time: 100 } }],
    [
      'has more names than are looked at',
      `${record('a')}${record('b')}${record('c')}e//\n`,
      { mostNames: 2 },
    ],
  ] as const) {
    it(`tell it by the time of the change where the first ${what}`, () => {
      const after = record('old', '99.9') + record('new', '100.1') + record('by the second', '100');
      const listing = compare(before, after, changes);
      expect([namesOf(listing), listing.isByTime]).to.deep.equal([['new', 'by the second'], true]);
    });
  }

  it('tell it by the minute where the server knows no more', () => {
    const before = { kind: 'cut', time: Date.parse('2024-11-27T21:35:20Z') / 1000 } as const;
    const after =
      record('year', 'Nov-27-2024') + record('old', 'Nov-26-2024') + record('other', 'Jan-1-2001');
    expect(namesOf(compare('', after, { before }))).to.deep.equal(['year']);
  });

  it('tell no more names than may be held', () => {
    const names = Array.from({ length: 5 }, (_, i) => record(`${i}`)).join('');
    const before = { kind: 'made', time: 0 } as const;
    const few = compare('', names, { before, mostNames: 3 });
    const short = compare('', names, { before, mostBytes: 4 });
    expect([namesOf(few), few.isCut]).to.deep.equal([['0', '1', '2'], true]);
    expect([namesOf(short), short.isCut]).to.deep.equal([['0', '1', '2', '3'], true]);
  });

  it('hold 200,000 names, and no more', () => {
    const names = Array.from({ length: 200_001 }, (_, i) => record(`${i}`)).join('');
    const listing = compare('', names, { before: { kind: 'made', time: 0 } });
    expect([listing.files.length, listing.isCut]).to.deep.equal([200_000, true]);
  });
});

describe('records of files', () => {
  it('are read over the ends of pieces', () => {
    const bytes = Buffer.from(record('a\nb//c') + record(' ./x ./'));
    const reader = new RecordReader();
    const records = [...bytes].flatMap((byte) => [...reader.write(Buffer.of(byte))]);
    expect(records.map(({ name }) => name)).to.deep.equal(['a\nb//c', ' ./x ./']);
  });

  it('do not go on for ever', () => {
    const reader = new RecordReader();
    expect(() => [...reader.write(Buffer.alloc(2_000_000, 'x'))]).to.throw('does not end');
  });
});
