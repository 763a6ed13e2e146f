/** What becomes of an attempt whose server is out of reach. */

import type { DrsError } from '../errors.js';
import { isGivenUp, pauseMs } from './back-off.js';
import type { Claim, Ending } from '../store/attempt-store.js';
import { endingWithout, failure, hasEnded } from './endings.js';
import { transportOf } from './chosen-by-server.js';
import { finish } from './finish.js';
import type { ActiveAttempt } from './worker-dependencies.js';
import { retire } from './end-program.js';
import { OutageError, waitMs } from './server-availability.js';
import type { RunnerDependencies } from './runner-dependencies.js';

/** The attempt is to be tried again. */
export interface Deferral {
  delayMs: number;
  /** Aborted: it may be tried already. */
  sooner?: AbortSignal;
}

/** Since when, and how often in a row it was tried. */
interface AttemptOutage {
  since: Date;
  tries: number;
  wasReached: boolean;
}

/**
 * Defers it with a note, and ends it as `unreachable` when that took too long. A cancel is carried out when the server
 * is back: until then its program may run.
 */
export async function waitForServer(
  deps: RunnerDependencies,
  active: ActiveAttempt,
  error: DrsError,
): Promise<Deferral | null> {
  const { claim, cancelled } = active;
  const { store, availability, limits } = deps;
  const outage = await outageOf(deps, claim, error);
  const { tries, wasReached } = outage;
  const elapsedMs = Date.now() - (claim.unreachableSince?.getTime() ?? Date.now());
  const limitMs = limits.unreachableMs;
  // A new attempt has not asked the server itself yet.
  const hasTried = !(error instanceof OutageError) || claim.unreachableTries > 0;
  if (hasTried && isGivenUp({ wasReached, tries, elapsedMs, limitMs })) {
    const cancel = cancelled.aborted ? ' A cancel was wanted, but did not reach it.' : '';
    await finish(
      deps,
      claim,
      outageEnding(claim, error, `${error.message} ${giveUpNote(outage, claim)}${cancel}`),
    );
    return null;
  }
  // Another connection may lead to the machine that it runs on.
  if (error.code === 'away') retire(deps, active);
  const serverOutage = availability.of(claim);
  const pause = serverOutage ? waitMs(serverOutage) : pauseMs(tries, Math.random());
  const delayMs = Math.max(0, wasReached ? Math.min(pause, limitMs - elapsedMs) : pause);
  const nextTryAt = new Date(Date.now() + delayMs);
  const cancel = cancelled.aborted ? ' Then the cancel is carried out.' : '';
  const message = `${error.message} Out of reach since ${shown(outage.since)}; the next try is at ${shown(nextTryAt)}.${cancel}`;
  await store.defer(claim, { nextTryAt, message, tries });
  return { delayMs, sooner: serverOutage?.back.signal };
}

async function outageOf(deps: RunnerDependencies, claim: Claim, error: Error): Promise<AttemptOutage> {
  const { unreachableSince, unreachableTries } = claim;
  const serverOutage = deps.availability.of(claim);
  const wasReached = await isKnownToAnswer(deps, claim);
  if (serverOutage) serverOutage.wasReached = wasReached;
  const ownTries = unreachableTries + (error instanceof OutageError ? 0 : 1);
  const since = Math.min(unreachableSince?.getTime() ?? Date.now(), serverOutage?.since ?? Date.now());
  return { since: new Date(since), tries: Math.max(ownTries, serverOutage?.tries ?? 0), wasReached };
}

async function isKnownToAnswer(deps: RunnerDependencies, claim: Claim): Promise<boolean> {
  const { server, isPermitted } = claim;
  // What may run there was brought there, even if the host key was forgotten since.
  if (isPermitted) return true;
  // Without host keys nobody remembers: it gets the patience of one that was reached.
  if (!transportOf(deps, claim).checksHostKeys) return true;
  return (await deps.hostKeys.find(server.hostname, server.port)) !== null;
}

/** The end of an attempt that nobody could be asked about for so long. */
function outageEnding(claim: Claim, error: DrsError, message: string): Ending {
  if (hasEnded(claim)) return endingWithout(message, claim);
  return failure(error.code === 'away' ? 'lost' : 'unreachable', message);
}

function giveUpNote({ since, tries, wasReached }: AttemptOutage, { began, isPermitted }: Claim): string {
  if (!wasReached) return `Given up after ${tries} tries, since it was never reached before.`;
  const given = `Given up: out of reach since ${shown(since)}.`;
  if (began !== null) return `${given} What ran there may still run.`;
  return isPermitted
    ? `${given} Its start was permitted before: it may have begun.`
    : `${given} It was not started.`;
}

/** Such as 2026-03-01 09:30:00 UTC. */
function shown(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
