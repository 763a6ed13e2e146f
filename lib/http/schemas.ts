/** The shapes of what comes in and goes out. They validate, and the OpenAPI description is made from them. */

import { z } from 'zod';
import { failureReasons, jobStatuses } from '../core/job-status.js';
import { logPolicies, streams } from '../core/log-policy.js';
import { maxPatterns } from '../models/rules.js';

/** The largest value of an identifier: PostgreSQL's `integer`. */
export const maxId = 2_147_483_647;

export const id = z.int().min(1).max(maxId);

/** A whole number in an address: digits alone, so that neither nothing nor `0x1` is taken for one. */
export function wholeNumber(lowest: number, highest: number, tooHigh?: string) {
  const toNumber = (value: unknown) =>
    typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return z.preprocess(toNumber, z.int('must be a whole number').min(lowest).max(highest, tooHigh));
}

export const idParameter = wholeNumber(1, maxId);
const attemptParameter = wholeNumber(0, maxId);

/** Text that PostgreSQL can hold in every type: no NUL, no half of a surrogate pair. */
const text = () =>
  z
    .string()
    .refine((value) => !value.includes('\0'), 'must not contain the character NUL')
    .refine((value) => !/\p{Surrogate}/u.test(value), 'must be valid Unicode');

export const time = z.iso.datetime();

export const interpreterBody = z.strictObject({
  name: text().describe('As people call it, such as "Python 3"'),
  path: text().describe('The executable on the server, absolute or looked up in its PATH'),
  arguments: z.array(text()).optional().describe('Given before the file name, in order'),
});

export const interpreterPatch = interpreterBody.partial();

export const serverBody = z.strictObject({
  title: text(),
  hostname: text(),
  port: z.int().min(1).max(65_535).optional().describe('Default 22'),
  interpreterIds: z.array(id).max(1000).optional().describe('The interpreters that this server has'),
  proxyJump: id
    .nullable()
    .optional()
    .describe(
      'The server that it is reached through, with its own before it: five at most. Default, and null: none',
    ),
  controlDirectory: text()
    .nullable()
    .optional()
    .describe('Where attempts are watched over: absolute, or below ~/. Default, and null: ~/.drs'),
  legacyAlgorithms: z
    .boolean()
    .optional()
    .describe('Allows what OpenSSH has given up: SHA-1, CBC, RSA host keys below 2048 bits. Default false'),
});

export const serverPatch = serverBody.partial();

const logPolicy = z.enum(logPolicies);
const timeoutMs = z.int().min(1).max(maxId).describe('Milliseconds after which the program is ended');
const storeResults = z
  .array(text())
  .max(maxPatterns)
  .describe('Patterns in order, the last match wins, `!` negates. None given: every file. Empty: none.');

export const jobBody = z.strictObject({
  title: text(),
  program: text().describe('The text of the program'),
  remoteDirectory: text().describe('Where it runs; may hold {job}, {attempt} and {owner}; made if missing'),
  remoteFilename: text().describe('The name of the program there'),
  serverId: id,
  interpreterId: id,
  timeoutMs: timeoutMs.nullable().optional(),
  logPolicy: logPolicy.nullable().optional(),
  storeResults: storeResults.nullable().optional(),
  owner: text().min(1).optional().describe('Administrators only: the id of the user it belongs to'),
  ownerUsername: text().min(1).optional().describe('Administrators only: the name of that user on servers'),
});

export const jobPatch = jobBody.partial();

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

export const interpreterFilters = { name: text().optional(), path: text().optional() };

export const serverFilters = {
  title: text().optional(),
  hostname: text().optional(),
  port: wholeNumber(1, 65_535).optional(),
  legacyAlgorithms: z
    .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
    .optional(),
  proxyJump: idParameter.optional().describe('Those that are reached through this server next'),
};

export const jobFilters = {
  status: z.enum(jobStatuses).optional(),
  owner: text().optional(),
  serverId: idParameter.optional(),
  server: idParameter.optional().describe('The same as serverId'),
  interpreterId: idParameter.optional(),
  interpreter: idParameter.optional().describe('The same as interpreterId'),
  title: text().optional(),
  titleContains: text().max(255).optional().describe('A part of the title, whatever the case'),
  attempt: attemptParameter.optional(),
  failureReason: z.enum(failureReasons).optional(),
};

export const logFilters = {
  jobId: idParameter.optional(),
  job: idParameter.optional().describe('The same as jobId'),
  attempt: attemptParameter.optional(),
  stream: z.enum(streams).optional(),
};

export const resultFilters = {
  jobId: idParameter.optional(),
  job: idParameter.optional().describe('The same as jobId'),
  attempt: attemptParameter.optional(),
  remoteFilename: text().optional(),
  name: text().optional().describe('The same as remoteFilename'),
};

export const attempt = attemptParameter.optional().describe('Default: the newest');

export const jobResultFilters = {
  attempt,
  remoteFilename: text().optional(),
  name: text().optional().describe('The same as remoteFilename'),
};

export const attemptQuery = z.strictObject({ attempt });

export const interpreterSchema = z.object({
  id,
  name: z.string(),
  path: z.string(),
  arguments: z.array(z.string()),
});

export const serverSchema = z.object({
  id,
  title: z.string(),
  hostname: z.string(),
  port: z.int(),
  proxyJump: id.nullable().describe('The server that it is reached through; null: none'),
  interpreterIds: z.array(id),
  interpreters: z.array(z.object({ id, name: z.string(), path: z.string() })),
  controlDirectory: z
    .string()
    .nullable()
    .optional()
    .describe('Only for those who may change the server; null: ~/.drs'),
  legacyAlgorithms: z.boolean().describe('It may choose algorithms that OpenSSH has given up'),
  hostKey: z
    .object({ type: z.string(), fingerprint: z.string(), isApproved: z.boolean() })
    .nullable()
    .describe('The key that the server must show; null before it was seen'),
});

const jobRecordSchema = z.object({
  id,
  uuid: z.string(),
  title: z.string(),
  program: z.string(),
  remoteDirectory: z.string(),
  remoteFilename: z.string(),
  owner: z.string(),
  ownerUsername: z.string(),
  serverId: id,
  interpreterId: id,
  server: z.object({ id, title: z.string() }),
  interpreter: z.object({ id, name: z.string() }),
  status: z.enum(jobStatuses),
  attempt: z.int().min(0).describe('The number of the newest attempt; 0 before the first submit'),
  failureReason: z.enum(failureReasons).nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  message: z.string().nullable().describe('Why it failed and what to do, or what it waits for'),
  timeoutMs: z.int().nullable(),
  logPolicy: logPolicy.nullable(),
  storeResults: z.array(z.string()).nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
});

/** One job, with what the user who asks may do with it. */
export const jobSchema = jobRecordSchema.extend({
  allowed: z
    .object({
      update: z.boolean(),
      delete: z.boolean(),
      submit: z.boolean(),
      copy: z.boolean(),
      cancel: z.boolean(),
    })
    .describe('What you have the right to do; whether it makes sense just now, `status` says'),
});

/** A job in a list: its program is left out, because a hundred programs can be large. */
export const listedJobSchema = jobRecordSchema.omit({ program: true });

export const resultSchema = z.object({
  id,
  jobId: id,
  attempt: z.int(),
  remoteFilename: z.string().describe('Relative to the remote directory'),
  size: z.int().min(0).describe('Bytes'),
  createdAt: time,
});

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  database: z.enum(['ok', 'unreachable']).optional(),
  redis: z.enum(['ok', 'unreachable']).optional(),
});
