import { expect } from 'chai';
import { internalsOf } from '../../lib/internals.js';
import { waitForEnd } from '../../lib/domain/wait-for-end.js';
import { makeJob, testInstance } from '../support/instance.js';
import { startPostgres } from '../support/postgres.js';

describe('finished()', () => {
  it('waits while the database is away, however often it asks in vain', async () => {
    const postgres = await startPostgres();
    const drs = await testInstance({ databaseUrl: postgres.url });
    const { id } = await makeJob(drs, { program: 'print(1)' });
    const { jobId, attempt } = await drs.submitJob(id, { remote: false });
    await postgres.stop();
    const internals = internalsOf(drs);
    const refusals: unknown[] = [];
    let tellRefused = (): void => undefined;
    const refused = new Promise<void>((resolve) => (tellRefused = resolve));
    const { statuses } = internals.store;
    const outcome: typeof statuses.outcome = (...args) =>
      statuses.outcome(...args).catch((error: unknown) => {
        if (refusals.push(error) === 3) tellRefused();
        throw error;
      });
    const store = { statuses: { ...statuses, outcome } };
    const finished = waitForEnd({ ...internals, store }, { jobId, attempt });
    await refused;
    await postgres.restart();
    const worker = await drs.work();
    await drs.requeueJob(id);
    expect(await finished).to.include({ status: 'success' });
    expect(refusals[0]).to.include({ code: 'database_away' });
    await worker.stop();
    await drs.close();
    await postgres.stop();
  });
});
