/** What the command `drs` exits with. */

import { constants } from 'node:os';
import type { Outcome } from '../protocol/records.js';

/** Codes of `drs` itself; the neighbours of those of timeout(1), env(1) and the shell. */
export const exitCodes = {
  /** The command line makes no sense (EX_USAGE of sysexits.h). */
  usage: 64,
  timeout: 124,
  /** `drs` could not do it, or the job could not be carried out. */
  failed: 125,
  /** Cancelled, or Ctrl-C. */
  interrupted: 130,
  /** Whoever read the output is gone, as after SIGPIPE. */
  outputClosed: 141,
} as const;

/** The code for the end of a job: the program's own where it has one. */
export function exitCodeOf(
  outcome: Pick<Outcome, 'status' | 'exitCode' | 'signal' | 'failureReason'>,
): number {
  if (outcome.status === 'cancelled') return exitCodes.interrupted;
  if (outcome.status === 'success') return 0;
  if (outcome.failureReason === 'timeout') return exitCodes.timeout;
  const { failureReason, exitCode } = outcome;
  // 127 of an interpreter that is not there comes with `rejected`.
  if ((failureReason === 'exit' || failureReason === 'rejected') && exitCode !== null) return exitCode;
  if (outcome.failureReason === 'signal' && outcome.signal !== null)
    return 128 + signalNumber(outcome.signal);
  return exitCodes.failed;
}

/** True when the program ended by itself, so that there is nothing to add to what it said. */
export function isProgramsOwnEnd(outcome: Pick<Outcome, 'status' | 'failureReason'>): boolean {
  return (
    outcome.status === 'success' || outcome.failureReason === 'exit' || outcome.failureReason === 'signal'
  );
}

function signalNumber(name: string): number {
  return (constants.signals as Record<string, number | undefined>)[name] ?? 0;
}
