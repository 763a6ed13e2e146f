/** `drs.jobs`: programs to run, and how their newest attempts stand. The same rules, audit and announcements for whoever calls. */

import type { Action } from '../access.js';
import type { User } from '../protocol/records.js';
import type { JobModel } from '../models/model-types.js';
import { parseInput } from '../parse-input.js';
import { readCall, requireMayCreate, type Call, type CallOptions } from './call.js';
import { findRecord, withoutProgram } from './find-records.js';
import { createJob, deleteJob, updateJob, type JobDependencies } from './change-jobs.js';
import {
  jobBody,
  jobPatch,
  jobQuery,
  type JobAnswer,
  type JobChanges,
  type JobFilter,
  type ListedJob,
  type NewJob,
} from '../protocol/schemas/job-schemas.js';
import type { ListAnswer } from '../protocol/schemas/list-schemas.js';
import { presentJob, presentJobs } from './present-jobs.js';
import { untilUnchanged } from './unchanged.js';
import { pageOfRecords } from './visible-pages.js';

/** Jobs as REST answers them: times are texts (ISO 8601). With `as`, what this user may not see is a NotFoundError. */
export interface Jobs {
  /** @throws NotFoundError */
  get(id: number, options?: CallOptions): Promise<JobAnswer>;
  /**
   * Newest first, without their programs.
   * @param filter as of `GET /jobs`; `limit` 1 to 100, default 10
   * @throws ValidationError
   * @example const { items, next } = await drs.jobs.list({ status: 'running', limit: 100 });
   */
  list(filter?: JobFilter, options?: CallOptions): Promise<ListAnswer<ListedJob>>;
  /**
   * A job, which does not run before it is submitted. It belongs to `as`; host code without it gives `owner` and
   * `ownerUsername`, and both are given together.
   * @throws ValidationError that lists every problem, DrsError `program_too_large`, ForbiddenError (`owner_not_allowed`)
   * @example
   * const { id } = await drs.jobs.create({ title, program, serverId: 1, interpreterId: 1 }, { as: request.user });
   * await drs.submitJob(id, { as: request.user });
   */
  create(input: NewJob, options?: CallOptions): Promise<JobAnswer>;
  /**
   * @throws ValidationError that lists every problem, DrsError `program_too_large`, ForbiddenError (`owner_not_allowed`),
   *   NotFoundError, ConflictError `job_active` for anything but the title of a job under way
   */
  update(id: number, changes: JobChanges, options?: CallOptions): Promise<JobAnswer>;
  /** With its logs and results. @throws NotFoundError, ForbiddenError, ConflictError `job_active` */
  delete(id: number, options?: CallOptions): Promise<void>;
}

export function createJobs(dependencies: JobDependencies): Jobs {
  const { sequelize, models, access } = dependencies;
  const find = (call: Call, id: number, action: Action): Promise<JobModel> => {
    const reading = action === 'job:read' ? {} : withoutProgram;
    return findRecord(
      { access, call },
      {
        id,
        action,
        what: 'Job',
        // null keeps a host's CLS transaction out.
        find: (key) => models.Job.findByPk(key, { ...reading, transaction: call.transaction ?? null }),
      },
    );
  };
  return {
    async get(id, options = {}) {
      const call = readCall(sequelize, options);
      return presentJob(dependencies, await find(call, id, 'job:read'), call);
    },
    async list(filter = {}, options = {}) {
      const call = readCall(sequelize, options);
      const query = parseInput(filter, jobQuery);
      const { rows, next } = await pageOfRecords(dependencies, {
        query,
        call,
        readAction: 'job:read',
        visibleTo: ownedBy,
        find: (which) => models.Job.findAll({ ...which, ...withoutProgram }),
      });
      return { items: await presentJobs(dependencies, rows, call), next };
    },
    async create(input, options = {}) {
      const call = readCall(sequelize, options);
      await requireMayCreate(access, call, 'job:create');
      const values = parseInput(input, jobBody);
      const job = await untilUnchanged(() => createJob(dependencies, call, values));
      return presentJob(dependencies, job, call);
    },
    async update(id, input, options = {}) {
      const call = readCall(sequelize, options);
      const job = await untilUnchanged(async () => {
        const before = await find(call, id, 'job:update');
        return updateJob(dependencies, call, { before, changes: parseInput(input, jobPatch) });
      });
      return presentJob(dependencies, job, call);
    },
    async delete(id, options = {}) {
      const call = readCall(sequelize, options);
      await untilUnchanged(async () => deleteJob(dependencies, call, await find(call, id, 'job:delete')));
    },
  };
}

function ownedBy(user: User): { owner: string } {
  return { owner: String(user.id) };
}
