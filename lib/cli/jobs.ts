/** `drs jobs` */

import { Op, type WhereOptions } from 'sequelize';
import type { JobStatus } from '../protocol/job-status.js';
import { internalsOf } from '../internals.js';
import { havingWords } from '../domain/find-words.js';
import { withoutProgram } from '../domain/find-records.js';
import type { RemoteSubmission } from '../remote-submission.js';
import { findByName } from './find-record.js';
import { withInstance } from './instance.js';
import { printJson, printTable, type JsonFlag } from './print.js';

/** The options of the command. */
export interface JobsFlags extends JsonFlag {
  status?: JobStatus[];
  /** The id or the user name of the owner. */
  owner?: string;
  /** A part of the title, whatever the case. */
  title?: string;
  /** The id or the title of the server. */
  server?: string;
  limit: number;
}

type Job = InstanceType<RemoteSubmission['models']['Job']>;

/** Lists jobs, newest first. Resolves to the exit code. @throws CommandError when there is no such server */
export function jobs(flags: JobsFlags): Promise<number> {
  return withInstance(async (drs) => {
    const servers = (await drs.models.Server.findAll()).map(({ id, title }) => ({ id, label: title }));
    const serverId = flags.server === undefined ? undefined : findByName('server', flags.server, servers).id;
    const found = await drs.models.Job.findAll({
      ...withoutProgram,
      where: { [Op.and]: conditions(drs, flags, serverId) },
      include: [
        { association: 'server', attributes: ['id', 'title'] },
        { association: 'interpreter', attributes: ['id', 'name'] },
      ],
      order: [['id', 'DESC']],
      limit: flags.limit + 1,
    });
    const shownJobs = found.slice(0, flags.limit);
    if (flags.json) return printJson(shownJobs.map((job) => job.get({ plain: true })));
    if (process.stdout.isTTY && found.length > flags.limit) {
      process.stderr.write(`drs: these are the newest ${flags.limit}; --limit shows more.\n`);
    }
    return printJobs(shownJobs);
  });
}

function conditions(drs: RemoteSubmission, flags: JobsFlags, serverId: number | undefined): WhereOptions[] {
  const { status, owner, title } = flags;
  return [
    ...(status === undefined ? [] : [{ status }]),
    ...(owner === undefined ? [] : [{ [Op.or]: [{ owner }, { ownerUsername: owner }] }]),
    ...(title === undefined ? [] : [havingWords(internalsOf(drs).sequelize, 'title', title)]),
    ...(serverId === undefined ? [] : [{ serverId }]),
  ];
}

const columns = ['ID', 'STATUS', 'ATTEMPT', 'OWNER', 'SERVER', 'CREATED', 'TITLE'];

function printJobs(found: readonly Job[]): Promise<number> {
  const rows = found.map((job) => {
    const server = job.get('server' as keyof Job) as unknown as { title: string } | undefined;
    const created = job.createdAt.toISOString().replace(/\.\d+/, '');
    return [job.id, statusOf(job), job.attempt, job.ownerUsername, server?.title, created, job.title];
  });
  return printTable(columns, rows);
}

/** As in `failure: exit 7`. */
function statusOf({ status, failureReason, exitCode, signal }: Job): string {
  if (failureReason === null) return status;
  const number = failureReason === 'exit' ? exitCode : failureReason === 'signal' ? signal : null;
  return `${status}: ${[failureReason, number].filter((part) => part !== null).join(' ')}`;
}
