import { expect } from 'chai';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disk, type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { makeJob, testInstance } from '../support/instance.js';

const program = "print('a line'); open('result.txt', 'w').write('kept')";

describe('prune', () => {
  let drs: RemoteSubmission;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'drs-prune-'));
    drs = await testInstance({ storage: disk({ directory }), retention: { afterMs: 3_600_000 } });
  });

  const run = async (ageHours: number) => {
    const job = await makeJob(drs, { program });
    await drs.runJob(job.id, { remote: false });
    await internalsOf(drs).sequelize.query(
      `UPDATE drs_attempts SET finished_at = now() - interval '${ageHours} hours' WHERE job_id = ${job.id}`,
    );
    return job.id;
  };
  const left = async (jobId: number) => ({
    logs: await drs.models.Log.count({ where: { jobId } }),
    results: await drs.models.Result.count({ where: { jobId } }),
  });
  const files = async () =>
    (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
      .length;

  it('deletes logs, results and their files that are older than the retention, and nothing else', async () => {
    const [old, young] = [await run(2), await run(0)];
    const pruned = await drs.prune();
    expect(pruned).to.deep.equal({ attempts: 1, results: 1 });
    expect(await left(old)).to.deep.equal({ logs: 0, results: 0 });
    expect(await left(young)).to.deep.equal({ logs: 1, results: 1 });
    expect(await files()).to.equal(1);
    expect(await drs.models.Job.findByPk(old)).to.include({ status: 'success' });
    expect(await drs.prune()).to.deep.equal({ attempts: 0, results: 0 });
  });

  it('is done by a worker of its own accord', async () => {
    const old = await run(2);
    const worker = await drs.work();
    while ((await left(old)).logs > 0) await new Promise((resolve) => setImmediate(resolve));
    await worker.stop();
  });

  it('asks for an age when there is no retention', async () => {
    const without = await testInstance();
    const error: unknown = await without.prune().catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'retention_missing', status: 400 });
  });
});
