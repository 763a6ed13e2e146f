/** The one assertion for everything that is done to a job. */

import { AssertionError, expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Outcome, RemoteSubmission } from '../../../lib/index.js';
import { internalsOf } from '../../../lib/internals.js';
import type { KnownProgram } from './program.js';

export interface Survivor {
  jobId: number;
  attempt: number;
  program: KnownProgram;
  startsFile: string;
}

/**
 * Started exactly once; one final state; the log byte for byte; each result whole; no sealed secret left. A program that
 * wipes the control root costs output and results: then what is there is right, and what is missing is told.
 */
export async function expectSurvived(
  drs: RemoteSubmission,
  { jobId, attempt, program, startsFile }: Survivor,
): Promise<void> {
  const { store, sequelize } = internalsOf(drs);
  const outcome = await store.statuses.outcome(jobId, attempt);
  const job = await drs.models.Job.findByPk(jobId);
  const why = `job ${jobId}: ${job?.message ?? 'no message'}`;
  expect(outcome, why).to.include({
    status: program.exitCode === 0 ? 'success' : 'failure',
    failureReason: program.exitCode === 0 ? null : 'exit',
    exitCode: program.exitCode,
  });
  expect(job, why).to.include({ status: outcome.status, attempt });
  expect(await readFile(startsFile, 'utf8'), `${why}: starts`).to.equal('x');
  const log = await readLog(drs, jobId);
  if (program.kind === 'wiping the control root') {
    const isLogWhole = expectBeginning(log, program);
    const isWhole = await expectNoOthers(drs, outcome, program);
    if (!isLogWhole || !isWhole) expect(job?.message, `${why}: what is missing`).to.be.a('string');
  } else {
    expectLog(log, { jobId, program });
    await expectResults(drs, outcome, program);
  }
  if (program.kind === 'moving its directory')
    expect(job?.message, 'why there are no results').to.be.a('string');
  const [secrets] = await sequelize.query(
    `SELECT 1 FROM drs_secrets s JOIN drs_attempts a ON a.id = s.attempt_id WHERE a.job_id = ${jobId}`,
  );
  expect(secrets, 'sealed secrets').to.deep.equal([]);
}

type Log = Record<'stdout' | 'stderr', Buffer>;

async function readLog(drs: RemoteSubmission, jobId: number): Promise<Log> {
  const rows = await drs.models.Log.findAll({ where: { jobId }, order: ['seq'] });
  expect(rows.map((row) => row.seq)).to.deep.equal(rows.map((_, i) => i + 1));
  const of = (stream: keyof Log) =>
    Buffer.concat(rows.filter((row) => row.stream === stream).map((row) => row.content));
  return { stdout: of('stdout'), stderr: of('stderr') };
}

const streams = ['stdout', 'stderr'] as const;

function expectLog(log: Log, { jobId, program }: { jobId: number; program: KnownProgram }): void {
  for (const stream of streams) {
    const message = `${stream} of job ${jobId}: ${log[stream].length} bytes stored, ${program[stream].length} written`;
    expect(log[stream].equals(program[stream]), message).to.be.true;
  }
}

/** What is stored is what was written first. True when nothing is missing. */
function expectBeginning(log: Log, program: KnownProgram): boolean {
  for (const stream of streams) {
    const written = program[stream].subarray(0, log[stream].length);
    expect(log[stream].equals(written), `the beginning of ${stream}`).to.be.true;
  }
  return streams.every((stream) => log[stream].length === program[stream].length);
}

async function expectResults(drs: RemoteSubmission, outcome: Outcome, program: KnownProgram): Promise<void> {
  const names = Object.keys(outcome.results);
  expect(new Set(names)).to.deep.equal(new Set(program.results.keys()));
  await expectNoOthers(drs, outcome, program);
}

/** Each result is one of the program's, and whole. Resolves to whether none is missing. */
async function expectNoOthers(
  drs: RemoteSubmission,
  { results }: Outcome,
  program: KnownProgram,
): Promise<boolean> {
  for (const [name, id] of Object.entries(results)) {
    const content = program.results.get(name);
    if (content === undefined) throw new AssertionError(`${name} is none of the program's results.`);
    const result = await drs.models.Result.findByPk(id);
    const stored = await buffer(await internalsOf(drs).storage.open(result?.storageKey ?? ''));
    expect(stored.equals(content), `${name}: ${stored.length} of ${content.length} bytes`).to.be.true;
  }
  return Object.keys(results).length === program.results.size;
}
