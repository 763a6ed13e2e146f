/** Jobs as they are answered: each property is named here, so that nothing slips out with a new column. */

import type { Access } from '../access.js';
import type { JobModel, Models } from '../models/model-types.js';
import { isAllowed, type Call } from './call.js';
import type { JobAnswer, ListedJob } from '../protocol/schemas/job-schemas.js';
import { readableNames, readableTitles } from './readable-names.js';
import { findUsed, mayUse } from './use-rights.js';

/** What can be done with a job that is there. */
const jobActions = ['update', 'delete', 'submit', 'copy', 'cancel'] as const;

/** Jobs with the names of their servers and interpreters: of those that the caller may read. */
export async function presentJobs(
  dependencies: { models: Models; access: Access },
  jobs: readonly JobModel[],
  call: Pick<Call, 'as' | 'transaction'>,
): Promise<ListedJob[]> {
  const serverIds = jobs.map((job) => job.serverId);
  const titles = await readableTitles(dependencies, serverIds, call);
  const interpreterIds = jobs.map((job) => job.interpreterId);
  const names = await readableNames(dependencies, interpreterIds, call);
  return jobs.map((job) => ({
    ...columnsOf(job),
    server: { id: job.serverId, title: titles.get(job.serverId) ?? null },
    interpreter: { id: job.interpreterId, name: names.get(job.interpreterId) ?? null },
  }));
}

/** One job, with its program and what the caller may do with it. */
export async function presentJob(
  dependencies: { models: Models; access: Access },
  job: JobModel,
  call: Call,
): Promise<JobAnswer> {
  const [listed] = await presentJobs(dependencies, [job], call);
  const { access } = dependencies;
  const mayRun =
    call.as === undefined ||
    (await mayUse(access, call, await findUsed(dependencies, job, call.transaction)));
  const asked = jobActions.map(async (name) => {
    const isPossible = mayRun || (name !== 'submit' && name !== 'copy');
    return [
      name,
      isPossible && (await isAllowed(access, call, { action: `job:${name}`, record: job })),
    ] as const;
  });
  const allowed = Object.fromEntries(await Promise.all(asked)) as JobAnswer['allowed'];
  return { ...(listed as ListedJob), program: job.program, allowed };
}

function columnsOf(job: JobModel): Omit<ListedJob, 'server' | 'interpreter'> {
  const { id, uuid, title, remoteDirectory, remoteFilename, owner, ownerUsername } = job;
  const { serverId, interpreterId, status, attempt, failureReason, exitCode, signal, message } = job;
  const { timeoutMs, logPolicy, storeResults, startedAt, finishedAt, createdAt, updatedAt } = job;
  return {
    id,
    uuid,
    title,
    remoteDirectory,
    remoteFilename,
    owner,
    ownerUsername,
    serverId,
    interpreterId,
    status,
    attempt,
    // A row that was just made has no value for what it was not given.
    failureReason: failureReason ?? null,
    exitCode: exitCode ?? null,
    signal: signal ?? null,
    message: message ?? null,
    timeoutMs: timeoutMs ?? null,
    logPolicy: logPolicy ?? null,
    storeResults: storeResults ?? null,
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
