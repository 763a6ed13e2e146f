/** Pages of what a caller may see, newest first. */

import { Op, type FindOptions, type Sequelize, type WhereOptions } from 'sequelize';
import type { Access, AccessRecord, Action } from '../access.js';
import type { User } from '../protocol/records.js';
import { havingWords } from './find-words.js';
import type { JobModel, Models } from '../models/model-types.js';
import { withoutProgram } from './find-records.js';
import { isAllowed, type Call } from './call.js';
import { readPage, type Page } from './pages.js';
import type { ListQuery } from '../protocol/schemas/list-schemas.js';

/** The words that a filter may also be called by, and the columns they mean. */
const commonAliases: Readonly<Record<string, string>> = {
  server: 'serverId',
  interpreter: 'interpreterId',
  job: 'jobId',
};

interface Dependencies {
  sequelize: Sequelize;
  access: Access;
}

/** A list to read. */
export interface ListRequest<Row> {
  query: ListQuery;
  call: Pick<Call, 'as' | 'transaction'>;
  readAction: Action;
  find: (options: FindOptions) => Promise<Row[]>;
  /** More words for filters, and the columns they mean. */
  aliases?: Readonly<Record<string, string>>;
  /** What the default rules let this user see, for the database to leave out the rest. Host's own rules are asked. */
  visibleTo?: (user: User) => WhereOptions;
}

/** A page of records that the caller may see. */
export function pageOfRecords<Row extends { id: number } & NonNullable<AccessRecord>>(
  dependencies: Dependencies,
  request: ListRequest<Row>,
): Promise<Page<Row>> {
  const { call, readAction: action } = request;
  return pageOf(dependencies, request, (record) => isAllowed(dependencies.access, call, { action, record }));
}

/** A page of rows that belong to jobs: who may see them is asked about the job. */
export function pageOfJobParts<Row extends { id: number; jobId: number }>(
  dependencies: Dependencies & { models: Pick<Models, 'Job'> },
  request: Omit<ListRequest<Row>, 'visibleTo'>,
): Promise<Page<Row>> {
  const { access, models, sequelize } = dependencies;
  const { call, readAction: action } = request;
  const { transaction } = call;
  const jobs = new Map<number, Promise<JobModel | null>>();
  const visibleTo = (user: User): WhereOptions => ofOwnJobs(sequelize, user);
  return pageOf(dependencies, { ...request, visibleTo }, async ({ jobId }) => {
    const finding = jobs.get(jobId) ?? models.Job.findByPk(jobId, { ...withoutProgram, transaction });
    jobs.set(jobId, finding);
    const record = await finding;
    return record !== null && isAllowed(access, call, { action, record });
  });
}

function pageOf<Row extends { id: number }>(
  { sequelize, access }: Dependencies,
  { query, call, find, aliases, visibleTo }: ListRequest<Row>,
  isVisible: (row: Row) => Promise<boolean>,
): Promise<Page<Row>> {
  const { as, transaction } = call;
  const isFiltered = access.isDefault || as === undefined;
  const visible = access.isDefault && as && as.isAdmin !== true ? (visibleTo?.(as) ?? {}) : {};
  const conditions = filtersOf(sequelize, query, { ...commonAliases, ...aliases });
  return readPage({
    query,
    fetch: (before, limit) =>
      find({
        where: { [Op.and]: [conditions, visible, below(before)] },
        order: [['id', 'DESC']],
        limit,
        transaction,
      }),
    isVisible,
    isFiltered,
  });
}

function filtersOf(
  sequelize: Sequelize,
  { limit: _limit, cursor: _cursor, ...given }: ListQuery,
  aliases: Readonly<Record<string, string>>,
): WhereOptions {
  const { titleContains, ...columns } = given;
  const conditions: WhereOptions[] = Object.entries(columns)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ [aliases[name] ?? name]: value }));
  if (typeof titleContains === 'string') conditions.push(havingWords(sequelize, 'title', titleContains));
  return { [Op.and]: conditions };
}

function below(before: number | null): WhereOptions {
  return before === null ? {} : { id: { [Op.lt]: before } };
}

/** The tables are named by the migrations. */
function ofOwnJobs(sequelize: Sequelize, user: User): WhereOptions {
  const owner = sequelize.escape(String(user.id));
  return { jobId: { [Op.in]: sequelize.literal(`(SELECT id FROM drs_jobs WHERE owner = ${owner})`) } };
}
