/** Streams of stored bytes for host code: results and output. */

import { Readable } from 'node:stream';
import { z } from 'zod';
import { requireDoneFor, requireOptions } from '../check-input.js';
import type { ByteRange } from '../protocol/byte-range.js';
import { streams, type Stream } from '../protocol/log-policy.js';
import type { User } from '../protocol/records.js';
import { parseInput } from '../parse-input.js';
import type { Access } from '../access.js';
import { logSize, openLog } from '../store/log-bytes.js';
import type { Models } from '../models/define-models.js';
import type { FileStorage } from '../storage/file-storage.js';
import { attemptOf } from './attempt-of.js';
import { findJobFor, findRow, withoutProgram } from './find-records.js';

interface Dependencies {
  models: Models;
  storage: FileStorage;
  access: Access;
}

/** For whom something is read; without it host code is trusted. */
interface ReadFor {
  as?: User;
}

/** Stored files. */
export interface ResultFiles {
  /**
   * The bytes of a result. A range that begins in the file and ends behind it is cut.
   * @param range bytes from 0, both ends included; without it the whole file
   * @throws NotFoundError, ValidationError; with `as` also ForbiddenError
   */
  open(resultId: number, range?: ByteRange, options?: ReadFor): Promise<Readable>;
}

/** Stored output. */
export interface LogFiles {
  /**
   * The bytes of a stream that are stored now, as the program wrote them. What is printed later does not follow.
   * @param options `attempt`: default the newest; `stream`: default `stdout`
   * @throws NotFoundError, ValidationError; with `as` also ForbiddenError
   */
  open(jobId: number, options?: ReadFor & { attempt?: number; stream?: Stream }): Promise<Readable>;
}

const rangeShape = z
  .strictObject({ start: z.int().min(0), end: z.int().min(0) })
  .refine(({ start, end }) => start <= end, { path: ['end'], message: 'must not be before start' });
const logShape = z.strictObject({
  attempt: z.int().min(1).optional(),
  stream: z.enum(streams).default('stdout'),
});

export function openResults({ models, storage, access }: Dependencies): ResultFiles {
  return {
    async open(resultId, range, options = {}) {
      requireDoneFor(options);
      const result = await findRow({
        id: resultId,
        what: 'Result',
        highestId: Number.MAX_SAFE_INTEGER,
        find: (id) => models.Result.findByPk(id),
      });
      const { as } = options;
      if (as) {
        const find = (id: number) => models.Job.findByPk(id, withoutProgram);
        const record = await findRow({ id: result.jobId, what: 'Job', find });
        await access.require(as, 'result:read', { record, what: `Result ${resultId}` });
      }
      if (range === undefined) return storage.open(result.storageKey);
      const { start, end } = parseInput(range, rangeShape);
      const last = Math.min(end, result.size - 1);
      return start > last ? Readable.from([]) : storage.open(result.storageKey, { start, end: last });
    },
  };
}

export function openLogs({ models, access }: Dependencies): LogFiles {
  return {
    async open(jobId, options = {}) {
      requireOptions(options);
      const { as, ...which } = options;
      requireDoneFor('as' in options ? { as } : {});
      const { attempt, stream } = parseInput(which, logShape);
      const job = await findJobFor({ models, access }, { id: jobId, action: 'log:read', as });
      const of = { jobId, attempt: attemptOf(job, attempt), stream };
      const { size, open } = await storedLog(models, of);
      return open({ start: 0, end: size - 1 });
    },
  };
}

/** What is stored now of a stream of output. Rights are the caller's to ask. */
export async function storedLog(
  models: Models,
  of: { jobId: number; attempt: number; stream: Stream },
): Promise<{ size: number; open: (range: ByteRange) => Readable }> {
  return { size: await logSize(models, of), open: (range) => openLog(models, of, range) };
}
