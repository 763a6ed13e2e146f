/** The steps of the test of a connection, one after the other. */

import type { ConnectionStep, TestStep } from '../protocol/connection-steps.js';
import { chosen } from '../protocol/choices.js';
import type { Hop, Session, SessionLease, Transport } from '../transports/session.js';
import { wayProblem } from '../transports/way-problem.js';
import { requireChosen, type Offers } from './server-choices.js';
import { byName, signInSteps, type SignInDependencies, type Tried } from './sign-in-steps.js';
import { describeError, stepTimeoutMs } from './step-problems.js';
import { tryCommands, tryDirectory, tryShell, trySystem, type Signed } from './try-session.js';

/** A login shell that waits is told before the whole test is given up. */
const greetingMs = 10_000;

/** What a test is made with. */
export type TryDependencies = Offers & Omit<SignInDependencies, 'transport'>;

/** The steps up to the first that failed. */
export async function tryServer(deps: TryDependencies, tried: Tried): Promise<TestStep[]> {
  const leases: SessionLease[] = [];
  try {
    const transport = chosen('transport', deps.transports, tried.server.transport);
    const address = await timed('address', () => firstContact(deps, tried));
    if (!address.isOk || transport === null) return [address];
    const reached = await signInSteps({ ...deps, transport }, tried, leases);
    // Behind a jump host it is only now that an address turns out to be out of reach.
    const steps = reached[0]?.name === 'address' ? reached : [address, ...reached];
    const session = leases[tried.via.length]?.session;
    return session ? [...steps, ...(await trySession(deps, session, tried))] : steps;
  } finally {
    for (const lease of leases) lease.release();
  }
}

/** From here only the first machine can be looked up. */
async function firstContact({ transports }: TryDependencies, { server, via }: Tried): Promise<string> {
  const transport = requireChosen('transport', transports, server.transport);
  const problem = wayProblem(server.transport, transport, via);
  if (problem) throw problem;
  const [hop] = via;
  if (!hop) return contact(transport, server);
  try {
    return `jump host ${hop.title} ${await contact(transport, hop)}`;
  } catch (error) {
    throw new Error(`${byName(hop)}${describeError(error)}`, { cause: error });
  }
}

async function contact(transport: Transport, machine: Hop): Promise<string> {
  const found = await transport.tryAddress?.(machine, { signal: AbortSignal.timeout(stepTimeoutMs) });
  return found ?? 'this transport finds it by itself, when it signs in';
}

async function trySession(
  { schedulers }: TryDependencies,
  session: Session,
  tried: Tried,
): Promise<TestStep[]> {
  const { interpreters, server } = tried;
  const scheduler = chosen('scheduler', schedulers, server.scheduler);
  const works: [ConnectionStep, (signed: Signed) => Promise<string>][] = [
    ['shell', tryShell],
    ['commands', (signed) => tryCommands(scheduler, signed, interpreters)],
    ['directory', (signed) => tryDirectory(scheduler, signed, server.controlDirectory)],
    ['scheduler', (signed) => trySystem(schedulers, server.scheduler, signed)],
  ];
  const steps: TestStep[] = [];
  for (const [name, work] of works) {
    const options = { greetingMs, signal: AbortSignal.timeout(stepTimeoutMs) };
    const step = await timed(name, () => work({ session, options }));
    steps.push(step);
    if (!step.isOk) break;
  }
  return steps;
}

async function timed(name: ConnectionStep, work: () => Promise<string>): Promise<TestStep> {
  const begun = performance.now();
  const how = await work().then(
    (message) => ({ isOk: true, message }),
    (error: unknown) => ({ isOk: false, message: describeError(error) }),
  );
  return { name, ...how, ms: performance.now() - begun };
}
