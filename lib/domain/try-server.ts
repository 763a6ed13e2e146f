/** The steps of the test of a connection, one after the other. */

import type { ConnectionStep, TestStep } from '../protocol/connection-steps.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { Session, SessionLease } from '../transports/session.js';
import { contact } from './first-contact.js';
import { byName, signInSteps, type SignInDependencies, type Tried } from './sign-in-steps.js';
import { describeError, stepTimeoutMs } from './step-problems.js';
import { tryCommands, tryDirectory, tryShell, trySystem, type Signed } from './try-session.js';

/** A login shell that waits is told before the whole test is given up. */
const greetingMs = 10_000;

/** What a test is made with. */
export interface TryDependencies extends SignInDependencies {
  options: { schedulers: Readonly<Record<string, Scheduler>> };
}

/** The steps up to the first that failed. */
export async function tryServer(deps: TryDependencies, tried: Tried): Promise<TestStep[]> {
  const leases: SessionLease[] = [];
  try {
    const address = await timed('address', () => firstContact(tried));
    if (!address.isOk) return [address];
    const reached = await signInSteps(deps, tried, leases);
    // Behind a jump host it is only now that an address turns out to be out of reach.
    const steps = reached[0]?.name === 'address' ? reached : [address, ...reached];
    const session = leases[tried.via.length]?.session;
    return session ? [...steps, ...(await trySession(deps.options.schedulers, session, tried))] : steps;
  } finally {
    for (const lease of leases) lease.release();
  }
}

/** From here only the first machine can be looked up. */
async function firstContact({ server, via: [hop] }: Tried): Promise<string> {
  if (!hop) return contact(server);
  try {
    return `jump host ${hop.title} ${await contact(hop)}`;
  } catch (error) {
    throw new Error(`${byName(hop)}${describeError(error)}`, { cause: error });
  }
}

async function trySession(
  schedulers: TryDependencies['options']['schedulers'],
  session: Session,
  tried: Tried,
): Promise<TestStep[]> {
  const { interpreters, server } = tried;
  const scheduler = schedulers[server.scheduler] ?? null;
  const works: [ConnectionStep, (signed: Signed) => Promise<string>][] = [
    ['shell', tryShell],
    ['commands', (signed) => tryCommands(scheduler, signed, interpreters)],
    ['directory', (signed) => tryDirectory(scheduler, signed, server.controlDirectory)],
    ['scheduler', (signed) => trySystem(server.scheduler, scheduler, signed)],
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
