/** How what happened becomes the final state of an attempt, in words for a person. Pure. */

import { DrsError, TransportError } from '../errors.js';
import type { FailureReason } from '../core/job-status.js';
import type { RunReport } from '../schedulers/run-report.js';
import type { Claim, Ending } from './attempt-store.js';

export const cancelled: Ending = {
  status: 'cancelled',
  failureReason: null,
  exitCode: null,
  signal: null,
  message: null,
};

export const success: Ending = { ...cancelled, status: 'success', exitCode: 0 };

export function failure(
  failureReason: FailureReason,
  message: string,
  exitCode: number | null = null,
): Ending {
  return { status: 'failure', failureReason, exitCode, signal: null, message };
}

/** The ending that a report from the server means. */
export function endingOf(report: RunReport, claim: Claim): Ending {
  switch (report.kind) {
    case 'copied':
      // Nothing was run: there is no exit code.
      return { ...success, exitCode: null };
    case 'lost':
      return failure(
        'lost',
        `The program was started on ${claim.server.hostname}, but its end is not known: ${report.detail}.`,
      );
    case 'refused':
      return refusal(report, claim);
    case 'ended':
      return programEnding(report, claim);
  }
}

function programEnding(report: Extract<RunReport, { kind: 'ended' }>, claim: Claim): Ending {
  const exitCode = report.signal === null ? report.code : null;
  const { signal } = report;
  if (report.reason === 'cancel') return { ...cancelled, exitCode, signal };
  if (report.reason === 'timeout') {
    const message = `The program was ended after its timeout of ${(claim.timeoutMs ?? 0) / 1000} s.`;
    return { status: 'failure', failureReason: 'timeout', exitCode, signal, message };
  }
  if (signal !== null) {
    const message = `The program was ended by the signal ${signal}.`;
    return { status: 'failure', failureReason: 'signal', exitCode, signal, message };
  }
  if (report.code === 0) return success;
  return failure('exit', `The program ended with exit code ${report.code}.`, report.code);
}

function refusal(
  report: Extract<RunReport, { kind: 'refused' }>,
  { server, interpreter, remoteFilename }: Claim,
): Ending {
  if (report.what === 'interpreter') {
    const { name, path } = interpreter;
    return failure(
      'exit',
      `The interpreter "${name}" was not found at ${path} on ${server.hostname}. Install it there, or correct its path.`,
      127,
    );
  }
  if (report.what === 'directory') {
    return failure(
      'internal',
      `The remote directory cannot be used on ${server.hostname}: ${report.detail}. Choose one that the user may write.`,
    );
  }
  return failure(
    'internal',
    `The program ${remoteFilename} cannot be written on ${server.hostname}: ${report.detail}`,
  );
}

/** The ending that an error means when trying again cannot help, or null when it may. */
export function endingOfError(error: unknown): Ending | null {
  if (!(error instanceof DrsError)) return null;
  if (error.code === 'auth_refused' || error.code === 'key_unusable') return failure('auth', error.message);
  if (error.code === 'host_key_changed' || error.code === 'host_key_unapproved')
    return failure('host_key', error.message);
  if (error.code === 'credentials_missing' || error.code.startsWith('secret_'))
    return failure('auth', error.message);
  return null;
}

/** True for errors that tell that the server is out of reach, now. */
export function isUnreachable(error: unknown): error is TransportError {
  return (
    error instanceof TransportError &&
    (error.code === 'unreachable' || error.code === 'connection_lost' || error.code === 'deadline_passed')
  );
}
