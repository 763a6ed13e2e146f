/** What comes in with a submit, by REST and from the panel. */

import { z } from 'zod';
import { text } from './fields.js';
import { logPolicy, storeResults, timeoutMs } from './job-schemas.js';

export const submitBody = z.strictObject({
  username: text().min(1).optional().describe("The name to sign in with; default the owner's"),
  password: z.string().optional().describe('Alone, or with privateKey where the server asks for both'),
  privateKey: z.string().optional().describe('PEM or OpenSSH format; offered before the password'),
  passphrase: z.string().optional(),
  agent: z.string().optional().describe("Administrators only, where allowLocal is on: an SSH agent's socket"),
  timeoutMs: timeoutMs.optional(),
  logPolicy: logPolicy.optional(),
  storeResults: storeResults.optional(),
  remote: z
    .boolean()
    .optional()
    .describe('false: on this machine. Administrators only, where allowLocal is on'),
});
