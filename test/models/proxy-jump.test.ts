/** Servers that are reached through others, and what attempts keep of the way. */

import { expect } from 'chai';
import { defineModels, type ServerModel } from '../../lib/models/define-models.js';
import { fromModelError } from '../../lib/models/validation.js';
import { shared } from '../support/cleanup.js';
import { claim, connect, createJob, createTestStore, refusal, submit, type TestStore } from './support.js';

const testStore = shared(createTestStore);

/** Servers in a row, each reached through the one before it. */
async function row({ models }: TestStore, count: number): Promise<ServerModel[]> {
  const made: ServerModel[] = [];
  for (let index = 0; index < count; index += 1) {
    const proxyJump = made.at(-1)?.id ?? null;
    made.push(await models.Server.create({ title: `S${index}`, hostname: `s${index}`, proxyJump }));
  }
  return made;
}

async function said(promise: Promise<unknown>): Promise<string> {
  const error = fromModelError(
    await promise.then(
      () => new Error('saved'),
      (reason: unknown) => reason,
    ),
  );
  return (error as Error).message;
}

/** A job on the last of some servers in a row. */
async function jobBehind(test: TestStore, count: number) {
  const hops = await row(test, count);
  const job = await createJob(test);
  await (await job.getServer()).update({ proxyJump: hops.at(-1)?.id ?? null });
  return { job, hops, server: await job.getServer() };
}

describe('the jump host of a server', () => {
  it('is a server that is there, and is found with it', async () => {
    const test = await testStore();
    const [gate, node] = await row(test, 2);
    expect((await node?.getJumpHost())?.id).to.equal(gate?.id);
    expect((await gate?.reload())?.proxyJump).to.equal(null);
    expect(await said(node?.update({ proxyJump: 999_999 }) ?? Promise.resolve())).to.equal(
      'proxyJump: There is no server 999999. Choose one that exists.',
    );
    const input = { title: 'S', hostname: 's', proxyJump: 'near' as unknown as number };
    expect(await said(test.models.Server.create(input))).to.equal('proxyJump: Choose a jump host.');
  });

  it('is not the server itself, nor one behind it, whichever way it is written', async () => {
    const test = await testStore();
    const [gate, bastion, node] = (await row(test, 3)) as [ServerModel, ServerModel, ServerModel];
    expect(await said(gate.update({ proxyJump: gate.id }))).to.include('no jump host of its own');
    await gate.reload();
    expect(await said(gate.update({ proxyJump: bastion.id }))).to.include(
      '“S1” is itself reached through this',
    );
    await gate.reload();
    expect(await said(gate.set({ proxyJump: node.id }).save())).to.include(
      '“S2” is itself reached through this',
    );
    const where = { id: gate.id };
    expect(await said(test.models.Server.update({ proxyJump: node.id }, { where }))).to.include(
      '“S2” is itself',
    );
    const again = { id: gate.id, title: 'S0', hostname: 's0', proxyJump: node.id };
    expect(await said(test.models.Server.upsert(again))).to.include('“S2” is itself');
    expect(await gate.reload()).to.include({ proxyJump: null });
  });

  it('makes no way of more than five, counting those behind the server', async () => {
    const test = await testStore();
    const servers = await row(test, 6);
    const tooMany = 'At most 5 jump hosts may stand before a server; with this one, 6 would.';
    const input = { title: 'S6', hostname: 's6', proxyJump: servers[5]?.id ?? null };
    expect(await said(test.models.Server.create(input))).to.include(tooMany);
    expect(await said(test.models.Server.bulkCreate([input]))).to.include(tooMany);
    const [other] = await row(test, 1);
    expect(await said(servers[0]?.update({ proxyJump: other?.id ?? null }) ?? Promise.resolve())).to.include(
      tooMany,
    );
  });

  it('makes no circle when two are given at once', async () => {
    const test = await testStore();
    const elsewhere = defineModels(connect(test.url));
    for (let round = 0; round < 30; round += 1) {
      const [one] = (await row(test, 1)) as [ServerModel];
      const [two] = (await row(test, 1)) as [ServerModel];
      const same = await elsewhere.Server.findByPk(two.id, { rejectOnEmpty: true });
      await Promise.allSettled([one.update({ proxyJump: two.id }), same.update({ proxyJump: one.id })]);
      const jumps = [(await one.reload()).proxyJump, (await two.reload()).proxyJump];
      expect(jumps.filter((jump) => jump !== null)).to.have.length(1);
    }
  });

  it('cannot be deleted', async () => {
    const test = await testStore();
    const [gate, node] = (await row(test, 2)) as [ServerModel, ServerModel];
    expect(await said(gate.destroy())).to.equal(
      '“S0” is the jump host of “S1”. Change or delete these first.',
    );
    await node.update({ proxyJump: null });
    await gate.destroy();
  });
});

describe('the way of an attempt', () => {
  it('is that of the submit', async () => {
    const test = await testStore();
    const { job, hops } = await jobBehind(test, 2);
    await submit(test, job.id);
    const held = await claim(test, { jobId: job.id, attempt: 1 });
    const via = hops.map(({ id, hostname }) => ({ id, hostname, port: 22, legacyAlgorithms: false }));
    expect(held).to.deep.include({ via, isAddressChanged: false });
    await test.store.attempts.release(held);
    await hops[0]?.update({ legacyAlgorithms: true });
    const again = await claim(test, { jobId: job.id, attempt: 1 });
    expect(again.via.map(({ legacyAlgorithms }) => legacyAlgorithms)).to.deep.equal([true, false]);
    expect(again.isAddressChanged).to.be.false;
  });

  it('cannot be changed while it is under way, by none of its records, and the refusal names the server', async () => {
    const test = await testStore();
    const { job, hops, server } = await jobBehind(test, 2);
    const [gate, bastion] = hops as [ServerModel, ServerModel];
    await submit(test, job.id);
    const changes = [
      () => server.update({ proxyJump: null }),
      () => server.update({ proxyJump: gate.id }),
      () => bastion.update({ proxyJump: null }),
      () => bastion.update({ port: 23 }),
      () => gate.update({ hostname: 'other' }),
      () => test.models.Server.update({ port: 23 }, { where: { id: gate.id } }),
    ];
    for (const change of changes) {
      expect(await refusal(change())).to.equal('server_in_use');
      for (const one of [server, bastion, gate]) await one.reload();
    }
    expect(await said(gate.update({ port: 23 }))).to.include(
      '1 attempt is under way on “Remote”, which is reached through this server.',
    );
    await gate.reload();
    await gate.update({ title: 'Renamed' });
    await test.store.requests.requestCancel(job.id);
    expect(await bastion.update({ proxyJump: null, port: 23 })).to.include({ port: 23 });
  });

  it('is none where it runs here, which holds no jump host', async () => {
    const test = await testStore();
    const { job, hops } = await jobBehind(test, 1);
    await submit(test, job.id, { isRemote: false });
    await hops[0]?.update({ port: 23 });
    expect(await claim(test, { jobId: job.id, attempt: 1 })).to.deep.include({
      via: [],
      isAddressChanged: false,
    });
  });

  it('stays, and a change behind our back is seen', async () => {
    const test = await testStore();
    const { job, hops } = await jobBehind(test, 1);
    await submit(test, job.id);
    await test.sequelize.query(`UPDATE drs_servers SET hostname = 'moved' WHERE id = ${hops[0]?.id}`);
    const held = await claim(test, { jobId: job.id, attempt: 1 });
    expect(held.isAddressChanged).to.equal(true);
    expect(held.via[0]).to.include({ hostname: 's0' });
    const direct = await createJob(test);
    await submit(test, direct.id);
    await test.sequelize.query(
      `UPDATE drs_servers SET proxy_jump = ${hops[0]?.id} WHERE id = ${direct.serverId}`,
    );
    expect(await claim(test, { jobId: direct.id, attempt: 1 })).to.deep.include({
      via: [],
      isAddressChanged: true,
    });
  });

  it('and that of the records are one, though both are written at once by two processes', async () => {
    const test = await testStore();
    const elsewhere = defineModels(connect(test.url));
    const outcomes = new Set<string>();
    for (let round = 0; round < 60; round += 1) {
      const { job, hops } = await jobBehind(test, 2);
      const gate = await elsewhere.Server.findByPk(hops[0]?.id ?? 0, { rejectOnEmpty: true });
      const moved = gate.update({ port: 23 }).then(
        () => 'moved',
        ({ code }: { code: string }) => code,
      );
      const [outcome] = await Promise.all([moved, submit(test, job.id)]);
      const held = await claim(test, { jobId: job.id, attempt: 1 });
      outcomes.add(`${outcome} ${held.via[0]?.port} ${held.isAddressChanged ? 'changed' : 'same'}`);
    }
    expect(['moved 23 same', 'server_in_use 22 same']).to.include.members([...outcomes]);
  });

  it('is the new one for a submit that waited for the change of a jump host', async () => {
    const test = await testStore();
    const { job, hops } = await jobBehind(test, 2);
    const [, bastion] = hops as [ServerModel, ServerModel];
    const other = connect(test.url);
    const changing = await other.transaction();
    const there = await defineModels(other).Server.findByPk(bastion.id, { rejectOnEmpty: true });
    await there.update({ proxyJump: null }, { transaction: changing });
    const attempt = submit(test, job.id);
    const waiting = 'SELECT 1 FROM pg_locks WHERE NOT granted';
    while ((await test.sequelize.query(waiting))[0].length === 0);
    await changing.commit();
    await attempt;
    const held = await claim(test, { jobId: job.id, attempt: 1 });
    expect(held.via.map(({ hostname }) => hostname)).to.deep.equal(['s1']);
  });
});
