/** Why a step of a connection's test failed. */

import { DrsError } from '../errors.js';

/** How long one step may take. */
export const stepTimeoutMs = 20_000;

/** For a person. */
export function describeError(error: unknown): string {
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (error instanceof DrsError) return message;
  if (name === 'TimeoutError') return `It did not answer within ${stepTimeoutMs / 1000} s.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'No machine has this name. Check the host name.';
  return error instanceof Error ? message : 'It failed.';
}
