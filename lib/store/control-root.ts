/** A control root as it is recorded with an attempt: `<id> <path>`. */

import type { ControlRoot } from '../protocol/attempt-records.js';
import { withoutNul } from '../models/run-query.js';

export function writeControlRoot({ id, path }: ControlRoot): string {
  return withoutNul(`${id} ${path}`);
}

export function readControlRoot(text: string | null): ControlRoot | null {
  if (text === null) return null;
  const end = text.indexOf(' ');
  return { id: text.slice(0, end), path: text.slice(end + 1) };
}
