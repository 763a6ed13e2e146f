/** The routes of events, for clients that cannot have a socket. */

import type { z } from 'zod';
import { eventsQuery, jobEventsQuery } from '../../protocol/schemas/log-schemas.js';
import { defineRoute, type Route } from '../route.js';
import { maxInteger } from '../../protocol/max-integer.js';
import { loadJob } from '../targets.js';
import { attemptOf } from '../../domain/attempt-of.js';

const stream = { description: 'Server-Sent Events', contentType: 'text/event-stream; charset=utf-8' };

/** `attempt.seq`, as each `log` event carries it. */
const eventId = /^(\d{1,10})\.(\d{1,10})$/;

export const eventRoutes: Route[] = [
  defineRoute<typeof eventsQuery, z.ZodObject>({
    method: 'get',
    path: '/events',
    isStream: true,
    summary: 'States of jobs as they change: `watch` { jobs } with the newest, then `status` for each change',
    query: eventsQuery,
    answers: { 200: stream },
    handle: ({ streams, query, identifyAnew }) => streams.openJobs(query.limit, identifyAnew),
  }),
  defineRoute({
    method: 'get',
    path: '/jobs/:id/events',
    isStream: true,
    summary:
      'The log and the states of a job: `watch` { attempt, head }, `status`, and `log` from `after` or Last-Event-ID on',
    action: 'log:read',
    load: loadJob,
    query: jobEventsQuery,
    answers: { 200: stream },
    handle({ streams, target, query, headers, identifyAnew }) {
      const { attempt, after } = cursorOf(headers['last-event-id'], query);
      const options = {
        attempt: attemptOf(target, attempt),
        after,
        isFollowing: query.attempt === undefined,
      };
      return streams.openLog(target, options, identifyAnew);
    },
  }),
];

/** A client that comes back says where it was; the query is that of its first request. */
function cursorOf(
  lastEventId: string | string[] | undefined,
  query: z.output<typeof jobEventsQuery>,
): { attempt?: number; after: number } {
  const [attempt, seq] = (eventId.exec(String(lastEventId)) ?? []).slice(1).map(Number);
  const isKnown = attempt !== undefined && seq !== undefined && attempt <= maxInteger && seq <= maxInteger;
  if (!isKnown || (query.attempt ?? attempt) !== attempt) return query;
  return { attempt, after: seq };
}
