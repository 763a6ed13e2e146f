/** How what happened becomes the final state of an attempt, in words for a person. Pure. */

import { DirectoryInUseError, DrsError, TransportError } from '../errors.js';
import type { FailureReason } from '../protocol/job-status.js';
import type { RunReport } from '../schedulers/run-report.js';
import type { Ended, EndNote } from '../protocol/attempt-records.js';
import type { Claim, Ending } from '../store/attempt-store.js';

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

/** Reports that are an end. */
export type FinalReport = Exclude<RunReport, { kind: 'ended' | 'elsewhere' | 'away' }>;

/** The ending that a report from the server means. */
export function endingOf(report: FinalReport, claim: Claim): Ending {
  switch (report.kind) {
    case 'copied':
      // Nothing was run: there is no exit code.
      return { ...success, exitCode: null };
    case 'never':
      return report.why === 'cancel' ? cancelled : failure('rejected', report.detail);
    case 'lost':
      return failure(
        'lost',
        `The program was started on ${claim.server.hostname}, but its end is not known: ${report.detail}.`,
      );
    case 'refused':
      return refusal(report, claim);
  }
}

/** How the program ended, as its wrapper wrote it down. */
export function endingOfEnded(ended: Ended, claim: Claim): Ending {
  const ending = programEnding(ended, claim);
  const notes = [ending.message, ...ended.notes.map((note) => noteWords[note])].filter(
    (note) => note !== null,
  );
  return { ...ending, message: notes.length === 0 ? null : notes.join(' ') };
}

/** The ending with a sentence more, or as it is. */
export function withNote(ending: Ending, note: string | null): Ending {
  return note === null ? ending : { ...ending, message: [ending.message, note].filter(Boolean).join(' ') };
}

/** How it ended, when its output or its files cannot be had any more. */
export function endingWithout(why: string, claim: Claim & { ended: Ended }): Ending {
  const note = `What was still to be brought of its output and its files was left: ${why}`;
  return withNote(endingOfEnded(claim.ended, claim), note);
}

/** True when its end is known. */
export function hasEnded(claim: Claim): claim is Claim & { ended: Ended } {
  return claim.ended !== null;
}

function programEnding(ended: Ended, claim: Claim): Ending {
  const { code, reason, signal } = ended;
  const exitCode = signal === null ? code : null;
  if (reason === 'cancel') return { ...cancelled, exitCode, signal };
  if (reason === 'timeout') {
    const message = `The program was ended after its timeout of ${(claim.timeoutMs ?? 0) / 1000} s.`;
    return { status: 'failure', failureReason: 'timeout', exitCode, signal, message };
  }
  if (signal !== null) {
    const message = `The program was ended by the signal ${signal}.`;
    return { status: 'failure', failureReason: 'signal', exitCode, signal, message };
  }
  if (code === 0) return success;
  return failure('exit', `The program ended with exit code ${code}.`, code);
}

const noteWords: Record<EndNote, string> = {
  open: 'Something that it left behind still held its output: what that printed later is not stored.',
  torn: 'Some of its output is missing: it could not be written down on the server. Is its disk full?',
  wiped:
    'Files of its control directory were removed or emptied while it ran: output that had not been read by then is missing.',
  moved:
    'Another folder lay where its directory was when it ended: files that it had made in its own one are missing.',
};

function refusal(
  { what, detail }: Extract<RunReport, { kind: 'refused' }>,
  { server, interpreter, remoteFilename, username }: Claim,
): Ending {
  const { hostname } = server;
  const { name, path } = interpreter;
  if (what === 'interpreter-file') {
    return failure(
      'rejected',
      `The interpreter "${name}" cannot be run on ${hostname}: ${path} is a folder there, or a file that ${username} may not run.`,
      126,
    );
  }
  if (what === 'interpreter') {
    return failure(
      'rejected',
      `The interpreter "${name}" was not found at ${path} on ${hostname}. Install it there, or correct its path.`,
      127,
    );
  }
  if (what === 'directory') {
    return failure(
      'rejected',
      `The remote directory cannot be used on ${hostname}: ${detail}. Choose one that the user may write.`,
    );
  }
  return failure('rejected', `The program ${remoteFilename} cannot be written on ${hostname}: ${detail}.`);
}

/** The ending that an error means when trying again cannot help, or null when it may. */
export function endingOfError(error: unknown, { isPermitted }: Claim): Ending | null {
  if (!(error instanceof DrsError)) return null;
  const { code, message } = error;
  if (code === 'auth_refused' || code === 'key_unusable' || code === 'address_changed')
    return failure('auth', message);
  if (code === 'host_key_weak' && !isPermitted) return failure('host_key', message);
  if (code === 'host_key_changed' || code === 'host_key_unapproved') return failure('host_key', message);
  if (code === 'credentials_missing' || code.startsWith('secret_')) return failure('auth', message);
  if (error instanceof DirectoryInUseError || code === 'right_taken_away')
    return failure('rejected', message);
  // Once its start is permitted, it may run: then the server is asked again until it answers.
  if (!isPermitted && refusals.includes(code)) return failure('rejected', message);
  return null;
}

/** The server ended what was to prepare the start, and said why; or nothing could be agreed on with it. */
const refusals = [
  'shell_refused',
  'shell_silent',
  'script_broken',
  'algorithms_refused',
  'forwarding_refused',
];

/** The server itself is out of reach, for all attempts. */
const awayCodes = ['unreachable', 'connection_lost', 'deadline_passed'];
/** Nobody can be asked about this attempt now. */
const outOfSightCodes = [
  ...['shell_refused', 'shell_silent', 'elsewhere', 'away'],
  // Somebody may allow these, or mend that server, while a program runs there.
  ...['algorithms_refused', 'host_key_weak', 'forwarding_refused'],
];

/** True for errors that tell that the server is out of reach, now. */
export function isServerAway(error: unknown): error is TransportError {
  return error instanceof TransportError && awayCodes.includes(error.code);
}

/** True for errors after which an attempt waits, as long as a server may be out of reach. */
export function isOutOfReach(error: unknown, { isPermitted, ended }: Claim): error is DrsError {
  if (isServerAway(error)) return true;
  if (!(error instanceof DrsError)) return false;
  // It may run: a login shell that is broken now says nothing about it.
  return outOfSightCodes.includes(error.code) || (/^script_/.test(error.code) && isPermitted && !ended);
}
