/** Numbers as they are typed. */

import { InvalidArgumentError } from 'commander';
import { maxInteger } from '../protocol/max-integer.js';

/** @throws InvalidArgumentError */
export function positiveInteger(text: string): number {
  return wholeNumber(text, maxInteger);
}

function wholeNumber(text: string, highest: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > highest) {
    throw new InvalidArgumentError(`Give a whole number from 1 to ${highest}, in digits alone.`);
  }
  return value;
}

/** @throws InvalidArgumentError */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || value * 1000 > maxInteger) {
    throw new InvalidArgumentError('Give a number above 0, and not beyond 2147483.');
  }
  return value;
}

/** How many jobs are listed. @throws InvalidArgumentError */
export function listLimit(text: string): number {
  return wholeNumber(text, 10_000);
}
