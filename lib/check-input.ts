/** Checks what host code hands in: a host in JavaScript is told of a slip at once, and not by the database. */

import { forNoKey, isForNoKey } from './protocol/passphrase.js';
import { misfitOf } from './protocol/person.js';
import { UnauthenticatedError, ValidationError, type Problem } from './errors.js';
import { withoutUndefined } from './parse-input.js';
import * as rules from './protocol/rules.js';
import type { Rule } from './protocol/rules.js';

type Rules = Readonly<Record<string, Rule>>;

const doneFor: Rules = { as: person, by: rules.actorName };
const signIn: Rules = {
  username: rules.username,
  password: rules.secret('the password'),
  privateKey: rules.secret('the private key'),
  passphrase: rules.secret('the passphrase'),
};

/**
 * @throws ValidationError that lists every problem; UnauthenticatedError when `as` is given and names nobody
 */
export function requireDoneFor(given: object): void {
  requireFits(given, doneFor);
}

/**
 * @throws ValidationError that lists every problem; UnauthenticatedError when `as` is given and names nobody
 */
export function requireCallOptions(given: object): void {
  requireFits(given, { ...doneFor, transaction });
}

/**
 * The options without those that are there and undefined.
 * @throws ValidationError that lists every problem; UnauthenticatedError when `as` is given and names nobody
 */
export function readSubmitOptions<Options extends object>(given: Options): Options {
  const known = {
    ...doneFor,
    ...signIn,
    agent: rules.secret('the path of the agent'),
    timeoutMs: rules.timeoutMs,
    logPolicy: rules.logPolicy,
    storeResults: rules.storeResults,
    remote: rules.yesOrNo('remote'),
  };
  requireFits(given, known, { more: passphraseProblems });
  return withoutUndefined(given);
}

/**
 * @throws ValidationError that lists every problem; UnauthenticatedError when `as` is given and names nobody
 */
export function requireTestOptions(given: object): void {
  requireFits(given, { ...doneFor, ...signIn }, { more: passphraseProblems });
}

/**
 * @throws ValidationError that lists every problem; UnauthenticatedError when `as` is given and names nobody
 */
export function requireKeyOptions(given: object): void {
  const known = { ...doneFor, ...signIn, hostname: rules.hostname, port: rules.port };
  const all = { ...known, publicKey: rules.secret('the public key') };
  requireFits(given, all, { required: ['hostname', 'username'], more: passphraseProblems });
}

/** @throws ValidationError */
export function requireWorkOptions(given: object): void {
  requireFits(given, { concurrency: rules.count('The concurrency') });
}

/** @throws ValidationError */
export function requirePruneOptions(given: object): void {
  requireFits(given, { olderThanMs: rules.duration('olderThanMs') });
}

/** @throws ValidationError */
export function requireUserId(given: unknown): void {
  if (misfitOf({ id: given, username: 'any' }) === null) return;
  throw new ValidationError([{ path: 'userId', message: 'Give the id of a user, as `identify` does.' }]);
}

/** @throws ValidationError for what holds no options at all */
export function requireOptions(given: unknown): asserts given is object {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  throw new ValidationError([{ path: '', message: 'Give the options as an object.' }]);
}

interface More {
  required?: readonly string[];
  /** What is wrong with several of them together. */
  more?: (values: Readonly<Record<string, unknown>>) => Problem[];
}

function requireFits(given: object, known: Rules, { required = [], more = () => [] }: More = {}): void {
  requireOptions(given);
  // An application that passes on its `request.user` must not act for nobody in particular when nobody is signed in.
  if ('as' in given && (given.as === undefined || given.as === null)) throw new UnauthenticatedError();
  const values: Readonly<Record<string, unknown>> = { ...given };
  const problems = [...new Set([...required, ...Object.keys(values)])].flatMap((name) => {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!rule)
      return [{ path: name, message: `is not known here; known are ${Object.keys(known).join(', ')}` }];
    const isGiven = values[name] !== undefined;
    return isGiven || required.includes(name) ? problemsOf(name, rule, values[name]) : [];
  });
  problems.push(...more(values));
  if (problems.length > 0) throw new ValidationError(problems);
}

function passphraseProblems(values: Readonly<Record<string, unknown>>): Problem[] {
  return isForNoKey(values) ? [{ path: 'passphrase', message: forNoKey }] : [];
}

function problemsOf(path: string, rule: Rule, value: unknown): Problem[] {
  try {
    rule(value);
    return [];
  } catch (error) {
    return [{ path, message: (error as Error).message }];
  }
}

function person(value: unknown): void {
  const misfit = misfitOf(value);
  if (!misfit) return;
  const { field, type } = misfit;
  throw new Error(`Name the user as { id, username, isAdmin }, as \`identify\` does: ${field} was ${type}.`);
}

function transaction(value: unknown): void {
  // As Sequelize has it: in none.
  if (value === null) return;
  if (typeof (value as { afterCommit?: unknown }).afterCommit === 'function') return;
  throw new Error('Give a transaction of Sequelize, as `sequelize.transaction()` makes it.');
}
