/** What is answered of a server's host key. */

import { z } from 'zod';
import type { HostKeyState } from '../core/host-keys.js';
import { time } from './schemas.js';

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
