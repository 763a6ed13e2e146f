/** The one assertion for everything that is done to a job. */

import { expect } from 'chai';
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

/** Started exactly once; one final state; the log byte for byte; each result whole; no sealed secret left. */
export async function expectSurvived(
  drs: RemoteSubmission,
  { jobId, attempt, program, startsFile }: Survivor,
): Promise<void> {
  const { store, sequelize } = internalsOf(drs);
  const outcome = await store.outcome(jobId, attempt);
  const job = await drs.models.Job.findByPk(jobId);
  const why = `job ${jobId}: ${job?.message ?? 'no message'}`;
  expect(outcome, why).to.include({
    status: program.exitCode === 0 ? 'success' : 'failure',
    failureReason: program.exitCode === 0 ? null : 'exit',
    exitCode: program.exitCode,
  });
  expect(job, why).to.include({ status: outcome.status, attempt });
  expect(await readFile(startsFile, 'utf8'), `${why}: starts`).to.equal('x');
  await expectLog(drs, jobId, program);
  await expectResults(drs, outcome, program);
  const [secrets] = await sequelize.query(
    `SELECT 1 FROM drs_secrets s JOIN drs_attempts a ON a.id = s.attempt_id WHERE a.job_id = ${jobId}`,
  );
  expect(secrets, 'sealed secrets').to.deep.equal([]);
}

async function expectLog(drs: RemoteSubmission, jobId: number, program: KnownProgram): Promise<void> {
  const rows = await drs.models.Log.findAll({ where: { jobId }, order: ['seq'] });
  expect(rows.map((row) => row.seq)).to.deep.equal(rows.map((_, i) => i + 1));
  for (const stream of ['stdout', 'stderr'] as const) {
    const stored = Buffer.concat(rows.filter((row) => row.stream === stream).map((row) => row.content));
    const message = `${stream} of job ${jobId}: ${stored.length} bytes stored, ${program[stream].length} written`;
    expect(stored.equals(program[stream]), message).to.be.true;
  }
}

async function expectResults(
  drs: RemoteSubmission,
  { results }: Outcome,
  program: KnownProgram,
): Promise<void> {
  expect(new Set(Object.keys(results))).to.deep.equal(new Set(program.results.keys()));
  for (const [name, content] of program.results) {
    const result = await drs.models.Result.findByPk(results[name]);
    const stored = await buffer(await internalsOf(drs).storage.open(result?.storageKey ?? ''));
    expect(stored.equals(content), `${name}: ${stored.length} of ${content.length} bytes`).to.be.true;
  }
}
