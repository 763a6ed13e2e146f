import { expect } from 'chai';
import { isMatching } from '../../lib/index.js';

describe('isMatching', () => {
  const cases: [string, string[] | undefined, boolean][] = [
    ['0.txt', undefined, true],
    ['0.txt', [], false],
    ['0.txt', ['0.txt', '[12].txt'], true],
    ['3.txt', ['0.txt', '[12].txt'], false],
    ['3.txt', ['*', '![34].txt'], false],
    ['2.txt', ['*', '![34].txt'], true],
    ['3.txt', ['*', '![34].txt', '3.*'], true],
    ['a.log', ['![ab].log'], false],
    ['deep/er/a.csv', ['*.csv'], true],
    ['deep/er/a.csv', ['deep/*.csv'], false],
    ['deep/er/a.csv', ['deep/**'], true],
    ['deep/er/a.csv', ['*', '!deep/**'], false],
    ['.hidden', ['*'], true],
    ['a b\n.txt', ['*.txt'], true],
    ['a', ['?'], true],
    ['𝄞', ['?'], true],
    ['ab', ['?'], false],
    ['deep/er/a.csv', ['deep?er/*'], false],
    ['b.txt', ['[a-c].txt'], true],
    ['d.txt', ['[a-c].txt'], false],
    ['d.txt', ['[!a-c].txt'], true],
    ['d.txt', ['[^a-c].txt'], true],
    [']', ['[]]'], true],
    ['-', ['[a-]'], true],
    ['[a', ['[a'], true],
    ['a/b', ['a[/]b'], false],
    ['deep/er/a.csv', ['**/a.csv'], true],
    ['a.csv', ['**/a.csv'], true],
    ['deep/er/a.csv', ['deep/**/a.csv'], true],
    ['deep/a.csv', ['deep/**/a.csv'], true],
    ['deeper/a.csv', ['deep/**'], false],
    ['deep/er/a.csv', ['deep/a**'], false],
    ['deep/ba.csv', ['deep/**/a.csv'], false],
    ['a.csv', ['*.{csv,txt}'], true],
    ['a.txt', ['*.{csv,txt}'], true],
    ['a.log', ['*.{csv,txt}'], false],
    ['ac', ['a{b,}c'], true],
    ['abdc', ['a{b{d,e},}c'], true],
    ['x/y/a', ['{x/**,z}/a'], true],
    ['{a}', ['{a}'], true],
    ['{a,b', ['{a,b'], true],
    ['{ab', ['{a{b,c}'], true],
    ['a}', ['a}'], true],
    ['a,b', ['a,b'], true],
    ['*', ['\\*'], true],
    ['a', ['\\*'], false],
    ['!a', ['\\!a'], true],
    ['a+(b).txt', ['a+(b).txt'], true],
    ['', ['*'], true],
  ];
  for (const [filename, patterns, isWanted] of cases) {
    it(`${JSON.stringify(filename)} ${isWanted ? 'is' : 'is not'} wanted by ${JSON.stringify(patterns)}`, () => {
      expect(isMatching(filename, patterns)).to.equal(isWanted);
    });
  }

  it('takes a pattern that is hard to match in time that grows with its length alone', () => {
    // Whatever else the machine does meanwhile.
    const before = process.cpuUsage();
    for (const part of ['*a', '[a-z]*', '{*,a*}', '**/']) {
      const pattern = `${part.repeat(100)}\0`;
      expect(isMatching('a'.repeat(1000), [pattern])).to.equal(false);
    }
    expect(isMatching('a', ['{'.repeat(10_000)])).to.equal(false);
    expect(isMatching('a', ['{a,'.repeat(3000) + '}'.repeat(3000)])).to.equal(true);
    expect(isMatching('a', ['{a,'.repeat(100) + '}'.repeat(100)])).to.equal(true);
    expect(isMatching('a', ['['.repeat(10_000)])).to.equal(false);
    expect(process.cpuUsage(before).user).to.be.below(2_000_000);
  });
});
