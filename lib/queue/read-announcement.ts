/** The entrance of the bus: anybody who reaches Redis may say anything. What does not fit is dropped. */

import { z } from 'zod';
import { jobStatuses } from '../protocol/job-status.js';
import type { Announcement } from '../protocol/events.js';
import { maxInteger } from '../protocol/max-integer.js';
import type { Logger } from '../logger.js';

/** No announcement is longer, in characters. */
const mostCharacters = 2_000;
/** What was dropped is told at most so often. */
const tellMs = 60_000;

const id = z.int().min(1).max(maxInteger);
const number = z.int().min(0).max(maxInteger);

const announcement = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), jobId: id, attempt: number, status: z.enum(jobStatuses) }),
  z.object({ type: z.literal('log'), jobId: id, attempt: number, seq: number }),
  z.object({ type: z.literal('cancel'), jobId: id, attempt: number }),
  z.object({
    type: z.literal('retire'),
    hostname: z.string().min(1).max(255),
    port: z.int().min(1).max(65_535),
  }),
  z.object({ type: z.literal('sessions_ended') }),
]) satisfies z.ZodType<Announcement>;

/** Makes the function that reads messages: null for one that does not fit, which the log tells once a minute. */
export function announcementReader(logger: Logger): (message: string) => Announcement | null {
  let dropped = 0;
  let toldAt = -Infinity;
  return (message) => {
    const read = parse(message);
    if (read !== null) return read;
    dropped += 1;
    if (performance.now() - toldAt < tellMs) return null;
    logger.warn(
      { dropped },
      'Dropped announcements that do not fit: who else publishes on this channel of Redis?',
    );
    toldAt = performance.now();
    dropped = 0;
    return null;
  };
}

function parse(message: string): Announcement | null {
  if (message.length > mostCharacters) return null;
  try {
    return announcement.safeParse(JSON.parse(message)).data ?? null;
  } catch {
    return null;
  }
}
