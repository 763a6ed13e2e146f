/** What each field may hold, in sentences for a person. Each rule throws an Error with one of them. */

import { choices, isForServers, type Choice } from './choices.js';
import { logPolicies } from './log-policy.js';
import { maxInteger } from './max-integer.js';
import { usernamePolicies } from './records.js';

/** Throws an Error whose message says what to do. */
export type Rule = (value: unknown) => void;

const maxNameCharacters = 255;
/** How many result patterns a job may have. */
export const maxPatterns = 1000;
/** Each file of a job is held against them all. */
const maxPatternCharacters = 10_000;
/** How many users a server may name. */
export const maxAllowedUsers = 10_000;
const placeholders = new Set(['{job}', '{attempt}', '{owner}']);

/** Text of at least one and at most 255 characters of any script. */
export function name(what: string): Rule {
  return (value) => {
    const text = textOf(value, what);
    if (text.trim() === '') fail(`Give ${what}: it is empty.`);
    if (Array.from(text).length > maxNameCharacters) {
      fail(`Shorten ${what}: it has more than ${maxNameCharacters} characters.`);
    }
  };
}

export const port: Rule = (value) => {
  if (!isWhole(value, 1, 65535)) fail('The port must be a whole number from 1 to 65535.');
};

export const hostname: Rule = (value) => {
  const text = textOf(value, 'the host name');
  if (text === '') fail('Give the host name or address of the server.');
  if (/\s/.test(text) || hasControl(text))
    fail('The host name must not contain spaces or control characters.');
  if (text.startsWith('-')) fail('The host name must not begin with "-".');
  if (text.length > 253) fail('The host name must have at most 253 characters.');
};

/** A name as an option gives it, such as those of `schedulers`. */
export function optionName(choice: Choice): Rule {
  return (value) => {
    if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(value)) return;
    const form = 'a letter, then letters, digits, "_" or "-": 64 at most';
    fail(`The name of a ${choice} is ${form}, as in ${choices[choice].example}.`);
  };
}

/** The name that a server has chosen; whether the host gives it is asked elsewhere. */
export function chosenName(choice: Choice): Rule {
  const rule = optionName(choice);
  return (value) => {
    rule(value);
    if (!isForServers(choice, value as string))
      fail(`No server can have the ${choice} ${String(value)}: it is for what runs on this machine.`);
  };
}

/** Where the control root of a server is to be. */
export const controlDirectory: Rule = (value) => {
  const text = textOf(value, 'the control directory');
  if (hasControl(text)) fail('The control directory must not contain control characters.');
  if (!/^(\/|~\/)/.test(text)) fail('The control directory must begin with "/" or "~/", as in /var/tmp/drs.');
  if (/\{[^{}]*\}/.test(text))
    fail('The control directory must not contain placeholders: all jobs share it.');
  if (text.split('/').includes('..')) fail('The control directory must not contain "..".');
  if (Buffer.byteLength(text) > 1000) fail('The control directory must have at most 1000 bytes.');
};

export const interpreterPath: Rule = (value) => {
  const text = textOf(value, 'the path of the interpreter');
  if (text.trim() === '') fail('Give the path of the interpreter, as in /usr/bin/python3.');
  if (hasControl(text)) fail('The path of the interpreter must not contain control characters.');
  if (Buffer.byteLength(text) > 4096) fail('The path of the interpreter must have at most 4096 bytes.');
};

export const interpreterArguments: Rule = (value) => {
  if (!isTextList(value)) fail('The arguments must be a list of texts, as in ["-u"].');
  if (value.some((argument) => argument.includes('\0')))
    fail('An argument must not contain the NUL character.');
};

export const program: Rule = (value) => {
  textOf(value, 'the program');
};

export const remoteDirectory: Rule = (value) => {
  const text = textOf(value, 'the remote directory');
  if (hasControl(text)) fail('The remote directory must not contain control characters.');
  for (const [placeholder] of text.matchAll(/\{[^{}]*\}/g)) {
    if (!placeholders.has(placeholder)) {
      fail(`The remote directory holds ${placeholder}. Only {job}, {attempt} and {owner} are filled in.`);
    }
  }
  if (!/^(\/|~$|~\/|\{(job|attempt|owner)\})/.test(text)) {
    fail('The remote directory must begin with "/", "~/" or one of {job}, {attempt}, {owner}.');
  }
  if (text.split('/').includes('..')) fail('The remote directory must not contain "..".');
  if (Buffer.byteLength(text) > 4096) fail('The remote directory must have at most 4096 bytes.');
};

export const remoteFilename: Rule = (value) => {
  const text = textOf(value, 'the remote file name');
  if (text === '') fail('Give the name of the file that the program is written to, as in program.py.');
  if (text.includes('/'))
    fail('The remote file name must not contain "/": put folders into the remote directory.');
  if (text === '.' || text === '..')
    fail('The remote file name must be the name of a file, not "." or "..".');
  if (text === '.drs')
    fail('.drs is the name of a folder that is kept on servers: choose another file name.');
  if (text.startsWith('-'))
    fail('The remote file name must not begin with "-": it would be read as an option.');
  if (hasControl(text)) fail('The remote file name must not contain control characters.');
  if (Buffer.byteLength(text) > 255) fail('The remote file name must have at most 255 bytes.');
};

/** The name to sign in with, which becomes an argument over there. */
export const username: Rule = (value) => {
  name('the user name')(value);
  const text = String(value);
  if (hasControl(text)) fail('The user name must not contain control characters.');
  if (text.startsWith('-')) fail('The user name must not begin with "-".');
};

/** The name that the audit has for who acts. */
export const actorName: Rule = (value) => {
  name('the name for the audit')(value);
  if (hasControl(String(value))) fail('The name for the audit must not contain control characters.');
};

export const storeResults: Rule = (value) => {
  if (!isTextList(value)) fail('The result patterns must be a list of texts, as in ["*.csv", "!draft.csv"].');
  if (value.length > maxPatterns) fail(`Give at most ${maxPatterns} result patterns.`);
  if (value.reduce((total, pattern) => total + pattern.length, 0) > maxPatternCharacters)
    fail(`The result patterns must have at most ${maxPatternCharacters} characters together.`);
  if (value.some((pattern) => pattern === '' || pattern === '!')) fail('A result pattern is empty.');
  if (value.some((pattern) => pattern.includes('\0')))
    fail('A result pattern must not contain the NUL character.');
  if (value.some((pattern) => pattern.replace(/^!/, '').split('/').includes('..'))) {
    fail('A result pattern must not contain "..".');
  }
};

export const timeoutMs: Rule = (value) => {
  if (!isWhole(value, 1, maxInteger)) {
    fail(`The time limit must be a whole number of milliseconds from 1 to ${maxInteger}.`);
  }
};

export const logPolicy: Rule = (value) => {
  if (!(logPolicies as unknown[]).includes(value))
    fail(`The log policy must be one of: ${logPolicies.join(', ')}.`);
};

/** Whose jobs a server runs, by the ids of users. */
export const allowedUsers: Rule = (value) => {
  if (!Array.isArray(value)) fail('The allowed users must be a list of ids, or null for everyone signed in.');
  if (value.length > maxAllowedUsers) fail(`Give at most ${maxAllowedUsers} allowed users.`);
  for (const id of value as unknown[]) {
    if (typeof id !== 'number') name('the id of each allowed user')(id);
    else if (!Number.isFinite(id)) fail('The id of an allowed user must be a text or a number.');
  }
};

export const usernames: Rule = (value) => {
  if (!(usernamePolicies as readonly unknown[]).includes(value))
    fail(`The user names must be one of: ${usernamePolicies.join(', ')}.`);
};

/** A number of things that are done at once. */
export function count(what: string): Rule {
  return (value) => {
    if (!isWhole(value, 1, maxInteger)) fail(`${what} must be a whole number from 1.`);
  };
}

/** Milliseconds, none included. */
export function duration(what: string): Rule {
  return (value) => {
    if (typeof value !== 'number' || !(value >= 0)) fail(`${what} must be a number of milliseconds from 0.`);
  };
}

/** True or false, and not what looks like it. */
export function yesOrNo(what: string): Rule {
  return (value) => {
    if (typeof value !== 'boolean') fail(`${what} must be true or false.`);
  };
}

/** Any text: it is sealed, or never stored. */
export function secret(what: string): Rule {
  return (value) => {
    if (typeof value !== 'string') fail(`Give ${what} as text.`);
  };
}

/** A reference to another record. */
export function reference(what: string): Rule {
  return (value) => {
    if (!isWhole(value, 1, maxInteger)) fail(`Choose ${what}.`);
  };
}

/** A number for texts of digits, as forms send them, and null for an empty one; anything else as it is. */
export function numberOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return null;
  return /^-?\d+$/.test(text) ? Number(text) : value;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') fail(`Give ${what} as text.`);
  if (value.includes('\0')) fail(`Remove the NUL character from ${what}.`);
  return value;
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function fail(message: string): never {
  throw new Error(message);
}
