import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { access, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { disk, type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { makeJob, testInstance } from '../support/instance.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const program = "print('a line'); open('result.txt', 'w').write('kept')";

describe('prune', () => {
  let drs: RemoteSubmission;
  let directory: string;
  before(async () => {
    directory = await temporaryFolder('prune');
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
    expect(pruned).to.deep.equal({ attempts: 1, results: 1, orphans: 0 });
    expect(await left(old)).to.deep.equal({ logs: 0, results: 0 });
    expect(await left(young)).to.deep.equal({ logs: 1, results: 1 });
    expect(await files()).to.equal(1);
    expect(await drs.models.Job.findByPk(old)).to.include({ status: 'success' });
    expect(await drs.prune()).to.deep.equal({ attempts: 0, results: 0, orphans: 0 });
  });

  it('deletes stored files that no result names, once nobody can add them, and none that are being written', async () => {
    const storage = disk({ directory });
    const jobs = { old: await run(2), young: await run(0), running: await makeJob(drs, { program }) };
    await drs.submitJob(jobs.running.id, { remote: false });
    const ownerOf = async (id: number) => {
      const job = await drs.models.Job.findByPk(id, { rejectOnEmpty: true });
      return `${job.uuid}-1`;
    };
    const orphan = async (id: number) =>
      (await storage.save(Buffer.from('left'), { owner: await ownerOf(id) })).key;
    const [old, young, running] = [
      await orphan(jobs.old),
      await orphan(jobs.young),
      await orphan(jobs.running.id),
    ];
    const { key: foreign } = await storage.save(Buffer.from('x'), { owner: `${randomUUID()}-1` });
    const part = join(directory, `${await orphan(jobs.old)}.part`);
    await rename(part.replace(/\.part$/, ''), part);
    const [stored] = await drs.models.Result.findAll({ where: { jobId: jobs.old } });
    await drs.prune({ olderThanMs: 365 * 24 * 3_600_000 });
    const isThere = async (key: string) =>
      access(join(directory, key)).then(
        () => true,
        () => false,
      );
    const there = await Promise.all([old, young, running, foreign, stored?.storageKey ?? ''].map(isThere));
    expect(there).to.deep.equal([false, true, true, true, true]);
    expect(await access(part).catch((error: NodeJS.ErrnoException) => error.code)).to.equal('ENOENT');
    await drs.cancelJob(jobs.running.id);
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
