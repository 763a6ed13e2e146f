/** What comes in and goes out about jobs, for host code, REST and OpenAPI alike. */

import { z } from 'zod';
import { failureReasons, jobStatuses } from '../job-status.js';
import { logPolicies } from '../log-policy.js';
import * as rules from '../rules.js';
import {
  attemptParameter,
  by,
  id,
  idParameter,
  messageOf,
  listed,
  text,
  textBy,
  time,
  wholeBy,
} from './fields.js';
import { listQuery } from './list-schemas.js';

export const logPolicy = z.enum(logPolicies, messageOf(rules.logPolicy));
export const timeoutMs = wholeBy(rules.timeoutMs).describe('Milliseconds after which the program is ended');
export const storeResults = z
  .array(listed(), messageOf(rules.storeResults))
  .max(rules.maxPatterns)
  .superRefine(by(rules.storeResults))
  .describe('Patterns in order, the last match wins, `!` negates. None given: every file. Empty: none.');

export const jobBody = z.strictObject({
  title: textBy(rules.name('the title')),
  program: textBy(rules.program).describe('The text of the program'),
  remoteDirectory: textBy(rules.remoteDirectory)
    .optional()
    .describe(
      'Where it runs; may hold {job}, {attempt} and {owner}; made if missing. Default ~/drs-jobs/{job}-{attempt}',
    ),
  remoteFilename: textBy(rules.remoteFilename)
    .optional()
    .describe('The name of the program there. Default program'),
  serverId: wholeBy(rules.reference('a server')),
  interpreterId: wholeBy(rules.reference('an interpreter')),
  timeoutMs: timeoutMs.nullable().optional(),
  logPolicy: logPolicy.nullable().optional(),
  storeResults: storeResults.nullable().optional(),
  owner: textBy(rules.name('the owner'))
    .optional()
    .describe('Administrators only: the id of the user it belongs to; given with ownerUsername'),
  ownerUsername: textBy(rules.username)
    .optional()
    .describe('Administrators only: the name of that user on servers'),
});

export const jobPatch = jobBody.partial();

export const jobQuery = listQuery({
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
  server: z.object({ id, title: z.string().nullable().describe('null: you may not read the server') }),
  interpreter: z.object({
    id,
    name: z.string().nullable().describe('null: you may not read the interpreter'),
  }),
  status: z.enum(jobStatuses),
  attempt: z.int().min(0).describe('The number of the newest attempt; 0 before the first submit'),
  failureReason: z.enum(failureReasons).nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  message: z.string().nullable().describe('Why it failed and what to do, or what it waits for'),
  timeoutMs: z.int().nullable(),
  logPolicy: z.enum(logPolicies).nullable(),
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
    .describe(
      'What you have the right to do (to submit and to copy: with its server and its interpreter, too); whether it makes sense just now, `status` says',
    ),
});

/** A job in a list: its program is left out, because a hundred programs can be large. */
export const listedJobSchema = jobRecordSchema.omit({ program: true });

/** What `drs.jobs.create` takes. */
export type NewJob = z.input<typeof jobBody>;
/** What `drs.jobs.update` takes. */
export type JobChanges = z.input<typeof jobPatch>;
/** What `drs.jobs.list` takes. */
export type JobFilter = Partial<z.output<typeof jobQuery>>;
/** A job as it is answered. */
export type JobAnswer = z.infer<typeof jobSchema>;
/** A job in a list, without its program. */
export type ListedJob = z.infer<typeof listedJobSchema>;
