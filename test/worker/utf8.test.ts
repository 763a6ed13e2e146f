import { expect } from 'chai';
import { incompleteTail } from '../../lib/worker/utf8.js';

describe('where UTF-8 may be cut', () => {
  const cases: [string, number[], number][] = [
    ['plain text', [0x61], 0],
    ['nothing', [], 0],
    ['a whole two-byte character', [0xc3, 0xa9], 0],
    ['the first of two bytes', [0x61, 0xc3], 1],
    ['two of three bytes', [0xe6, 0xbc], 2],
    ['three of four bytes', [0xf0, 0x9f, 0x98], 3],
    ['a whole four-byte character', [0xf0, 0x9f, 0x98, 0x80], 0],
    ['continuation bytes without a beginning', [0x80, 0x80, 0x80, 0x80], 0],
  ];
  for (const [name, bytes, expected] of cases) {
    it(`${name}: ${expected} bytes wait`, () => {
      expect(incompleteTail(Uint8Array.from(bytes))).to.equal(expected);
    });
  }
});
