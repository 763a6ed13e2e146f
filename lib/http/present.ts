/** Records as JSON: each property is named here, so that nothing slips out with a new column. */

import type { z } from 'zod';
import type { ResultRecord } from '../protocol/records.js';
import type { explanationSchema } from './attempt-schemas.js';
import type { Explanation } from '../remote-submission.js';
import type { resultSchema } from './schemas.js';

export function presentResult(result: ResultRecord): z.infer<typeof resultSchema> {
  const { id, jobId, attempt, remoteFilename, size, createdAt } = result;
  return { id, jobId, attempt, remoteFilename, size, createdAt: createdAt.toISOString() };
}

export function presentExplanation(explanation: Explanation): z.infer<typeof explanationSchema> {
  const { summary, jobId, attempt, retryOf, status, failureReason, kind, isRemote, message } = explanation;
  const { hostname, port, via, username, controlDirectory, workerId, isHeld, claims } = explanation;
  const { leaseUntil, permittedAt, startedAt, machine, endedAt, finishedAt, nextTryAt } = explanation;
  const { unreachableSince, unreachableTries, cancelRequestedAt } = explanation;
  return {
    ...{ summary, jobId, attempt, retryOf, status, failureReason, kind, isRemote, hostname, port, username },
    via: via.map((hop) => ({ hostname: hop.hostname, port: hop.port })),
    ...{ controlDirectory, machine, workerId, isHeld, claims, unreachableTries, message },
    leaseUntil: leaseUntil?.toISOString() ?? null,
    submittedAt: explanation.submittedAt.toISOString(),
    permittedAt: permittedAt?.toISOString() ?? null,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    nextTryAt: nextTryAt?.toISOString() ?? null,
    unreachableSince: unreachableSince?.toISOString() ?? null,
    cancelRequestedAt: cancelRequestedAt?.toISOString() ?? null,
  };
}
