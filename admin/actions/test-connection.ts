/** Tries the way to a server step by step, and says how each went and how long it took. */

import { lookup } from 'node:dns/promises';
import type { User } from '../../lib/core/records.js';
import { DrsError, TransportError } from '../../lib/errors.js';
import type { Internals } from '../../lib/internals.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import type { Credential, SessionLease } from '../../lib/transports/session.js';
import { dial } from '../../lib/transports/dial.js';
import { findHostKey } from './host-key-store.js';
import { signInOf, type SignInForm } from './sign-in.js';
import { findInterpreter, tryShell } from './try-shell.js';

/** How one step went. */
export interface Step {
  name: string;
  isDone: boolean;
  message: string;
  /** Milliseconds; null for what is told by another step. */
  ms: number | null;
}

const stepTimeoutMs = 20_000;

/** The steps up to the first that failed. */
export async function testConnection(
  internals: Internals,
  { server, user, form }: { server: ServerModel; user: User; form: SignInForm },
): Promise<Step[]> {
  const steps: Step[] = [];
  const signal = AbortSignal.timeout(stepTimeoutMs * 2);
  const step = async <T>(name: string, work: () => Promise<{ value: T; message: string }>): Promise<T> => {
    const begun = performance.now();
    try {
      const { value, message } = await work();
      steps.push({ name, isDone: true, message, ms: performance.now() - begun });
      return value;
    } catch (error) {
      steps.push({ name, isDone: false, message: inWords(error), ms: performance.now() - begun });
      throw new Stopped();
    }
  };
  let lease: SessionLease | undefined;
  try {
    await step('Name', () => resolveName(server.hostname));
    await step('Port', () => greet(server));
    const { username, credential } = await step('Key or password', () =>
      credentialFor(internals, { server, user, form }),
    );
    lease = await signIn(internals, { server, username, credential, steps, signal });
    const { session } = lease;
    await step('Shell', () => tryShell(session, signal));
    for (const interpreter of await server.getInterpreters()) {
      await step(`Interpreter ${interpreter.name}`, () =>
        findInterpreter(session, interpreter.path, signal),
      ).catch(ignoreStop);
    }
  } catch (error) {
    ignoreStop(error);
  } finally {
    lease?.release();
  }
  return steps;
}

/** A step failed, and those after it make no sense. */
class Stopped extends Error {}

function ignoreStop(error: unknown): void {
  if (!(error instanceof Stopped)) throw error;
}

async function resolveName(hostname: string): Promise<{ value: null; message: string }> {
  const found = (await lookup(hostname, { all: true })).map(({ address }) => address);
  return { value: null, message: found[0] === hostname ? 'is an address' : `is ${found.join(', ')}` };
}

/** An SSH server says which it is before anything else (RFC 4253, section 4.2). */
async function greet({ hostname, port }: ServerModel): Promise<{ value: null; message: string }> {
  const socket = await dial({ hostname, port }, AbortSignal.timeout(stepTimeoutMs));
  socket.setTimeout(stepTimeoutMs);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('timeout', () => end(() => reject(new Error(`Port ${port} did not answer in time.`))));
    socket.once('end', () =>
      end(() => reject(new Error(`Port ${port} closed the connection without a word.`))),
    );
    socket.once('data', (data) => {
      const line =
        data
          .toString('latin1')
          .split(/\r?\n/, 1)[0]
          ?.replace(/[^\x20-\x7e]/g, '?')
          .slice(0, 80) ?? '';
      const isSsh = line.startsWith('SSH-');
      end(() =>
        isSsh
          ? resolve({ value: null, message: line })
          : reject(new Error(`This is no SSH service: “${line}”.`)),
      );
    });
  });
}

async function credentialFor(
  internals: Internals,
  asked: { server: ServerModel; user: User; form: SignInForm },
): Promise<{ value: { username: string; credential: Credential }; message: string }> {
  const value = signInOf(internals, asked);
  const { password, privateKey } = asked.form;
  const given = [privateKey && 'the given key', password && 'a password'].filter(Boolean);
  return { value, message: `${given.join(' and ') || "the app's own key"}, as ${value.username}` };
}

/** The host key is checked within the sign-in, before anything secret is sent. */
async function signIn(
  internals: Internals,
  {
    server,
    username,
    credential,
    steps,
    signal,
  }: { server: ServerModel; username: string; credential: Credential; steps: Step[]; signal: AbortSignal },
): Promise<SessionLease> {
  const { hostname, port, legacyAlgorithms } = server;
  const begun = performance.now();
  try {
    const lease = await internals.transports.ssh.acquire(
      { hostname, port, username, legacyAlgorithms, credential },
      { signal },
    );
    steps.push(await hostKeyStep(internals, server));
    steps.push({
      name: 'Sign-in',
      isDone: true,
      message: `signed in as ${username}`,
      ms: performance.now() - begun,
    });
    return lease;
  } catch (error) {
    const isHostKey = error instanceof TransportError && error.code.startsWith('host_key');
    if (!isHostKey) steps.push(await hostKeyStep(internals, server));
    steps.push({
      name: isHostKey ? 'Host key' : 'Sign-in',
      isDone: false,
      message: inWords(error),
      ms: performance.now() - begun,
    });
    throw new Stopped();
  }
}

async function hostKeyStep(internals: Internals, server: ServerModel): Promise<Step> {
  const key = await findHostKey(internals, server);
  const message = key ? `${key.type} ${key.fingerprint}${key.isApproved ? ', approved' : ''}` : 'not seen';
  return { name: 'Host key', isDone: key !== null, message, ms: null };
}

function inWords(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof DrsError) return message;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'No machine has this name. Check the host name.';
  return error instanceof Error ? message : 'It failed.';
}
