/** What clients may ask for, checked before anything else. */

import { z } from 'zod';
import { maxInteger } from '../max-integer.js';
import { id } from './fields.js';

export const watchJobs = z.strictObject({ limit: z.int().min(1).max(100).default(10) });

export const watchLog = z.strictObject({
  jobId: id,
  attempt: z.int().min(0).max(maxInteger).optional(),
  after: z.int().min(0).max(maxInteger).default(0),
});

export const unwatchLog = z.strictObject({ jobId: id });

export type WatchLog = z.output<typeof watchLog>;

/** The answer to a request: `ok`, and what was asked for, or a stable code. */
export type Reply = { ok: true } & Record<string, unknown>;
