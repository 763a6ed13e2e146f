/** Makes an attempt of a job: what a caller asks for, checked, and stored. */

import { col, fn } from 'sequelize';
import type { Access } from '../access.js';
import { readSubmitOptions } from '../check-input.js';
import { actorOf, type AuditAction } from '../protocol/audit.js';
import { LogPolicy } from '../protocol/log-policy.js';
import { NotFoundError } from '../errors.js';
import { requireProgramSize } from '../limits.js';
import type { JobModel, Models } from '../models/model-types.js';
import type { ResolvedOptions } from '../options.js';
import type { Ticket } from '../queue/job-queue.js';
import type { JobStore } from '../store/job-store.js';
import type { Credential } from '../transports/session.js';
import type { DoneFor } from './call.js';
import { chooseCredential, type CredentialDependencies, type CredentialOptions } from './credentials.js';
import { findJobFor } from './find-records.js';
import { holdUnchanged, untilUnchanged } from './unchanged.js';
import { findUsed, requireLocalAllowed, requireMayUse, seenOf } from './use-rights.js';

/** How to submit a job. What is left out comes from the job, then from the system. */
export interface SubmitOptions extends DoneFor, CredentialOptions {
  /** After this many milliseconds the program is ended. */
  timeoutMs?: number;
  logPolicy?: LogPolicy;
  /** Patterns in order, last match wins, `!` negates. Nothing: every file. Empty: none. */
  storeResults?: string[];
  /** False: on this machine, without SSH. */
  remote?: boolean;
}

/** What attempts are made with. */
export interface MakeDependencies extends CredentialDependencies {
  options: Pick<ResolvedOptions, 'allowLocal' | 'identity' | 'limits' | 'logger' | 'mapUsername'>;
  models: Models;
  access: Access;
  store: Pick<JobStore, 'requests'>;
}

/** What somebody asks for. */
export interface AttemptRequest {
  jobId: number;
  options: SubmitOptions;
  /** What they need the right to do. */
  right: 'job:submit' | 'job:copy';
  /** Asked for the job as it is by then, which may be more than once. */
  plan: (job: JobModel, options: SubmitOptions) => Promise<AttemptPlan> | AttemptPlan;
}

/** The attempt to make, and what the audit calls it. */
export interface AttemptPlan {
  options: SubmitOptions;
  kind: 'run' | 'copy';
  action: AuditAction;
  /** The attempt that it repeats. */
  retryOf?: number;
}

/** An attempt that was made. */
export interface MadeAttempt {
  ticket: Ticket;
  credential: Credential | null;
  retryOf?: number;
}

/**
 * @param mayRemember false: there is no secret to seal a credential with, and it stays in this process
 * @throws NotFoundError, ForbiddenError, ValidationError, ConflictError `job_active`, DrsError `secret_missing`
 */
export async function makeAttempt(
  dependencies: MakeDependencies,
  request: AttemptRequest,
  mayRemember: boolean,
): Promise<MadeAttempt> {
  const options = readSubmitOptions(request.options);
  return untilUnchanged(() => makeOnce(dependencies, { ...request, options }, mayRemember));
}

async function makeOnce(
  dependencies: MakeDependencies,
  { jobId, options: given, right, plan }: AttemptRequest,
  mayRemember: boolean,
): Promise<MadeAttempt> {
  const { as, by } = given;
  const job = await findJobFor(dependencies, { id: jobId, as, action: right });
  const { options, kind, action, retryOf } = await plan(job, given);
  if (kind === 'copy' && right !== 'job:copy') {
    await findJobFor(dependencies, { id: jobId, as, action: 'job:copy' });
  }
  const isRemote = options.remote ?? true;
  const used = await findUsed(dependencies, job);
  await requireMayUse(dependencies, { as }, used);
  const { server, via } = used;
  if (server === null) throw new NotFoundError(`Server ${job.serverId}`);
  requireLocalAllowed(dependencies.options, options);
  await requireStoredProgramFits(dependencies, jobId);
  const { username, credential } = isRemote
    ? await chooseCredential(dependencies, { job, server, via, given: options })
    : { username: job.ownerUsername, credential: null };
  const { attempt } = await dependencies.store.requests.submit({
    ...{ jobId, kind, isRemote, username, retryOf },
    credential: mayRemember ? credential : null,
    logPolicy: options.logPolicy ?? job.logPolicy ?? LogPolicy.live,
    timeoutMs: options.timeoutMs ?? job.timeoutMs,
    storeResults: options.storeResults ?? job.storeResults,
    submittedBy: as ?? null,
    confirm: (transaction) => holdUnchanged([{ what: 'Job', seen: job }, ...seenOf(used)], transaction),
    audit: {
      by: actorOf(as, by),
      action,
      detail: isRemote ? `as ${username}, with ${credentialInWords(credential)}` : 'on this machine',
    },
  });
  return { ticket: { jobId, attempt }, credential, ...(retryOf === undefined ? {} : { retryOf }) };
}

/** The limit may be a lower one by now. Its size alone is read. */
async function requireStoredProgramFits(
  { models, options }: Pick<MakeDependencies, 'models' | 'options'>,
  jobId: number,
): Promise<void> {
  const [row] = await models.Job.findAll({
    where: { id: jobId },
    attributes: [[fn('octet_length', col('program')), 'bytes']],
    raw: true,
  });
  requireProgramSize(Number((row as unknown as { bytes: number } | undefined)?.bytes ?? 0), options.limits);
}

function credentialInWords(credential: Credential | null): string {
  if (credential === null) return "the app's own key";
  const { password, privateKey, agent } = credential;
  return [privateKey && 'a private key', agent && 'an agent', password && 'a password']
    .filter(Boolean)
    .join(' and ');
}
