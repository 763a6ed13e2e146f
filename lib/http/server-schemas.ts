/** What is answered of a server's host key, and of the test of a connection. */

import { z } from 'zod';
import { connectionSteps, type ConnectionReport } from '../protocol/connection-steps.js';
import type { HostKeyState } from '../protocol/host-keys.js';
import { time } from '../domain/fields.js';

const fingerprint = z.string().describe('SHA256:…, as `ssh-keygen -l` prints it');

export const hostKeyAnswer = z.object({
  hostKey: z
    .object({ type: z.string(), fingerprint, isApproved: z.boolean(), firstSeenAt: time })
    .nullable()
    .describe('The key that the server must show; null: none is pinned'),
  offered: z
    .object({ type: z.string(), fingerprint, seenAt: time })
    .nullable()
    .describe('The other key that it showed last, and was refused for; null: none'),
});

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

export const connectionReport = z.object({
  isOk: z.boolean(),
  steps: z
    .array(z.object({ name: z.enum(connectionSteps), isOk: z.boolean(), message: z.string() }))
    .describe('In this order; the first that fails is the last'),
});

export function presentReport({ isOk, steps }: ConnectionReport): z.infer<typeof connectionReport> {
  return { isOk, steps: steps.map((step) => ({ name: step.name, isOk: step.isOk, message: step.message })) };
}
