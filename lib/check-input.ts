/** Checks what host code hands in: a host in JavaScript is told of a slip at once, and not by the database. */

import { misfitOf } from './protocol/person.js';
import { UnauthenticatedError, ValidationError, type Problem } from './errors.js';
import * as rules from './protocol/rules.js';
import type { Rule } from './protocol/rules.js';

type Rules = Readonly<Record<string, Rule>>;

const doneFor: Rules = { as: person, by: rules.text('the name for the audit') };
const signIn: Rules = {
  username: rules.username,
  password: rules.secret('the password'),
  privateKey: rules.secret('the private key'),
  passphrase: rules.secret('the passphrase'),
};

/** @throws ValidationError that lists every problem, UnauthenticatedError when `as` is there and nobody is */
export function requireDoneFor(given: object): void {
  requireFits(given, doneFor);
}

/** @throws as `requireDoneFor` */
export function requireCallOptions(given: object): void {
  requireFits(given, { ...doneFor, transaction });
}

/** @throws as `requireDoneFor` */
export function requireSubmitOptions(given: object): void {
  requireFits(given, {
    ...doneFor,
    ...signIn,
    agent: rules.secret('the path of the agent'),
    timeoutMs: rules.timeoutMs,
    logPolicy: rules.logPolicy,
    storeResults: rules.storeResults,
    remote: rules.yesOrNo('remote'),
  });
}

/** @throws as `requireDoneFor` */
export function requireKeyOptions(given: object): void {
  const known = { ...doneFor, ...signIn, hostname: rules.hostname, port: rules.port };
  requireFits(given, { ...known, publicKey: rules.secret('the public key') }, ['hostname', 'username']);
}

/** @throws ValidationError */
export function requireWorkOptions(given: object): void {
  requireFits(given, { concurrency: rules.count('The concurrency') });
}

/** @throws ValidationError */
export function requirePruneOptions(given: object): void {
  requireFits(given, { olderThanMs: rules.duration('olderThanMs') });
}

function requireFits(given: object, known: Rules, required: readonly string[] = []): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ValidationError([{ path: '', message: 'Give the options as an object.' }]);
  }
  // An application that passes on its `request.user` must not act for nobody in particular when nobody is signed in.
  if ('as' in given && (given.as === undefined || given.as === null)) throw new UnauthenticatedError();
  const values: Readonly<Record<string, unknown>> = { ...given };
  const problems = [...new Set([...required, ...Object.keys(values)])].flatMap((name) => {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!rule)
      return [{ path: name, message: `is not known here; known are ${Object.keys(known).join(', ')}` }];
    const isGiven = values[name] !== undefined && values[name] !== null;
    return isGiven || required.includes(name) ? problemsOf(name, rule, values[name]) : [];
  });
  if (problems.length > 0) throw new ValidationError(problems);
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
  if (typeof (value as { afterCommit?: unknown }).afterCommit === 'function') return;
  throw new Error('Give a transaction of Sequelize, as `sequelize.transaction()` makes it.');
}
