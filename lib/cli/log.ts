/** `drs log JOB` */

import { internalsOf } from '../internals.js';
import { streams, type Stream } from '../protocol/log-policy.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { waitForEnd } from '../domain/wait-for-end.js';
import { exitCodes } from './exit-code.js';
import { findAttempt, type FoundAttempt } from './find-attempt.js';
import { follow } from './follow.js';
import { printOutput } from './follow-output.js';
import { withInstance } from './instance.js';
import { writeBytes } from './print.js';

/** The options of the command. */
export interface LogFlags {
  /** Default: the newest. */
  attempt?: number;
  /** Default: both, each to its own. */
  stream?: Stream;
  /** Goes on to the end of the attempt. */
  follow?: boolean;
}

/** Prints the output as the program wrote it. Resolves to the exit code. @throws NotFoundError, ConflictError `job_never_submitted` */
export function log(jobId: number, flags: LogFlags): Promise<number> {
  return withInstance(async (drs) => {
    const attempt = await findAttempt(drs, jobId, flags.attempt);
    const chosen = flags.stream === undefined ? streams : [flags.stream];
    if (flags.follow) {
      const finished = () => waitForEnd(internalsOf(drs), attempt);
      return follow(drs, { ...attempt, finished }, chosen);
    }
    const isOut = await (flags.stream === undefined
      ? printOutput(drs, attempt, { stdout: process.stdout, stderr: process.stderr })
      : printStream(drs, attempt, flags.stream));
    return isOut ? 0 : exitCodes.outputClosed;
  });
}

/** False when nobody reads any more. */
async function printStream(
  drs: RemoteSubmission,
  { jobId, attempt }: FoundAttempt,
  stream: Stream,
): Promise<boolean> {
  for await (const bytes of await drs.logs.open(jobId, { attempt, stream })) {
    if (!(await writeBytes(process[stream], bytes as Buffer))) return false;
  }
  return true;
}
