/** What an attempt is carried out with: by the names that its server has chosen. */

import { DrsError } from '../errors.js';
import { choices, chosen, type Choice, type Named } from '../protocol/choices.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { Claim } from '../store/attempt-store.js';
import type { Transport } from '../transports/session.js';
import { wayProblem } from '../transports/way-problem.js';
import type { WorkerDependencies } from './worker-dependencies.js';

type Chooser = Pick<Claim, 'isRemote' | 'server'>;

/** @throws DrsError `unknown_scheduler` */
export function schedulerOf(
  { schedulers }: Pick<WorkerDependencies, 'schedulers'>,
  claim: Chooser,
): Scheduler {
  return givenTo(claim, 'scheduler', schedulers);
}

/** @throws DrsError `unknown_transport`, `jump_hosts_unsupported` */
export function transportOf(
  { transports }: Pick<WorkerDependencies, 'transports'>,
  claim: Chooser & Pick<Claim, 'via'>,
): Transport {
  const transport = givenTo(claim, 'transport', transports);
  const problem = wayProblem(claim.server.transport, transport, claim.via);
  if (problem) throw problem;
  return transport;
}

/** That of its server; what runs on this machine has one of its own. */
function givenTo<Kind extends object>(
  { isRemote, server }: Chooser,
  choice: Choice,
  given: Named<Kind>,
): Kind {
  const { option, here } = choices[choice];
  const name = isRemote ? server[choice] : here;
  const found = isRemote ? chosen(choice, given, name) : given[here];
  if (found) return found;
  throw new DrsError(
    `unknown_${choice}`,
    `“${server.title}” wants the ${choice} ${name}, which this worker does not have: give it in the option \`${option}\` of every process that works.`,
  );
}
