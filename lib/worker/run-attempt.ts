/** Carries an attempt out, from the connection to its final state. */

import { ClaimLostError } from '../errors.js';
import type { Claim, Ending } from '../store/attempt-store.js';
import { copyProgram } from './copy-program.js';
import { cancelled, failure, hasEnded } from './endings.js';
import { finish } from './finish.js';
import { followAttempt } from './follow-attempt.js';
import { openSession } from './open-session.js';
import { mostVanished } from '../store/holders-vanished.js';
import type { ActiveAttempt } from './worker-dependencies.js';
import type { RunnerDependencies } from './runner-dependencies.js';
import { settleError } from './settle-error.js';
import type { Deferral } from './wait-for-server.js';

/** Resolves when this process is done with the attempt: null, or a deferral when it is to be tried again later. */
export async function runAttempt(deps: RunnerDependencies, active: ActiveAttempt): Promise<Deferral | null> {
  const { claim } = active;
  try {
    await execute(deps, active);
    return null;
  } catch (error) {
    if (error instanceof ClaimLostError) {
      deps.logger.info({ jobId: claim.jobId, attempt: claim.attempt }, error.message);
      return null;
    }
    return settleError(deps, active, error);
  }
}

async function execute(deps: RunnerDependencies, active: ActiveAttempt): Promise<void> {
  const { claim } = active;
  if (claim.holdersVanished >= mostVanished) return finish(deps, claim, endsItsWorkers(claim));
  if (claim.isOfOldLayout) return finish(deps, claim, ofOldLayout(claim));
  if (active.cancelled.aborted && !claim.isPermitted) return finish(deps, claim, cancelled);
  if (!claim.isPermitted) await deps.requireRights(claim);
  const lease = await openSession(deps, active);
  try {
    const work = claim.kind === 'copy' ? copyProgram : followAttempt;
    await finish(deps, claim, await work(deps, active, lease.session));
  } catch (error) {
    lease.release();
    throw error;
  }
  if (claim.kind === 'run') deps.cleaner.add(claim, lease);
  else lease.release();
}

function ofOldLayout({ server: { hostname } }: Claim): Ending {
  const text = `It was started on ${hostname} by an earlier version, whose control directory this one does not read.`;
  return failure('lost', `${text} It may still run there; it was not started again.`);
}

function endsItsWorkers(claim: Claim): Ending {
  const { isPermitted, kind, server } = claim;
  const text =
    'The workers that held it vanished again and again, and nothing new came of it: it may be what ended them, so it was given up.';
  if (hasEnded(claim)) {
    const { code, signal } = claim.ended;
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    return failure('internal', `${text} The program had ended ${how} before.`, signal === null ? code : null);
  }
  if (!isPermitted || kind === 'copy') return failure('internal', text);
  const began = claim.began === null ? 'Its start was permitted: it may have begun, and' : 'What ran there';
  return failure('internal', `${text} ${began} may still run on ${server.hostname}.`);
}
