/** What went wrong on the way to a machine, in words that say what to do. */

import { TransportError } from '../errors.js';
import type { Gap } from './algorithms.js';
import type { HostKey, Hop, ScriptEnd, Target } from './session.js';

/** `host:22`, or `host:22 through gate:22 and bastion:22`. */
export function addressOf({ hostname, port, via = [] }: Hop & Pick<Target, 'via'>): string {
  const own = hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  return via.length === 0 ? own : `${own} through ${via.map((hop) => addressOf(hop)).join(' and ')}`;
}

/** The reason that an aborted start or acquire rejects with. */
export function startAborted(signal?: AbortSignal): unknown {
  return signal?.reason ?? new TransportError('connection_lost', 'The script was let go.');
}

const hints: Record<string, string> = {
  ENOTFOUND: 'no machine of that name is known. Check the host name',
  EAI_AGAIN: 'the name service does not answer. Check the host name and the DNS of this machine',
  ECONNREFUSED: 'nothing listens there. Check the port, and that the SSH server is running',
  ECONNRESET:
    'it closed the connection. Check that an SSH server listens on this port; it may also limit new connections',
  EHOSTUNREACH: 'there is no route to it. Check that the machine is on and the network between',
  ENETUNREACH: 'there is no route to its network. Check the network of this machine',
  ETIMEDOUT: 'it does not answer. Check that the machine is on, and the firewalls between',
};

/** No connection came about: `cause` is the socket's or the protocol's error. */
export function unreachable(target: Pick<Target, 'hostname' | 'port'>, cause: unknown): TransportError {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  const hint = typeof code === 'string' ? hints[code] : undefined;
  const detail = typeof message === 'string' ? message.replace(/\.$/, '') : 'it closed the connection';
  return new TransportError('unreachable', `Cannot reach ${addressOf(target)}: ${hint ?? detail}.`, cause);
}

/** No connection came about, by any of the addresses that a name has. */
export function noAddressAnswers(
  target: Pick<Target, 'hostname' | 'port'>,
  failures: readonly { address: string; cause: Error }[],
): TransportError {
  const told = failures.slice(0, mostAddresses).map(({ address, cause }) => `${address}: ${reasonOf(cause)}`);
  const more = failures.length - told.length;
  const all = [...told, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  const text = `Cannot reach ${addressOf(target)}: none of its ${failures.length} addresses can be used (${all}).`;
  return new TransportError(
    'unreachable',
    `${text} Check that the machine is on, and the firewalls between.`,
  );
}

/** A message is read by a person. */
const mostAddresses = 8;

function reasonOf({ message, code }: Error & { code?: unknown }): string {
  if (code === 'ETIMEDOUT') return message;
  const hint = typeof code === 'string' ? hints[code] : undefined;
  return hint?.split('. ')[0] ?? message;
}

/** A jump host is the obstacle: it is named, and the code is that of what went wrong there. */
export function stoppedOnTheWay(target: Target, error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  // Said once, however many jump hosts there are.
  const first = error.cause instanceof TransportError ? error.cause : error;
  return new TransportError(first.code, `Cannot reach ${addressOf(target)}: ${first.message}`, first);
}

/** The jump host takes the sign-in, but opens no way to the machine. */
export function notPassedOn(target: Target, words: string, cause: Error): TransportError {
  const { via = [] } = target;
  const hop = addressOf(via.at(-1) ?? target);
  const text = `Cannot reach ${addressOf(target)}: ${hop} refuses to pass connections on for ${target.username} ("${words}").`;
  const advice = `Its administrator allows it by AllowTcpForwarding and PermitOpen of the SSH server there.`;
  return new TransportError('forwarding_refused', `${text} ${advice}`, cause);
}

export function didNotAnswer(target: Target, afterMs: number): TransportError {
  const text = `Cannot reach ${addressOf(target)}: it did not answer within ${afterMs / 1000} s.`;
  return new TransportError(
    'unreachable',
    `${text} Check that the machine is on, and the firewalls between.`,
  );
}

export function waitedTooLong(target: Target, afterMs: number): TransportError {
  const text = `Waited ${afterMs / 1000} s for other connections to ${addressOf(target)} to be set up.`;
  return new TransportError('deadline_passed', `${text} Try again when the machine is less busy.`);
}

/** The server said no. `what` is such as `password refused`. */
export function authRefused(target: Target, what: string, cause?: unknown): TransportError {
  const text = `Cannot sign in to ${addressOf(target)} as ${target.username}: ${what}.`;
  return new TransportError('auth_refused', text, cause);
}

export function keyUnusable(target: Target, what: string, cause?: unknown): TransportError {
  const text = `Cannot sign in to ${addressOf(target)} as ${target.username}: ${what}.`;
  return new TransportError('key_unusable', text, cause);
}

/** The server takes the connection, but no command on it. */
export function runsNoCommands(target: Target, cause: Error): TransportError {
  const text = `${addressOf(target)} refuses to run commands for ${target.username}: ${cause.message}.`;
  return new TransportError(
    'unreachable',
    `${text} Check that the account may run commands over SSH.`,
    cause,
  );
}

export function tooSlow(target: Target, afterMs: number): TransportError {
  const text = `${addressOf(target)} did not start a command within ${afterMs / 1000} s. Try again later.`;
  return new TransportError('deadline_passed', text);
}

/** Whose session it is, and where: `node1:22`. */
export interface Account {
  where: string;
  username: string;
}

/** @param words what the server said; may be empty */
export function shellRefused({ where, username }: Account, end: ScriptEnd, words: string): TransportError {
  const how = end.signal === null ? `exit code ${end.exitCode}` : end.signal;
  const text = `${where} ended the session of ${username} before it ran anything (${how}).`;
  const advice =
    'It said nothing. Check the login shell of the account there, and that no command is forced on it (authorized_keys, ForceCommand).';
  return new TransportError('shell_refused', `${text} ${quoted(words) || advice}`);
}

/** @param words what the server said so far; may be empty */
export function shellSilent({ where }: Account, afterMs: number, words: string): TransportError {
  const text = `${where} took the connection, but began no script within ${afterMs / 1000} s.`;
  const advice = 'Check that its login shell does not wait there.';
  return new TransportError('shell_silent', `${text} ${advice} ${quoted(words)}`.trimEnd());
}

/** @param words what the server said */
export function passwordExpired({ where, username }: Account, words: string): TransportError {
  const text = `Cannot sign in to ${where} as ${username}: ${expiredAdvice}.`;
  return new TransportError('auth_refused', `${text} ${quoted(words)}`);
}

/** It closed the connection in the midst of a sign-in, with words. @param words what the server said */
export function turnedAway(target: Target, words: string): TransportError {
  const text = `${addressOf(target)} lets ${target.username} not in, and closed the connection. It said: "${words}".`;
  return new TransportError(/expired/i.test(words) ? 'auth_refused' : 'shell_refused', text);
}

export const expiredAdvice = 'the password has expired. Sign in by hand and change it';

function quoted(words: string): string {
  return words && `It said: "${words}".`;
}

export function connectionLost(target: Target, cause?: unknown): TransportError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const text = `The connection to ${addressOf(target)} was lost${why}. What ran there may still run.`;
  return new TransportError('connection_lost', text, cause);
}

export function hostKeyChanged(target: Target, pinned: HostKey, seen: HostKey): TransportError {
  const text = `The host key of ${addressOf(target)} has changed: pinned is ${describe(pinned)}, it shows ${describe(seen)}.`;
  const advice =
    'No password was sent. Ask an administrator of that machine whether the new key is right; if it is, forget the pinned key.';
  return new TransportError('host_key_changed', `${text} ${advice}`);
}

export function hostKeyUnapproved(target: Target, seen: HostKey): TransportError {
  const text = `The host key of ${addressOf(target)}, ${describe(seen)}, is not approved yet.`;
  const advice = 'No password was sent. An administrator compares it with the machine and approves it.';
  return new TransportError('host_key_unapproved', `${text} ${advice}`);
}

/** An RSA key that is too short to tell a machine by. */
export function hostKeyWeak(target: Target, seen: HostKey, bits: number): TransportError {
  const text = `The host key of ${addressOf(target)}, ${describe(seen)}, has ${bits} bits: too few to be safe.`;
  const advice = `No password was sent. Have an administrator of that machine make a new one; ${legacyAdvice}.`;
  return new TransportError('host_key_weak', `${text} ${advice}`);
}

/** The server knows no algorithm that we know. */
export function algorithmsRefused(target: Target, gap: Gap, cause: Error): TransportError {
  const names = gap.offered.join(', ') || 'nothing';
  const age = gap.wouldLegacyDo ? ', which is not safe any more' : ', none of which is known here';
  const text = `Cannot connect to ${addressOf(target)}: it offers only ${names} for ${gap.what}${age}.`;
  const advice = `Have its SSH server updated${gap.wouldLegacyDo ? `; ${legacyAdvice}` : ''}.`;
  return new TransportError('algorithms_refused', `${text} ${advice}`, cause);
}

const legacyAdvice =
  'where that cannot be had, an administrator allows old algorithms by legacyAlgorithms of this server';

function describe({ type, fingerprint }: HostKey): string {
  return `${type} ${fingerprint}`;
}
