/** What a process tells its host of the attempts that it carries out. */

import type { Outcome } from './records.js';

/** Which attempt it is. */
interface OfAttempt {
  jobId: number;
  /** From 1. */
  attempt: number;
}

/** The events of `drs.on`, and what their listeners get. */
export interface AttemptEvents {
  /** Its program was started by this process. */
  'attempt:started': OfAttempt;
  /**
   * It has ended, and this process wrote that down: also where no `attempt:started` came before, since it was a copy, never
   * started (refused, cancelled while it waited), or was started by another process.
   */
  'attempt:ended': OfAttempt & Omit<Outcome, 'results'>;
}

/** Called with one of these events. */
export type TellEvent = <Name extends keyof AttemptEvents>(name: Name, event: AttemptEvents[Name]) => void;
