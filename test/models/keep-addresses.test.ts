import { expect } from 'chai';
import { createAudit } from '../../lib/models/audit.js';
import { defineModels } from '../../lib/models/define-models.js';
import { shared } from '../support/cleanup.js';
import { claim, connect, createJob, createTestStore, refusal, submit, type TestStore } from './support.js';

const testStore = shared(createTestStore);

async function submitted(test: TestStore) {
  const job = await createJob(test);
  await submit(test, job.id);
  return { job, server: await job.getServer() };
}

describe('the address of a server', () => {
  it('stays while attempts are under way, and the refusal says how many', async () => {
    const test = await testStore();
    const { job, server } = await submitted(test);
    const error: unknown = await server.update({ port: 23 }).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'server_in_use', status: 409 });
    expect((error as Error).message).to.contain('1 attempt is under way on “Remote”');
    await server.reload();

    expect(await refusal(server.set({ hostname: 'other' }).save())).to.equal('server_in_use');
    const where = { id: server.id };
    expect(await refusal(test.models.Server.update({ hostname: 'other' }, { where }))).to.equal(
      'server_in_use',
    );
    expect(await server.reload()).to.include({ hostname: 'host', port: 22 });
    await test.store.requests.requestCancel(job.id);
    expect(await server.update({ port: 23 })).to.include({ port: 23 });
    await test.models.Server.update({ hostname: 'other' }, { where });
    expect(await server.reload()).to.include({ hostname: 'other', port: 23 });
  });

  it('also while one is carried out, and in a transaction of the host', async () => {
    const test = await testStore();
    const { job, server } = await submitted(test);
    await claim(test, { jobId: job.id, attempt: 1 });
    const moved = test.sequelize.transaction((transaction) => server.update({ port: 23 }, { transaction }));

    expect(await refusal(moved)).to.equal('server_in_use');
  });

  it('may be given again as it is, and everything else may change', async () => {
    const test = await testStore();
    const { server } = await submitted(test);
    await server.update({ hostname: 'host', port: 22, title: 'Other', controlDirectory: '~/drs' });
    await test.models.Server.update({ port: 22, title: 'Third' }, { where: { id: server.id } });
    server.set({ port: 23, title: 'Fourth' });
    await server.save({ fields: ['title'] });

    expect(await server.reload()).to.include({ title: 'Fourth', port: 22, controlDirectory: '~/drs' });
  });

  it('stays in an upsert, which may change everything else', async () => {
    const test = await testStore();
    const { Server } = test.models;
    const { server } = await submitted(test);
    const { id } = server;
    const same = { id, title: 'Upserted', hostname: 'host' };
    expect(await refusal(Server.upsert({ ...same, hostname: 'other' }))).to.equal('server_in_use');
    expect(await refusal(Server.upsert({ ...same, transport: 'kubectl' }))).to.equal('server_in_use');
    expect(await server.reload()).to.include({ title: 'Remote', hostname: 'host', transport: 'ssh' });
    await Server.upsert(same);
    expect(await server.reload()).to.include({ title: 'Upserted', hostname: 'host' });
    const [made] = await Server.upsert({ title: 'New', hostname: 'new' });
    expect(await Server.findByPk(made.id)).to.include({ hostname: 'new', port: 22 });
  });

  it('stays where servers are made that may be there already', async () => {
    const test = await testStore();
    const { Server } = test.models;
    const { server } = await submitted(test);
    const rows = [
      { id: server.id, title: 'Bulk', hostname: 'other', legacyAlgorithms: true },
      { title: 'Beside', hostname: 'beside', legacyAlgorithms: true },
    ];
    const moved = Server.bulkCreate(rows, { updateOnDuplicate: ['title', 'hostname'] });
    expect(await refusal(moved)).to.equal('server_in_use');
    expect(await Server.count({ where: { title: 'Beside' } })).to.equal(0);
    await Server.bulkCreate(rows, { updateOnDuplicate: ['title', 'legacyAlgorithms'] });
    expect(await server.reload()).to.include({ title: 'Bulk', hostname: 'host', legacyAlgorithms: true });
    const audit = createAudit(test.sequelize);
    const toldOf = async (id: number) =>
      (await audit.ofServer({ id, hostname: '', port: 0 })).map(({ action }) => action);
    const beside = await Server.findOne({ where: { title: 'Beside' }, rejectOnEmpty: true });
    expect(await toldOf(server.id)).to.deep.equal(['legacy_algorithms_allowed']);
    expect(await toldOf(beside.id)).to.deep.equal(['legacy_algorithms_allowed']);
  });

  it('stays where a number of it is counted up or down', async () => {
    const test = await testStore();
    const { job, server } = await submitted(test);
    expect(await refusal(server.increment('port'))).to.equal('server_in_use');
    const where = { id: server.id };
    expect(await refusal(test.models.Server.decrement({ port: 1 }, { where }))).to.equal('server_in_use');
    expect(await server.reload()).to.include({ port: 22 });
    await test.store.requests.requestCancel(job.id);
    await server.increment('port', { by: 2 });
    expect(await server.reload()).to.include({ port: 24 });
  });

  it('and that of an attempt are one, though both are written at once by two processes', async () => {
    const test = await testStore();
    const other = connect(test.url);
    const models = defineModels(other);
    const outcomes = new Set<string>();
    for (let round = 0; round < 100; round += 1) {
      const job = await createJob(test);
      const server = await models.Server.findByPk(job.serverId);
      const moved = server?.update({ port: 23 }).then(
        () => 'moved',
        ({ code }: { code: string }) => code,
      );
      const [said] = await Promise.all([moved, submit(test, job.id)]);
      const held = await claim(test, { jobId: job.id, attempt: 1 });
      outcomes.add(`${said ?? ''} ${held.server.port} ${held.isAddressChanged ? 'changed' : 'same'}`);
    }

    expect(['moved 23 same', 'server_in_use 22 same']).to.include.members([...outcomes]);
  });

  it('is the new one for a submit that waited for the change, and stays from then on', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const other = connect(test.url);
    const server = await defineModels(other).Server.findByPk(job.serverId);
    const changing = await other.transaction();
    await other.query(`UPDATE drs_servers SET port = 24 WHERE id = ${job.serverId}`, {
      transaction: changing,
    });
    const attempt = submit(test, job.id);
    await changing.commit();
    await attempt;

    expect((await claim(test, { jobId: job.id, attempt: 1 })).server.port).to.equal(24);
    expect(await refusal(server?.update({ port: 23 }) ?? Promise.resolve())).to.equal('server_in_use');
  });
});
