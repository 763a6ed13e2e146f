/** Records as JSON: each property is named here, so that nothing slips out with a new column. */

import type { z } from 'zod';
import type { InterpreterRecord, ResultRecord, User } from '../core/records.js';
import type { Internals } from '../internals.js';
import type { explanationSchema } from './attempt-schemas.js';
import type { Explanation } from '../remote-submission.js';
import type { interpreterSchema, listedJobSchema, resultSchema, serverSchema } from './schemas.js';
import type { Job, Server } from './targets.js';

/** What can be done with a job that is there. */
const jobActions = ['update', 'delete', 'submit', 'copy', 'cancel'] as const;

type ListedJob = z.infer<typeof listedJobSchema>;

export function presentInterpreter(interpreter: InterpreterRecord): z.infer<typeof interpreterSchema> {
  const { id, name, path, arguments: args } = interpreter;
  return { id, name, path, arguments: args };
}

/** Servers with their host keys, and with those of their interpreters that the user may see. */
export async function presentServers(
  internals: Internals,
  servers: readonly Server[],
  user: User,
): Promise<z.infer<typeof serverSchema>[]> {
  return Promise.all(servers.map((server) => presentServer(internals, server, user)));
}

async function presentServer(
  internals: Internals,
  server: Server,
  user: User,
): Promise<z.infer<typeof serverSchema>> {
  const { id, title, hostname, port, proxyJump, controlDirectory, legacyAlgorithms } = server;
  const [linked, key, mayUpdate] = await Promise.all([
    server.getInterpreters(),
    internals.hostKeys.find(hostname, port),
    internals.access.isAllowed(user, 'server:update', server),
  ]);
  const interpreters: { id: number; name: string; path: string }[] = [];
  for (const interpreter of linked.sort((a, b) => a.id - b.id)) {
    if (!(await internals.access.isAllowed(user, 'interpreter:read', interpreter))) continue;
    interpreters.push({ id: interpreter.id, name: interpreter.name, path: interpreter.path });
  }
  return {
    id,
    title,
    hostname,
    port,
    proxyJump,
    interpreterIds: interpreters.map((interpreter) => interpreter.id),
    interpreters,
    ...(mayUpdate ? { controlDirectory } : {}),
    legacyAlgorithms,
    hostKey: key && { type: key.type, fingerprint: key.fingerprint, isApproved: key.isApproved },
  };
}

/** Jobs with the names of their servers and interpreters. */
export async function presentJobs({ models }: Internals, jobs: readonly Job[]): Promise<ListedJob[]> {
  const [servers, interpreters] = await Promise.all([
    models.Server.findAll({ where: { id: [...new Set(jobs.map((job) => job.serverId))] } }),
    models.Interpreter.findAll({ where: { id: [...new Set(jobs.map((job) => job.interpreterId))] } }),
  ]);
  const titles = new Map(servers.map(({ id, title }) => [id, title]));
  const names = new Map(interpreters.map(({ id, name }) => [id, name]));
  return jobs.map((job) => ({
    ...jobColumns(job),
    server: { id: job.serverId, title: titles.get(job.serverId) ?? '' },
    interpreter: { id: job.interpreterId, name: names.get(job.interpreterId) ?? '' },
  }));
}

/** One job, with its program and what the user may do with it. */
export async function presentJob(internals: Internals, job: Job, user: User): Promise<object> {
  const [listed] = await presentJobs(internals, [job]);
  const asked = jobActions.map(
    async (name) => [name, await internals.access.isAllowed(user, `job:${name}`, job)] as const,
  );
  return { ...listed, program: job.program, allowed: Object.fromEntries(await Promise.all(asked)) };
}

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
    ...{ summary, jobId, attempt, retryOf, status, failureReason, kind, isRemote, hostname, port, username },
    via: via.map((hop) => ({ hostname: hop.hostname, port: hop.port })),
    ...{ controlDirectory, machine, workerId, isHeld, claims, unreachableTries, message },
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

function jobColumns(job: Job): Omit<ListedJob, 'server' | 'interpreter'> {
  const { id, uuid, title, remoteDirectory, remoteFilename, owner, ownerUsername } = job;
  const { serverId, interpreterId, status, attempt, failureReason, exitCode, signal, message } = job;
  const { timeoutMs, logPolicy, storeResults, startedAt, finishedAt, createdAt, updatedAt } = job;
  return {
    ...{ id, uuid, title, remoteDirectory, remoteFilename, owner, ownerUsername },
    ...{ serverId, interpreterId, status, attempt, failureReason, exitCode, signal, message },
    ...{ timeoutMs, logPolicy, storeResults },
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
