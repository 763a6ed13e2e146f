/** Tries the way to a server step by step, and says how each went and how long it took. */

import type { User } from '../../lib/core/records.js';
import { DrsError, TransportError } from '../../lib/errors.js';
import type { Internals } from '../../lib/internals.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import { hopsOf, type HopRecord } from '../../lib/models/hops.js';
import type { Credential, Hop, SessionLease } from '../../lib/transports/session.js';
import { greet, resolveName, stepTimeoutMs } from './first-contact.js';
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

/** The steps up to the first that failed. */
export async function testConnection(
  internals: Internals,
  { server, user, form }: { server: ServerModel; user: User; form: SignInForm },
): Promise<Step[]> {
  const steps: Step[] = [];
  const via = await hopsOf(internals.sequelize, server.id);
  const signal = AbortSignal.timeout(stepTimeoutMs * (2 + via.length));
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
  const leases: SessionLease[] = [];
  // From here only the first machine can be looked up.
  const [first] = via;
  const of = first ? ` of ${first.title}` : '';
  try {
    await step(`Name${of}`, () => resolveName((first ?? server).hostname));
    await step(`Port${of}`, () => greet(first ?? server));
    const { username, credential } = await step('Key or password', () =>
      credentialFor(internals, { server, user, form }),
    );
    for (const [index, hop] of via.entries()) {
      const target = { ...hop, via: via.slice(0, index), username, credential };
      await step(`Jump host ${hop.title}`, async () => {
        leases.push(await internals.transports.ssh.acquire(target, { signal }));
        return { value: null, message: await knownBy(internals, hop, username) };
      });
    }
    const lease = await signIn(internals, { server, via, username, credential, steps, signal });
    leases.push(lease);
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
    for (const lease of leases) lease.release();
  }
  return steps;
}

/** A step failed, and those after it make no sense. */
class Stopped extends Error {}

function ignoreStop(error: unknown): void {
  if (!(error instanceof Stopped)) throw error;
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

interface SignInStep {
  server: ServerModel;
  via: readonly HopRecord[];
  username: string;
  credential: Credential;
  steps: Step[];
  signal: AbortSignal;
}

/** The host key is checked within the sign-in, before anything secret is sent. */
async function signIn(
  internals: Internals,
  { server, via, username, credential, steps, signal }: SignInStep,
): Promise<SessionLease> {
  const { hostname, port, legacyAlgorithms } = server;
  const begun = performance.now();
  try {
    const lease = await internals.transports.ssh.acquire(
      { hostname, port, via, username, legacyAlgorithms, credential },
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
    const known = await hostKeyStep(internals, server);
    if (!isHostKey && known.isDone) steps.push(known);
    steps.push({
      name: isHostKey ? 'Host key' : 'Sign-in',
      isDone: false,
      message: inWords(error),
      ms: performance.now() - begun,
    });
    throw new Stopped();
  }
}

async function knownBy(internals: Internals, hop: HopRecord, username: string): Promise<string> {
  const { message } = await hostKeyStep(internals, hop);
  return `signed in as ${username}, host key ${message}`;
}

async function hostKeyStep(internals: Internals, server: Hop): Promise<Step> {
  const { hostKey: key } = await internals.hostKeys.stateOf(server);
  const message = key ? `${key.type} ${key.fingerprint}${key.isApproved ? ', approved' : ''}` : 'not seen';
  return { name: 'Host key', isDone: key !== null, message, ms: null };
}

function inWords(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof DrsError) return message;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'No machine has this name. Check the host name.';
  return error instanceof Error ? message : 'It failed.';
}
