/** Records as JSON: each property is named here, so that nothing slips out with a new column. */

import type { z } from 'zod';
import type { ConnectionReport } from '../protocol/connection-steps.js';
import type { HostKeyState } from '../protocol/host-keys.js';
import type { connectionReport, hostKeyAnswer } from '../protocol/schemas/connection-schemas.js';
import type { ResultRecord } from '../protocol/records.js';
import type { explanationSchema } from '../protocol/schemas/attempt-schemas.js';
import type { Explanation } from '../domain/attempts.js';
import type { resultSchema } from '../protocol/schemas/result-schemas.js';

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
    summary,
    jobId,
    attempt,
    retryOf,
    status,
    failureReason,
    kind,
    isRemote,
    hostname,
    port,
    username,
    via: via.map((hop) => ({ hostname: hop.hostname, port: hop.port })),
    controlDirectory,
    machine,
    workerId,
    isHeld,
    claims,
    unreachableTries,
    message,
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

/** A server's host key. */
export function presentHostKey({ hostKey, offered }: HostKeyState): z.infer<typeof hostKeyAnswer> {
  return {
    hostKey: hostKey && {
      type: hostKey.type,
      fingerprint: hostKey.fingerprint,
      isApproved: hostKey.isApproved,
      firstSeenAt: hostKey.firstSeenAt.toISOString(),
    },
    offered: offered && { ...offered, seenAt: offered.seenAt.toISOString() },
  };
}

/** How the test of a connection went. */
export function presentReport({ isOk, steps }: ConnectionReport): z.infer<typeof connectionReport> {
  return { isOk, steps: steps.map((step) => ({ name: step.name, isOk: step.isOk, message: step.message })) };
}
