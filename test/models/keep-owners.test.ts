import { expect } from 'chai';
import { wordsForMissing } from '../../lib/protocol/owner.js';
import { shared } from '../support/cleanup.js';
import { createJob, createTestStore } from './support.js';

const testStore = shared(createTestStore);

/** What Sequelize's validation says, or `done`. */
function said(change: Promise<unknown>): Promise<string> {
  return change.then(
    () => 'done',
    ({ name, errors }: { name: string; errors?: { path: string; message: string }[] }) =>
      name === 'SequelizeValidationError' ? `${errors?.[0]?.path}: ${errors?.[0]?.message}` : name,
  );
}

const noName = `ownerUsername: ${wordsForMissing.ownerUsername}`;
const noOwner = `owner: ${wordsForMissing.owner}`;
const bob = { owner: '6', ownerUsername: 'bob' };

describe('the owner of a job and the name of the owner', () => {
  it('do not change alone, by a record or by many at once', async () => {
    const test = await testStore();
    const { Job } = test.models;
    const job = await createJob(test);
    const where = { id: job.id };
    const fresh = () => Job.findByPk(job.id, { rejectOnEmpty: true });
    for (const [values, problem] of [
      [{ owner: '6' }, noName],
      [{ ownerUsername: 'root' }, noOwner],
    ] as const) {
      expect(await said((await fresh()).update(values))).to.equal(problem);
      expect(await said((await fresh()).set(values).save())).to.equal(problem);
      expect(await said(Job.update(values, { where }))).to.equal(problem);
      expect(await said(Job.update(values, { where, individualHooks: true, hooks: false }))).to.equal(
        problem,
      );
      const { title, program, serverId, interpreterId } = job;
      const upserted = { id: job.id, title, program, serverId, interpreterId, ...values };
      expect(await said(Job.upsert(upserted as never))).to.equal(problem);
    }
    expect(await said(Job.update(bob, { where, fields: ['owner'] }))).to.equal(noName);
    expect(await said((await fresh()).update(bob, { fields: ['ownerUsername'] }))).to.equal(noOwner);
    expect(await said((await fresh()).set(bob).save({ fields: ['owner', 'title'] }))).to.equal(noName);
    expect(await fresh()).to.include({ owner: '5', ownerUsername: 'ann' });
  });

  it('change together, also where one of them stays as it is', async () => {
    const test = await testStore();
    const { Job } = test.models;
    const job = await createJob(test);
    const where = { id: job.id };
    await job.update(bob);
    await job.update({ ...bob, owner: 7 as never });
    await job.set({ ...bob, owner: '8' }).save();
    await job.set({ owner: '8', ownerUsername: 'robert' }).save();
    await Job.update({ owner: '9', ownerUsername: 'robert' }, { where });
    const other = await createJob(test, { owner: '10', ownerUsername: 'robert' });
    const both = { where: { id: [job.id, other.id] }, individualHooks: true };
    await Job.update({ owner: '10', ownerUsername: 'robert' }, both);
    expect(await job.reload()).to.include({ owner: '10', ownerUsername: 'robert' });
    await job.update({ owner: '10', ownerUsername: 'robert' });
    expect(await said(job.update({ owner: '11' }))).to.equal(noName);
    await job.reload();
    await job.set({ owner: '10', ownerUsername: 'robert' }).reload();
    expect(await said(job.update({ owner: '11' }))).to.equal(noName);
    await Job.update({ title: 'New' }, { where });
    await other.update({ title: 'New', owner: '10' });
    expect(await other.reload()).to.include({ title: 'New', owner: '10', ownerUsername: 'robert' });
  });

  it('are both the id where a job is made with the id alone', async () => {
    const job = await createJob(await testStore(), { owner: 5, ownerUsername: undefined });
    expect(job).to.include({ owner: '5', ownerUsername: '5' });
  });
});
