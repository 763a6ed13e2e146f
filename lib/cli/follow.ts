/** Following an attempt to its end, as `drs submit --follow` and `drs log --follow` do. */

import type { Outcome } from '../protocol/records.js';
import type { Stream } from '../protocol/log-policy.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { exitCodeOf, exitCodes, isProgramsOwnEnd } from './exit-code.js';
import { followOutput, type Followed } from './follow-output.js';
import { untilInterrupted } from './until-interrupted.js';

/** Prints the output until the attempt has ended, or until Ctrl-C: then it goes on without a viewer. */
export function follow(
  drs: RemoteSubmission,
  attempt: Followed,
  streams?: readonly Stream[],
): Promise<number> {
  return untilInterrupted(async (signal) => {
    const { stdout, stderr } = process;
    const { jobId } = attempt;
    const how = await followOutput(drs, attempt, { stdout, stderr, streams, signal });
    if (how === 'output closed') return exitCodes.outputClosed;
    if (how === 'stopped') {
      process.stderr.write(`drs: job ${jobId} goes on. \`drs cancel ${jobId}\` ends it.\n`);
      return exitCodes.interrupted;
    }
    if (!isProgramsOwnEnd(how)) explainFailure(jobId, how);
    return exitCodeOf(how);
  });
}

function explainFailure(jobId: number, { status, failureReason, message }: Outcome): void {
  const state = [status, failureReason].filter(Boolean).join(', ');
  process.stderr.write(`drs: job ${jobId}: ${state}. ${message ?? ''}`.trimEnd() + '\n');
}
