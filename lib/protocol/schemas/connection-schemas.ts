/** What is answered of a server's host key, and of the test of a connection. */

import { z } from 'zod';
import { connectionSteps } from '../connection-steps.js';
import { time } from './fields.js';

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

export const connectionReport = z.object({
  isOk: z.boolean(),
  steps: z
    .array(z.object({ name: z.enum(connectionSteps), isOk: z.boolean(), message: z.string() }))
    .describe('In this order; the first that fails is the last'),
});
