/** What comes in and goes out about a server's host key, and the test of a connection. */

import { z } from 'zod';
import { connectionSteps } from '../connection-steps.js';
import { forNoKey, isForNoKey } from '../passphrase.js';
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

/** Which key somebody says is the right one. */
export const approveInput = z.strictObject({
  fingerprint: z.string().min(1).max(255).describe('SHA256:…, as `ssh-keygen -l` prints it'),
});

/** What somebody gives to sign in with. Nothing is the app's own key. */
export const signInInput = z
  .strictObject({
    username: z
      .string()
      .min(1)
      .max(255)
      .refine((name) => !name.startsWith('-') && !/\p{Cc}/u.test(name), 'must be a name on the server')
      .optional()
      .describe('The name to sign in with; default your own'),
    password: z.string().optional().describe('Alone, or with privateKey where the server asks for both'),
    privateKey: z.string().optional().describe('PEM or OpenSSH format; offered before the password'),
    passphrase: z.string().optional(),
  })
  .refine((given) => !isForNoKey(given), { path: ['passphrase'], message: forNoKey });
