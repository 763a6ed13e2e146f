/** Who may sign in to the in-process SSH server. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2, { type AuthContext, type KeyboardAuthContext, type PublicKeyAuthContext } from 'ssh2';
import type { SshServerUser } from './ssh-server-user.js';

interface SignInCheckOptions {
  users: readonly SshServerUser[];
  homes: ReadonlyMap<string, string>;
  keyboardInteractive?: boolean;
  /** Called for each try. */
  onTry: () => void;
}

/** Decides one sign-in after the other. */
export interface SignInCheck {
  decide(context: AuthContext): void;
  allowKey(username: string, publicKey: string): void;
}

export function createSignInCheck({
  users,
  homes,
  keyboardInteractive,
  onTry,
}: SignInCheckOptions): SignInCheck {
  const passwords = new Map(users.map(({ username, password }) => [username, password]));
  const keys = new Map(users.map(({ username, publicKeys }) => [username, [...(publicKeys ?? [])]]));
  const methods: ('publickey' | 'keyboard-interactive' | 'password')[] = [
    'publickey',
    keyboardInteractive ? 'keyboard-interactive' : 'password',
  ];
  const isPassword = (username: string, given: string) => isEqual(given, passwords.get(username));
  const settle = (context: AuthContext, isAllowed: boolean) =>
    isAllowed ? context.accept() : context.reject(methods);
  const mayUse = (context: PublicKeyAuthContext) => {
    const home = homes.get(context.username);
    const lines = [
      ...(keys.get(context.username) ?? []),
      ...(home === undefined ? [] : authorizedKeys(home)),
    ];
    return lines.some((line) => blobOf(line) === context.key.data.toString('base64')) && isSigned(context);
  };
  return {
    decide(context) {
      if (context.method === 'none') return settle(context, false);
      onTry();
      if (context.method === 'publickey') return settle(context, mayUse(context));
      if (context.method === 'password' && !keyboardInteractive) {
        return settle(context, isPassword(context.username, context.password));
      }
      if (context.method === 'keyboard-interactive' && keyboardInteractive) {
        return ask(context, (answer) => settle(context, isPassword(context.username, answer)));
      }
      settle(context, false);
    },
    allowKey: (username, publicKey) => void keys.set(username, [...(keys.get(username) ?? []), publicKey]),
  };
}

function ask(context: KeyboardAuthContext, answered: (answer: string) => void): void {
  context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
    answered((Array.isArray(answers) ? answers[0] : undefined) ?? '');
  });
}

/** Takes the same time for any password, also where there is none. */
function isEqual(given: string, expected: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), expected === undefined ? randomBytes(32) : digest(expected));
}

/** Lines with options are left out: this server could not keep to them. */
function authorizedKeys(home: string): string[] {
  try {
    return readFileSync(join(home, '.ssh', 'authorized_keys'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function blobOf(line: string): string | undefined {
  return /^\s*[a-z][a-z0-9@.-]* +([A-Za-z0-9+/=]+)/.exec(line)?.[1];
}

/** The first request only asks whether the key would do, and has no signature (RFC 4252 section 7). */
function isSigned({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
  if (!signature || !blob) return true;
  const parsed = ssh2.utils.parseKey(key.data);
  return !(parsed instanceof Error) && parsed.verify(blob, signature, hashAlgo) === true;
}
