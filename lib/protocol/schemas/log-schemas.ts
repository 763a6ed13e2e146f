/** The shapes of output that come in and go out. */

import { z } from 'zod';
import type { LogChunk } from '../events.js';
import { streams } from '../log-policy.js';
import { maxInteger } from '../max-integer.js';
import { id, idParameter, time, wholeNumber } from './fields.js';
import { attempt } from './result-schemas.js';

const seqParameter = wholeNumber(0, maxInteger);

/** Bytes of output in one answer; one chunk may be larger alone. */
export const maxPageBytes = 4 * 1024 * 1024;

/** A page of output: at most so many chunks. */
export const jobLogsQuery = z
  .strictObject({
    after: seqParameter.optional().describe('Chunks with a higher seq; default 0'),
    before: seqParameter.optional().describe('The last chunks with a lower seq, in order'),
    line: idParameter.optional().describe('From the chunk on in which this line begins, or the last one'),
    limit: wholeNumber(1, 1000).default(100).describe('At most so many chunks'),
    maxBytes: wholeNumber(1, maxPageBytes)
      .default(maxPageBytes)
      .describe('At most about so many bytes; one chunk comes whatever its size'),
    attempt,
  })
  .describe('At most one of after, before and line');

/** A search in the output: text as it stands, whatever the case. */
export const logSearchQuery = z.strictObject({
  q: z
    .string()
    .min(1)
    .max(500)
    .refine((text) => !/[\r\n]/.test(text), 'must be within one line')
    .describe('The text; case does not matter, colours and other control sequences are looked through'),
  attempt,
  stream: z.enum(streams).optional().describe('Default: both'),
  after: seqParameter.default(0).describe('`next` of the answer before'),
  limit: wholeNumber(1, 10_000).default(1000).describe('About so many lines at most'),
});

/** Which jobs a stream of states begins with. */
export const eventsQuery = z.strictObject({
  limit: wholeNumber(1, 100).default(10).describe('How many jobs it begins with'),
});

/** Where a stream of a log begins. */
export const jobEventsQuery = z.strictObject({
  after: seqParameter.default(0).describe('Chunks with a higher seq'),
  attempt: attempt.describe('Default: the newest, and each newer one that begins'),
});

export const jobLogQuery = z.strictObject({ stream: z.enum(streams).default('stdout'), attempt });

const chunk = {
  seq: z.int().min(1).describe('Starts at 1 for each attempt and rises by one'),
  stream: z.enum(streams),
  offset: z.int().min(0).describe('Bytes of this stream before this chunk'),
  time,
  content: z.string().describe('Decoded as UTF-8'),
};

export const logChunkSchema = z.object({
  ...chunk,
  line: z
    .int()
    .describe('The line of its first byte. Lines count from 1 in the order they begin, over both streams'),
  linesBefore: z.int().describe('Lines of both streams that have begun before it'),
}) satisfies z.ZodType<LogChunk>;

export const jobLogsSchema = z.object({
  items: z.array(logChunkSchema),
  next: z.int().nullable().describe('`after` of the next page; null when there is no more yet'),
});

export const logHitSchema = z.object({
  line: z.int().describe('The number of the line; give it as `line` to /jobs/:id/logs'),
  seq: z.int().describe('The chunk in which the first of the hits ends'),
  stream: z.enum(streams),
  hits: z.int().describe('How often the text is in this line; a line of several chunks comes once for each'),
});

export const logHitsSchema = z.object({
  items: z.array(logHitSchema).describe('Lines with hits, in the order of their chunks'),
  hits: z.int().describe('All hits of this answer'),
  next: z
    .int()
    .nullable()
    .describe('Go on with it as `after`; null when all of the log was searched as it stands now'),
});

export const logSchema = z.object({ id, jobId: id, attempt: z.int(), ...chunk });
