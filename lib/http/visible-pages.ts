/** Pages of what a user may see, of each kind of record. */

import { Op, type FindOptions, type WhereOptions } from 'sequelize';
import type { Action } from '../access.js';
import type { User } from '../core/records.js';
import type { Internals } from '../internals.js';
import { havingWords } from '../models/find-words.js';
import { readPage, type ListQuery, type Page } from './pages-of-records.js';
import type { Interpreter, Job, Result, Server } from './targets.js';
import { withoutProgram } from '../models/without-program.js';

/** The words that a filter may also be called by, and the columns they mean. */
const aliases: Readonly<Record<string, string>> = {
  server: 'serverId',
  interpreter: 'interpreterId',
  job: 'jobId',
  name: 'remoteFilename',
};

interface Asked {
  internals: Internals;
  query: ListQuery;
  user: User;
}

export function pageOfInterpreters({ internals, query, user }: Asked): Promise<Page<Interpreter>> {
  return readPage({
    query,
    fetch: (before, limit) =>
      internals.models.Interpreter.findAll(
        newestFirst([filters(internals, query, {}), below(before)], limit),
      ),
    isVisible: (interpreter) => internals.access.isAllowed(user, 'interpreter:read', interpreter),
    isFiltered: internals.access.isDefault,
  });
}

export function pageOfServers({ internals, query, user }: Asked): Promise<Page<Server>> {
  return readPage({
    query,
    fetch: (before, limit) =>
      internals.models.Server.findAll(newestFirst([filters(internals, query), below(before)], limit)),
    isVisible: (server) => internals.access.isAllowed(user, 'server:read', server),
    isFiltered: internals.access.isDefault,
  });
}

/** Without the programs: a hundred of them can be large. */
export function pageOfJobs({ internals, query, user }: Asked): Promise<Page<Job>> {
  const { access, models } = internals;
  const own = access.isDefault && user.isAdmin !== true ? { owner: String(user.id) } : {};
  return readPage({
    query,
    fetch: (before, limit) =>
      models.Job.findAll({
        ...newestFirst([filters(internals, query), own, below(before)], limit),
        ...withoutProgram,
      }),
    isVisible: (job) => access.isAllowed(user, 'job:read', job),
    isFiltered: access.isDefault,
  });
}

export function pageOfResults(asked: Asked): Promise<Page<Result>> {
  const { Result } = asked.internals.models;
  return pageOfJobParts(asked, { action: 'result:read', find: (options) => Result.findAll(options) });
}

/** A page of rows that belong to jobs: who may see them is asked about the job. */
export function pageOfJobParts<Row extends { id: number; jobId: number }>(
  { internals, query, user }: Asked,
  { action, find }: { action: Action; find: (options: FindOptions) => Promise<Row[]> },
): Promise<Page<Row>> {
  const { access, models } = internals;
  const own = access.isDefault && user.isAdmin !== true ? ownJobs(internals, user) : {};
  const jobs = new Map<number, Promise<Job | null>>();
  return readPage({
    query,
    fetch: (before, limit) => find(newestFirst([filters(internals, query), own, below(before)], limit)),
    async isVisible({ jobId }) {
      const finding = jobs.get(jobId) ?? models.Job.findByPk(jobId, withoutProgram);
      jobs.set(jobId, finding);
      const job = await finding;
      return job !== null && access.isAllowed(user, action, job);
    },
    isFiltered: access.isDefault,
  });
}

function newestFirst(conditions: WhereOptions[], limit: number) {
  return { where: { [Op.and]: conditions }, order: [['id', 'DESC']] satisfies FindOptions['order'], limit };
}

function filters(
  { sequelize }: Internals,
  { limit: _limit, cursor: _cursor, ...given }: ListQuery,
  meant = aliases,
): WhereOptions {
  const { titleContains, ...columns } = given;
  const conditions: WhereOptions[] = Object.entries(columns)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ [meant[name] ?? name]: value }));
  if (typeof titleContains === 'string') conditions.push(havingWords(sequelize, 'title', titleContains));
  return { [Op.and]: conditions };
}

function below(before: number | null): WhereOptions {
  return before === null ? {} : { id: { [Op.lt]: before } };
}

/** The tables are named by the migrations. */
function ownJobs({ sequelize }: Internals, user: User): WhereOptions {
  const owner = sequelize.escape(String(user.id));
  return { jobId: { [Op.in]: sequelize.literal(`(SELECT id FROM drs_jobs WHERE owner = ${owner})`) } };
}
