import { expect } from 'chai';
import { shared } from '../support/cleanup.js';
import { createJob, createTestStore, refusal } from './support.js';

const testStore = shared(createTestStore);

describe('a server that others need', () => {
  it('is not deleted by its model, and those that go through it are named', async () => {
    const { models } = await testStore();
    const gate = await models.Server.create({ title: 'Gate', hostname: 'gate' });
    for (const title of ['A', 'B', 'C', 'D', 'E', 'F', 'G']) {
      await models.Server.create({ title, hostname: title, proxyJump: gate.id });
    }
    const error = await gate.destroy().catch((reason: unknown) => reason);
    expect(error).to.include({
      name: 'ConflictError',
      code: 'in_use',
      message:
        '“Gate” is the jump host of “A”, “B”, “C”, “D”, “E”, 2 more servers. Change or delete these first.',
    });
    const where = { id: gate.id };
    expect(await refusal(models.Server.destroy({ where }))).to.equal('in_use');
    expect(await models.Server.count({ where })).to.equal(1);
  });

  it('is not deleted while jobs are on it', async () => {
    const test = await testStore();
    const server = await (await createJob(test)).getServer();
    const error = (await server.destroy().catch((reason: unknown) => reason)) as Error;
    expect(error.message).to.equal('“Remote” is used by 1 job. Change or delete these first.');
  });

  it('is deleted together with those that go through it', async () => {
    const { models } = await testStore();
    const gate = await models.Server.create({ title: 'Gate', hostname: 'gate' });
    const inner = await models.Server.create({ title: 'Inner', hostname: 'inner', proxyJump: gate.id });
    const where = { id: [gate.id, inner.id] };

    expect(await models.Server.destroy({ where })).to.equal(2);
  });

  it('is deleted when the last one that went through it goes another way', async () => {
    const { models, sequelize } = await testStore();
    const gate = await models.Server.create({ title: 'Gate', hostname: 'gate' });
    const inner = await models.Server.create({ title: 'Inner', hostname: 'inner', proxyJump: gate.id });
    await sequelize.transaction(async (transaction) => {
      await inner.update({ proxyJump: null }, { transaction });
      await gate.destroy({ transaction });
    });

    expect(await models.Server.count({ where: { id: gate.id } })).to.equal(0);
  });
});
