/** Fields that several inputs and answers have. They validate, and the OpenAPI description is made from them. */

import { z } from 'zod';
import { maxInteger } from '../max-integer.js';
import type { Rule } from '../rules.js';

export const id = z.int().min(1).max(maxInteger);

export const time = z.iso.datetime();

/** A whole number in an address: digits alone, so that neither nothing nor `0x1` is taken for one. */
export function wholeNumber(lowest: number, highest: number, tooHigh?: string) {
  const toNumber = (value: unknown) =>
    typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return z.preprocess(toNumber, z.int('must be a whole number').min(lowest).max(highest, tooHigh));
}

export const idParameter = wholeNumber(1, maxInteger);

export const attemptParameter = wholeNumber(0, maxInteger);

/** Text that PostgreSQL can hold in every type: no NUL, no half of a surrogate pair. */
export function text() {
  return z
    .string()
    .refine((value) => !value.includes('\0'), 'must not contain the character NUL')
    .refine((value) => !/\p{Surrogate}/u.test(value), 'must be valid Unicode');
}

/** An item of a list that a rule judges as a whole, NUL included. */
export function listed() {
  return z.string().refine((value) => !/\p{Surrogate}/u.test(value), 'must be valid Unicode');
}

/** Text that a rule of the models judges, in its words. */
export function textBy(rule: Rule) {
  return z
    .string(messageOf(rule))
    .refine((value) => !/\p{Surrogate}/u.test(value), 'must be valid Unicode')
    .superRefine(by(rule));
}

/** A whole number that a rule of the models judges, in its words. */
export function wholeBy(rule: Rule, highest = maxInteger) {
  const words = messageOf(rule);
  return z.int(words).min(1, words).max(highest, words);
}

/** Adds a rule of the models to what a schema checks, so that all problems are told at once. */
export function by(rule: Rule) {
  return (value: unknown, context: { addIssue(message: string): void }): void => {
    const message = refusalOf(rule, value);
    if (message !== undefined) context.addIssue(message);
  };
}

/** What is of the wrong kind altogether is told in the words of the rule too; zod says what is missing. */
export function messageOf(rule: Rule) {
  return {
    error: ({ input }: { input?: unknown }) => (input === undefined ? undefined : refusalOf(rule, input)),
  };
}

function refusalOf(rule: Rule, value: unknown): string | undefined {
  try {
    rule(value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
