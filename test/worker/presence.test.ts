import { expect } from 'chai';
import { hostname } from 'node:os';
import { internalsOf } from '../../lib/internals.js';
import { makeJob, testInstance } from '../support/instance.js';

describe('the workers that are alive', () => {
  it('are known while they are idle, with their slots, and no longer when they have stopped', async () => {
    const drs = await testInstance();
    const { store } = internalsOf(drs);
    const worker = await drs.work({ concurrency: 3 });
    while ((await store.workers.live()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [idle] = await store.workers.live();
    await worker.stop();
    expect(idle).to.include({ hostname: hostname(), pid: process.pid, slots: 3, used: 0 });
    expect(idle?.since).to.be.instanceOf(Date);
    expect(await store.workers.live()).to.deep.equal([]);
  });

  it('are shown with the slots that they use', async () => {
    const drs = await testInstance();
    const { store } = internalsOf(drs);
    const { id } = await makeJob(drs, { program: '' });
    await drs.submitJob(id, { remote: false });
    await store.attempts.beat({ workerId: 'host:1:a', hostname: 'host', pid: 1, slots: 2 });
    await store.attempts.claim({ jobId: id, attempt: 1 }, { workerId: 'host:1:a', leaseMs: 60_000 });
    expect(await store.workers.live()).to.have.length(1);
    expect((await store.workers.live())[0]).to.include({ id: 'host:1:a', used: 1, slots: 2 });
  });

  it('vanish when they give no sign of life, come back with one, and are forgotten in the end', async () => {
    const drs = await testInstance();
    const { store, sequelize } = internalsOf(drs);
    const worker = (workerId: string) => ({ workerId, hostname: 'host', pid: 1, slots: 2 });
    const silentFor = (time: string) =>
      sequelize.query(`UPDATE drs_workers SET seen_at = now() - interval '${time}' WHERE id = 'a'`);
    await store.attempts.beat(worker('a'));
    await silentFor('31 seconds');
    expect(await store.workers.live()).to.deep.equal([]);
    await store.attempts.beat(worker('a'));
    expect(await store.workers.live()).to.have.length(1);
    await silentFor('2 hours');
    await store.attempts.beat(worker('b'));
    const [rows] = await sequelize.query('SELECT id FROM drs_workers');
    expect(rows).to.deep.equal([{ id: 'b' }]);
  });
});
