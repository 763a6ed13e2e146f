/** `drs results JOB` */

import type { RemoteSubmission } from '../remote-submission.js';
import { exitCodes } from './exit-code.js';
import { findAttempt } from './find-attempt.js';
import { withInstance } from './instance.js';
import { printJson, printTable, printRecord, shown, type JsonFlag } from './print.js';
import { saveFiles } from './save-files.js';
import { untilInterrupted } from './until-interrupted.js';

/** The options of the command. */
export interface ResultsFlags extends JsonFlag {
  /** Default: the newest. */
  attempt?: number;
  /** The folder to write them to. */
  to?: string;
  /** Replaces files that are there. */
  force?: boolean;
}

/**
 * Lists the files of an attempt, or writes them to a folder. Resolves to the exit code.
 * @throws NotFoundError, ConflictError `job_never_submitted`, CommandError when they cannot be written
 */
export function results(jobId: number, flags: ResultsFlags): Promise<number> {
  return withInstance(async (drs) => {
    const which = await findAttempt(drs, jobId, flags.attempt);
    const found = await drs.models.Result.findAll({
      where: { ...which },
      attributes: ['id', 'jobId', 'attempt', 'remoteFilename', 'size', 'createdAt'],
      order: [['remoteFilename', 'ASC']],
    });
    const records = found.map((result) => result.get({ plain: true }));
    if (flags.to !== undefined) return save(drs, records, { ...flags, to: flags.to });
    if (flags.json) return printJson(records);
    return printTable(
      ['NAME', 'BYTES'],
      records.map(({ remoteFilename, size }) => [remoteFilename, size]),
    );
  });
}

type Result = Pick<InstanceType<RemoteSubmission['models']['Result']>, 'id' | 'remoteFilename' | 'size'>;

async function save(
  drs: RemoteSubmission,
  records: readonly Result[],
  flags: ResultsFlags & { to: string },
): Promise<number> {
  const files = records.map(({ id, remoteFilename: name, size }) => {
    return { name, size, open: () => drs.results.open(id) };
  });
  const paths = await untilInterrupted((signal) =>
    saveFiles(files, { directory: flags.to, isForced: flags.force === true, signal }),
  );
  if (paths === 'stopped') {
    process.stderr.write('drs: broken off; nothing was written.\n');
    return exitCodes.interrupted;
  }
  const saved = records.map((record, index) => ({ ...record, path: paths[index] }));
  const count = `${saved.length} ${saved.length === 1 ? 'file' : 'files'}`;
  return printRecord(flags, saved, `wrote ${count} to ${shown(flags.to)}\n`);
}
