/** What the routes answer about an attempt. */

import { z } from 'zod';
import { failureReasons, jobStatuses } from '../job-status.js';
import { id, time } from './fields.js';

export const submissionSchema = z.object({ jobId: id, attempt: z.int().min(0), status: z.enum(jobStatuses) });

export const retrySchema = submissionSchema.extend({
  retryOf: z.int().min(1).describe('The attempt that it repeats'),
});

export const explanationSchema = z.object({
  summary: z.string().describe('What happens next, and who has to do it'),
  jobId: id,
  attempt: z.int().min(1),
  retryOf: z.int().nullable().describe('The attempt that it repeats'),
  status: z.enum(jobStatuses),
  failureReason: z.enum(failureReasons).nullable(),
  kind: z.enum(['run', 'copy']),
  isRemote: z.boolean(),
  hostname: z.string(),
  port: z.int(),
  via: z
    .array(z.object({ hostname: z.string(), port: z.int() }))
    .describe('Its jump hosts, the one that is reached first'),
  username: z.string(),
  controlDirectory: z.string().nullable().describe('On the server, absolute; null: not chosen yet'),
  workerId: z.string().nullable(),
  isHeld: z.boolean().describe('A worker carries it out'),
  leaseUntil: time.nullable(),
  claims: z.int().describe('How often a worker took it or gave it up'),
  submittedAt: time,
  permittedAt: time.nullable().describe('From then on it may have begun'),
  startedAt: time.nullable(),
  machine: z.string().nullable().describe('Where it began: host name, boot and container'),
  endedAt: time.nullable().describe('When its end was seen; then its output and files are brought'),
  finishedAt: time.nullable(),
  nextTryAt: time.nullable(),
  unreachableSince: time.nullable(),
  unreachableTries: z.int(),
  cancelRequestedAt: time.nullable(),
  message: z.string().nullable(),
});
