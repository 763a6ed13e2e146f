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
  ];
  for (const [filename, patterns, isWanted] of cases) {
    it(`${JSON.stringify(filename)} ${isWanted ? 'is' : 'is not'} wanted by ${JSON.stringify(patterns)}`, () => {
      expect(isMatching(filename, patterns)).to.equal(isWanted);
    });
  }
});
