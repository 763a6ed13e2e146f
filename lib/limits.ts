/** What one job may not pass. */

import { DrsError } from './errors.js';

/** Upper bounds that one job cannot pass. */
export interface Limits {
  /** Stored bytes of output of one attempt. Default 100 MiB. */
  logBytes: number;
  /** Results of one attempt. Default 10,000. */
  resultCount: number;
  /** Bytes of all results of one attempt. Default 10 GiB. */
  resultBytes: number;
  /** Folders that a result is in, below the remote directory. Default 32. */
  resultDepth: number;
  /** Bytes of a program as UTF-8. Default 16 MiB. */
  programBytes: number;
  /** How long a server that has been reached before may be away before its attempts end as `unreachable`. Default 24 h. */
  unreachableMs: number;
}

export const defaultLimits: Limits = {
  logBytes: 100 * 1024 ** 2,
  resultCount: 10_000,
  resultBytes: 10 * 1024 ** 3,
  resultDepth: 32,
  programBytes: 16 * 1024 ** 2,
  unreachableMs: 24 * 60 * 60 * 1000,
};

/** @throws DrsError `program_too_large` */
export function requireProgramFits(program: string, limits: Pick<Limits, 'programBytes'>): void {
  requireProgramSize(Buffer.byteLength(program), limits);
}

/** @param bytes of the program as UTF-8. @throws DrsError `program_too_large` */
export function requireProgramSize(bytes: number, { programBytes }: Pick<Limits, 'programBytes'>): void {
  if (bytes <= programBytes) return;
  const message = `program: is larger than ${programBytes} bytes, the limit here (limits.programBytes).`;
  throw new DrsError('program_too_large', message, { status: 413 });
}
