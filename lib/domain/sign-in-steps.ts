/** Signs in to each jump host and to the server, which checks the host key of each before anything secret is sent. */

import type { ConnectionStep, TestStep } from '../protocol/connection-steps.js';
import type { HostKeyState } from '../protocol/host-keys.js';
import { TransportError } from '../errors.js';
import type { ServerModel } from '../models/define-models.js';
import type { HostKeyStore } from '../store/host-key-store.js';
import type { HopRecord } from '../models/hops.js';
import type { SessionLease, Transport } from '../transports/session.js';
import type { TestSignIn } from './credentials.js';
import { describeError, stepTimeoutMs } from './step-problems.js';

/** What is tried. */
export interface Tried {
  server: ServerModel;
  /** Jump hosts, the one that is reached from here first. */
  via: readonly HopRecord[];
  interpreters: readonly { name: string; path: string }[];
  signIn: TestSignIn;
}

/** With what the machine is reached, and where keys are remembered. */
export interface SignInDependencies {
  transport: Transport;
  hostKeys: HostKeyStore;
}

/**
 * The steps `hostKey` and `signIn`, or the one that failed: `address` when a machine behind a jump host is out of reach.
 * @param leases takes a session for each jump host, then the one on the server
 */
export async function signInSteps(
  deps: SignInDependencies,
  tried: Tried,
  leases: SessionLease[],
): Promise<TestStep[]> {
  const begun = performance.now();
  try {
    await signInEverywhere(deps, tried, leases);
  } catch (error) {
    const ms = performance.now() - begun;
    const name = stepOf(error, tried);
    const message = `${hopNameOf(tried, leases.length, error)}${describeError(error)}`;
    const failed: TestStep = { name, isOk: false, message, ms };
    // A jump host that stops the way says nothing of the server's own key.
    const isKeyAccepted = isSignInRefused(error) && leases.length === tried.via.length;
    return isKeyAccepted ? [await hostKeyStep(deps, tried), failed] : [failed];
  }
  const { username, description } = tried.signIn;
  const hops = tried.via.map(({ title }) => `, through ${title}`).join('');
  const message = `signed in as ${username}, with ${description}${hops}`;
  const ms = performance.now() - begun;
  return [await hostKeyStep(deps, tried), { name: 'signIn', isOk: true, message, ms }];
}

async function signInEverywhere(
  { transport }: SignInDependencies,
  { server, via, signIn: { username, credential } }: Tried,
  leases: SessionLease[],
): Promise<void> {
  const signal = AbortSignal.timeout(stepTimeoutMs * (1 + via.length));
  for (const [index, { hostname, port, legacyAlgorithms = false }] of [...via, server].entries()) {
    const target = { hostname, port, legacyAlgorithms, via: via.slice(0, index), username, credential };
    leases.push(await transport.acquire(target, { signal }));
  }
}

/** The jump host that stopped the way, as the beginning of a message. @param reached so many machines were signed in to */
function hopNameOf({ via }: Tried, reached: number, error: unknown): string {
  const isNotPassedOn = error instanceof TransportError && error.code === 'forwarding_refused';
  const hop = via[isNotPassedOn ? reached - 1 : reached];
  return hop ? byName(hop) : '';
}

/** As the beginning of a message. */
export function byName({ title }: HopRecord): string {
  return `Jump host ${title}: `;
}

function stepOf(error: unknown, { via }: Tried): ConnectionStep {
  const code = error instanceof TransportError ? error.code : 'unreachable';
  if (code.startsWith('host_key') || code === 'algorithms_refused') return 'hostKey';
  if (isSignInRefused(error) || code === 'key_unusable') return 'signIn';
  return via.length > 0 ? 'address' : 'signIn';
}

/** Said behind the host key, which was accepted. */
function isSignInRefused(error: unknown): boolean {
  return error instanceof TransportError && (error.code === 'auth_refused' || error.code === 'shell_refused');
}

/** It was checked within the sign-in. */
async function hostKeyStep(
  { transport, hostKeys }: SignInDependencies,
  { server, via }: Tried,
): Promise<TestStep> {
  if (!transport.checksHostKeys)
    return { name: 'hostKey', isOk: true, message: 'this transport shows none', ms: null };
  const own = inFew(await hostKeys.stateOf(server));
  const ofHops = await Promise.all(
    via.map(async (hop) => ({ title: hop.title, key: inFew(await hostKeys.stateOf(hop)) })),
  );
  const told = ofHops.flatMap(({ title, key }) => (key ? [`${title}: ${key}`] : []));
  const message = [...(own ? [own] : []), ...told].join('; ');
  return { name: 'hostKey', isOk: own !== null, message: message || 'not seen', ms: null };
}

function inFew({ hostKey }: HostKeyState): string | null {
  if (!hostKey) return null;
  return `${hostKey.type} ${hostKey.fingerprint}${hostKey.isApproved ? ', approved' : ''}`;
}
