import { expect } from 'chai';
import { text } from 'node:stream/consumers';
import { jobSchema, listedJobSchema } from '../../lib/protocol/schemas/job-schemas.js';
import { serverSchema } from '../../lib/protocol/schemas/server-schemas.js';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { instance, TestAttempt } from '../http/support.js';
import { testInstance } from '../support/instance.js';
import { admin, ann, auditOf, bob, codeOf, listen, makeServer, pathsOf } from './support.js';

describe('records by host code', () => {
  let drs: RemoteSubmission;
  let target: { serverId: number; interpreterId: number };
  before(async () => {
    drs = await instance();
    target = await makeServer(drs);
  });
  const input = () => ({ title: 'By host code', program: 'echo 1', ...target });

  it('are what REST answers, with every right for host code without `as`', async () => {
    const made = await drs.jobs.create(input(), { as: ann });
    expect(jobSchema.strict().parse(made)).to.deep.equal(made);
    expect(await drs.jobs.get(made.id, { as: ann })).to.deep.equal(made);
    const { allowed } = await drs.jobs.get(made.id);
    expect(Object.values(allowed)).to.deep.equal([true, true, true, true, true]);
    const server = await drs.servers.get(target.serverId);
    expect(serverSchema.strict().parse(server)).to.deep.equal(server);
    expect(server).to.have.property('controlDirectory', null);
    expect(await drs.servers.get(target.serverId, { as: ann })).to.not.have.property('controlDirectory');
  });

  it('are listed newest first, in pages, with filters, and without what may not be seen', async () => {
    const one = await drs.jobs.create({ ...input(), title: 'Listed 1' }, { as: ann });
    const two = await drs.jobs.create({ ...input(), title: 'Listed 2' }, { as: bob });
    const three = await drs.jobs.create({ ...input(), title: 'Listed 3' }, { as: ann });
    const filter = { titleContains: 'listed', serverId: target.serverId, limit: 2 };
    const first = await drs.jobs.list(filter);
    expect(first.items.map(({ id }) => id)).to.deep.equal([three.id, two.id]);
    expect(listedJobSchema.strict().parse(first.items[0])).to.deep.equal(first.items[0]);
    const second = await drs.jobs.list({ ...filter, cursor: first.next ?? '' });
    expect(second.items.map(({ id }) => id)).to.deep.equal([one.id]);
    expect(second.next).to.equal(null);
    const own = await drs.jobs.list({ titleContains: 'listed' }, { as: bob });
    expect(own.items.map(({ id }) => id)).to.deep.equal([two.id]);
    expect((await drs.servers.list({ title: 'Here' })).items[0]).to.include({ id: target.serverId });
    expect((await drs.interpreters.list({ path: '/bin/sh', limit: 1 })).items).to.have.length(1);
  });

  it('are refused with every problem at once', async () => {
    const wrong = {
      title: '',
      remoteDirectory: 'x',
      remoteFilename: 'a/b',
      serverId: 0,
      timeoutMs: -1,
      a: 1,
    };
    expect(await pathsOf(drs.jobs.create(wrong as never, { as: ann }))).to.have.members([
      ...['title', 'program', 'remoteDirectory', 'remoteFilename', 'serverId', 'interpreterId'],
      ...['timeoutMs', 'a'],
    ]);
    expect(await pathsOf(drs.servers.create({ title: ' ', hostname: '-x', port: 0 }))).to.have.members([
      ...['title', 'hostname', 'port'],
    ]);
    const gone = {
      title: 'S',
      hostname: 'h',
      interpreterIds: [target.interpreterId, 99_999],
      proxyJump: 99_999,
    };
    expect(await pathsOf(drs.servers.create(gone))).to.have.members(['interpreterIds.1', 'proxyJump']);
    expect(
      await pathsOf(drs.interpreters.create({ name: '', path: '', arguments: ['\0'] })),
    ).to.include.members(['name', 'path']);
    expect(await pathsOf(drs.jobs.list({ status: 'lost', limit: 101 } as never))).to.have.members([
      ...['status', 'limit'],
    ]);
    expect(await pathsOf(drs.jobs.create(undefined as never, { as: ann }))).to.deep.equal(['']);
    const options = { by: 7, transaction: {}, who: ann } as never;
    expect(await pathsOf(drs.jobs.get(1, options))).to.have.members(['by', 'transaction', 'who']);
  });

  it('are refused in plain words where no object is given', async () => {
    const { serverId, interpreterId } = target;
    const { id } = await drs.jobs.create(input(), { as: ann });
    for (const nothing of [null, 5, 'x', []] as never[]) {
      for (const [records, of] of [
        [drs.jobs, id],
        [drs.servers, serverId],
        [drs.interpreters, interpreterId],
      ] as const) {
        for (const call of [() => records.create(nothing), () => records.update(of, nothing)]) {
          const error = await call().catch((reason: unknown) => reason);
          expect(error).to.include({ code: 'invalid_input', message: 'must be an object' });
        }
        const error = await records.list(nothing).catch((reason: unknown) => reason);
        expect(error).to.include({ code: 'invalid_input', message: 'must be an object' });
      }
      expect(await codeOf(drs.servers.testConnection(serverId, nothing))).to.equal('invalid_input');
      expect(await codeOf(drs.hostKeys.forget(serverId, nothing))).to.equal('invalid_input');
      expect(await codeOf(drs.logs.open(id, nothing))).to.equal('invalid_input');
    }
  });

  it('take what is undefined as left out', async () => {
    const made = await drs.jobs.create({ ...input(), timeoutMs: 5, owner: undefined }, { as: ann });
    expect(made).to.include({ owner: ann.id, timeoutMs: 5 });
    const nothing = {
      program: undefined,
      timeoutMs: undefined,
      logPolicy: undefined,
      storeResults: undefined,
    };
    const changed = await drs.jobs.update(made.id, { title: 'x', ...nothing });
    expect(changed).to.include({ title: 'x', program: made.program, timeoutMs: 5 });
    expect((await auditOf(drs, 'job', made.id))[0]).to.include({ detail: 'title' });
    const { id: serverId } = await drs.servers.create({ title: 'S', hostname: 's', allowedUsers: ['1'] });
    const more = { allowedUsers: undefined, controlDirectory: undefined, interpreterIds: undefined };
    expect(await drs.servers.update(serverId, { title: 'r', ...more })).to.deep.include({
      ...{ title: 'r', allowedUsers: ['1'], controlDirectory: null },
    });
    expect((await auditOf(drs, 'server', serverId))[0]).to.include({ detail: 'title' });
    const shell = await drs.interpreters.create({ name: 'sh', path: 'sh', arguments: undefined });
    const renamed = await drs.interpreters.update(shell.id, { name: 'bash', path: undefined });
    expect(renamed).to.include({ name: 'bash', path: 'sh' });
    expect((await drs.jobs.list({ title: 'x', status: undefined })).items).to.have.length(1);
    expect(
      await pathsOf(drs.jobs.create({ ...input(), title: undefined } as never, { as: ann })),
    ).to.deep.equal(['title']);
  });

  it('leave no entry in the audit when nothing changes', async () => {
    const { id } = await drs.jobs.create(input(), { as: ann });
    const shell = await drs.interpreters.create({ name: 'Shell', path: 'sh', arguments: ['-e'] });
    const server = { title: 'Same', hostname: 'same', interpreterIds: [shell.id] };
    const { id: serverId } = await drs.servers.create(server);
    await drs.jobs.update(id, {});
    await drs.jobs.update(id, input());
    await drs.servers.update(serverId, {});
    await drs.servers.update(serverId, server);
    await drs.interpreters.update(shell.id, {});
    await drs.interpreters.update(shell.id, { name: 'Shell', path: 'sh', arguments: ['-e'] });
    for (const [subject, of] of [
      ['job', id],
      ['server', serverId],
      ['interpreter', shell.id],
    ] as const) {
      expect((await auditOf(drs, subject, of)).map(({ action }) => action)).to.deep.equal(['created']);
    }
  });

  it('belong to the user who is named, or to whom host code says, with both names', async () => {
    expect(await pathsOf(drs.jobs.create(input()))).to.deep.equal(['owner', 'ownerUsername']);
    expect(await pathsOf(drs.jobs.create({ ...input(), owner: '5' }))).to.deep.equal(['ownerUsername']);
    const owner = { owner: '5', ownerUsername: 'eve' };
    const { id } = await drs.jobs.create({ ...input(), ...owner }, { by: 'nightly' });
    expect((await auditOf(drs, 'job', id))[0]).to.include({ username: 'nightly', userId: null });
    expect(await pathsOf(drs.jobs.update(id, { ownerUsername: 'root' }))).to.deep.equal(['owner']);
    expect(await drs.jobs.update(id, { ...owner, title: 'Same owner' })).to.include(owner);
    expect(await codeOf(drs.jobs.create({ ...input(), ...owner }, { as: ann }))).to.equal(
      'owner_not_allowed',
    );
    expect(await drs.jobs.create({ ...input(), ...owner }, { as: admin })).to.include(owner);
  });

  it('that a user may not see are not there, and what they may not do is refused', async () => {
    const { id } = await drs.jobs.create(input(), { as: ann });
    expect(await codeOf(drs.jobs.get(id, { as: bob }))).to.equal('not_found');
    expect(await codeOf(drs.jobs.update(id, { title: '' }, { as: bob }))).to.equal('not_found');
    expect(await codeOf(drs.jobs.delete(id, { as: bob }))).to.equal('not_found');
    expect(await codeOf(drs.jobs.get(99_999))).to.equal('not_found');
    expect(await codeOf(drs.jobs.get('1 OR 1=1' as never))).to.equal('not_found');
    expect(await codeOf(drs.servers.update(target.serverId, { title: 'X' }, { as: ann }))).to.equal(
      'forbidden',
    );
    expect(await codeOf(drs.servers.create({} as never, { as: ann }))).to.equal('forbidden');
    expect(await codeOf(drs.interpreters.delete(target.interpreterId, { as: ann }))).to.equal('forbidden');
    expect(await codeOf(drs.jobs.get(id, { as: undefined }))).to.equal('unauthenticated');
    expect(await codeOf(drs.jobs.list({}, { as: null as never }))).to.equal('unauthenticated');
  });

  it('are changed and deleted by the rules of REST, and the audit says by whom', async () => {
    const { id } = await drs.jobs.create(input(), { as: ann });
    await drs.jobs.update(id, { title: 'Changed', timeoutMs: 5 }, { as: ann });
    const [changed] = await auditOf(drs, 'job', id);
    expect(changed).to.include({ action: 'changed', detail: 'title, timeoutMs', username: 'ann' });
    await TestAttempt.start(drs, id);
    expect(await codeOf(drs.jobs.update(id, { program: 'x' }, { as: ann }))).to.equal('job_active');
    expect(await codeOf(drs.jobs.delete(id))).to.equal('job_active');
    expect(await codeOf(drs.servers.delete(target.serverId))).to.equal('in_use');
    expect(await codeOf(drs.interpreters.delete(target.interpreterId))).to.equal('in_use');
    const spare = await drs.interpreters.create({ name: 'Spare', path: 'spare' });
    await drs.interpreters.update(spare.id, { arguments: ['-x'] }, { by: 'host' });
    await drs.interpreters.delete(spare.id, { by: 'host' });
    const told = (await auditOf(drs, 'interpreter', spare.id)).map(({ action, username }) => [
      action,
      username,
    ]);
    expect(told).to.deep.equal([
      ['deleted', 'host'],
      ['changed', 'host'],
      ['created', 'system'],
    ]);
  });
});

describe('records in a transaction of the host', () => {
  let drs: RemoteSubmission;
  before(async () => {
    drs = await instance();
  });
  const begin = () => internalsOf(drs).sequelize.transaction();
  const countOf = async (table: string): Promise<number> => {
    const [rows] = await internalsOf(drs).sequelize.query(`SELECT count(*)::int AS count FROM ${table}`);
    return (rows as { count: number }[])[0]?.count ?? -1;
  };

  it('are made on each other, seen inside alone, and announced when it is committed', async () => {
    const { heard, ofJob } = await listen(drs);
    const transaction = await begin();
    const call = { as: admin, transaction };
    const interpreter = await drs.interpreters.create({ name: 'Shell', path: '/bin/sh' }, call);
    const server = { title: 'S', hostname: 'h', interpreterIds: [interpreter.id] };
    const { id: serverId } = await drs.servers.create(server, call);
    const job = { title: 'J', program: '', serverId, interpreterId: interpreter.id };
    const made = await drs.jobs.create(job, call);
    expect(made.server).to.deep.equal({ id: serverId, title: 'S' });
    expect(await codeOf(drs.jobs.get(made.id))).to.equal('not_found');
    expect((await drs.jobs.list({}, call)).items.map(({ id }) => id)).to.deep.equal([made.id]);
    expect(heard).to.deep.equal([]);
    await transaction.commit();
    expect(await ofJob(made.id)).to.include({ type: 'status', status: 'initial' });
    expect(await drs.jobs.get(made.id, { as: admin })).to.deep.equal(made);
  });

  it('leave nothing and announce nothing when it is rolled back', async () => {
    const target = await makeServer(drs);
    const kept = await drs.jobs.create({ title: 'Kept', program: '', ...target }, { as: ann });
    const attempt = await TestAttempt.start(drs, kept.id);
    await attempt.leave({ 'a.txt': 'kept' });
    await attempt.finish();
    const result = await drs.models.Result.findOne({ where: { jobId: kept.id } });
    const before = [await countOf('drs_audit'), await countOf('drs_jobs'), await countOf('drs_servers')];
    const { heard, ofJob } = await listen(drs);
    const transaction = await begin();
    const gone = await drs.jobs.create({ title: 'Gone', program: '', ...target }, { as: ann, transaction });
    await drs.servers.update(target.serverId, { legacyAlgorithms: true }, { transaction });
    await drs.jobs.delete(kept.id, { transaction });
    await transaction.rollback();
    const after = [await countOf('drs_audit'), await countOf('drs_jobs'), await countOf('drs_servers')];
    expect(after).to.deep.equal(before);
    expect(await codeOf(drs.jobs.get(gone.id))).to.equal('not_found');
    expect(await text(await drs.results.open(result?.id ?? 0))).to.equal('kept');
    const last = await drs.jobs.create({ title: 'Last', program: '', ...target }, { as: ann });
    await ofJob(last.id);
    expect(heard).to.deep.equal([{ type: 'status', jobId: last.id, attempt: 0, status: 'initial' }]);
  });

  it('are announced after the outermost commit, where it is one inside another', async () => {
    const target = await makeServer(drs);
    const { heard, ofJob } = await listen(drs);
    const outer = await begin();
    const made = await internalsOf(drs).sequelize.transaction({ transaction: outer }, (transaction) =>
      drs.jobs.create({ title: 'Inner', program: '', ...target }, { as: ann, transaction }),
    );
    expect(heard).to.deep.equal([]);
    await outer.commit();
    expect(await ofJob(made.id)).to.include({ status: 'initial' });
  });

  it('are as they were after a refusal that the host catches', async () => {
    const target = await makeServer(drs);
    await drs.jobs.create({ title: 'Needs it', program: '', ...target }, { as: ann });
    const transaction = await begin();
    const changes = { title: 'Half', interpreterIds: [] };
    expect(await pathsOf(drs.servers.update(target.serverId, changes, { transaction }))).to.deep.equal([
      'interpreterIds',
    ]);
    await transaction.commit();
    expect(await drs.servers.get(target.serverId)).to.include({ title: 'Here' });
  });

  it('are refused when it is of another instance of Sequelize', async () => {
    const other = await testInstance();
    const transaction = await internalsOf(other).sequelize.transaction();
    expect(await pathsOf(drs.jobs.list({}, { transaction }))).to.deep.equal(['transaction']);
    await transaction.rollback();
  });
});
