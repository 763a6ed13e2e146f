/** The shapes of what comes in and goes out. They validate, and the OpenAPI description is made from them. */

import { z } from 'zod';
import { streams } from '../log-policy.js';
import { attemptParameter, id, idParameter, text, time } from './fields.js';
import { listQuery } from './list-schemas.js';

/** Which chunks of all jobs. */
export const logsQuery = listQuery({
  jobId: idParameter.optional(),
  job: idParameter.optional().describe('The same as jobId'),
  attempt: attemptParameter.optional(),
  stream: z.enum(streams).optional(),
});

/** Which files of all jobs. */
export const resultsQuery = listQuery({
  jobId: idParameter.optional(),
  job: idParameter.optional().describe('The same as jobId'),
  attempt: attemptParameter.optional(),
  remoteFilename: text().optional(),
  name: text().optional().describe('The same as remoteFilename'),
});

export const attempt = attemptParameter.optional().describe('Default: the newest');

export const jobResultFilters = {
  attempt,
  remoteFilename: text().optional(),
  name: text().optional().describe('The same as remoteFilename'),
};

export const attemptQuery = z.strictObject({ attempt });

export const resultSchema = z.object({
  id,
  jobId: id,
  attempt: z.int(),
  remoteFilename: z.string().describe('Relative to the remote directory'),
  size: z.int().min(0).describe('Bytes'),
  createdAt: time,
});

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  database: z.enum(['ok', 'unreachable']).optional(),
  redis: z.enum(['ok', 'unreachable']).optional(),
});
