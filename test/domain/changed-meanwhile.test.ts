import { expect } from 'chai';
import { QueryTypes } from 'sequelize';
import request from 'supertest';
import {
  defaultAuthorize,
  type RemoteSubmission,
  type RemoteSubmissionOptions,
  type User,
} from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { makeInstance, scientist, serve } from '../admin/support/panel-app.js';
import { ask, instance } from '../http/support.js';
import { testInstance } from '../support/instance.js';
import { until } from '../worker/support.js';
import { admin, ann, auditOf, bob, codeOf, makeServer } from './support.js';

type Authorize = NonNullable<RemoteSubmissionOptions['authorize']>;

const key = { username: 'other', password: 'x' };
const ofBob = { owner: bob.id, ownerUsername: bob.username, program: 'echo secret of bob' };

/** The default rules, and something else that happens right after an answer. */
class Rules {
  rule: Authorize = defaultAuthorize;
  private readonly events = new Map<string, () => Promise<unknown>>();

  /** Once, after the next answer about this action, which stands. */
  after(action: string, event: () => Promise<unknown>): void {
    this.events.set(action, event);
  }

  readonly authorize: Authorize = async (user, action, record) => {
    const answer = await this.rule(user, action, record);
    const event = this.events.get(action);
    this.events.delete(action);
    await event?.();
    return answer;
  };
}

async function jobOfAnn(options: Partial<RemoteSubmissionOptions> = {}) {
  const rules = new Rules();
  const drs = await testInstance({ authorize: rules.authorize, ...options });
  const target = await makeServer(drs);
  const { id } = await drs.jobs.create({ title: 'A job', program: 'true', ...target }, { as: ann });
  return { rules, drs, id, ...target };
}

/** Resolves when a statement waits for a row that another transaction holds. */
function blocked(drs: RemoteSubmission): Promise<unknown> {
  const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return until(
    async () => (await internalsOf(drs).sequelize.query(sql, { type: QueryTypes.SELECT })).length > 0,
  );
}

describe('a job that is handed over after the right to it was asked', () => {
  const calls: Record<string, [string, (drs: RemoteSubmission, id: number, as: User) => Promise<unknown>]> = {
    'taken back': [
      'job:update',
      (drs, id, as) => drs.jobs.update(id, { owner: ann.id, ownerUsername: ann.username }, { as }),
    ],
    changed: ['job:update', (drs, id, as) => drs.jobs.update(id, { remoteFilename: 'other' }, { as })],
    'read by a change of nothing': ['job:update', (drs, id, as) => drs.jobs.update(id, {}, { as })],
    deleted: ['job:delete', (drs, id, as) => drs.jobs.delete(id, { as })],
    submitted: ['job:submit', (drs, id, as) => drs.submitJob(id, { as, ...key })],
    run: ['job:submit', (drs, id, as) => drs.runJob(id, { as, ...key })],
    copied: ['job:copy', (drs, id, as) => drs.copyJob(id, { as, ...key })],
  };
  for (const [done, [action, call]] of Object.entries(calls)) {
    it(`is not ${done} by the old owner, to whom it is not there`, async () => {
      const { rules, drs, id } = await jobOfAnn();
      rules.after(action, () => drs.jobs.update(id, ofBob, { as: admin }));
      expect(await codeOf(call(drs, id, ann))).to.equal('not_found');
      expect(await drs.jobs.get(id, { as: bob })).to.include({ ...ofBob, attempt: 0 });
      expect((await auditOf(drs, 'job', id)).map(({ username }) => username)).to.deep.equal(['admin', 'ann']);
    });
  }

  it('is not run again by the old owner, nor told about', async () => {
    const { rules, drs, id } = await jobOfAnn();
    await drs.submitJob(id, { as: ann, ...key });
    await drs.cancelJob(id);
    rules.after('job:submit', () => drs.jobs.update(id, ofBob, { as: admin }));
    expect(await codeOf(drs.retryJob(id, { as: ann, password: 'x' }))).to.equal('not_found');
    rules.after('job:submit', async () => {
      await drs.jobs.update(id, ofBob, { as: admin });
      await drs.submitJob(id, { as: bob, ...key });
    });
    await drs.jobs.update(id, { owner: ann.id, ownerUsername: ann.username }, { as: admin });
    expect(await codeOf(drs.submitJob(id, { as: ann, ...key }))).to.equal('not_found');
  });

  for (const [action, name] of [
    ['job:cancel', 'cancelJob'],
    ['job:requeue', 'requeueJob'],
  ] as const) {
    it(`has an attempt that the old owner does not reach: ${name}`, async () => {
      const { rules, drs, id } = await jobOfAnn();
      rules.rule = (user, asked, record) =>
        defaultAuthorize(user, asked.replace('requeue', 'update') as never, record);
      rules.after(action, async () => {
        await drs.jobs.update(id, ofBob, { as: admin });
        await drs.submitJob(id, { as: bob, ...key });
      });
      expect(await codeOf(drs[name](id, { as: ann }))).to.equal('not_found');
      expect(await drs.jobs.get(id)).to.include({ status: 'submitted', attempt: 1 });
    });
  }

  it('is the new owner’s also for what waited for the change', async () => {
    const { drs, id } = await jobOfAnn();
    const transaction = await internalsOf(drs).sequelize.transaction();
    await drs.jobs.update(id, ofBob, { as: admin, transaction });
    const change = codeOf(drs.jobs.update(id, { owner: ann.id, ownerUsername: ann.username }, { as: ann }));
    await blocked(drs);
    await transaction.commit();
    expect(await change).to.equal('not_found');
    expect(await drs.jobs.get(id)).to.include(ofBob);
  });

  it('is the new owner’s also by REST', async () => {
    const rules = new Rules();
    const drs = await instance({ authorize: rules.authorize });
    const send = await ask(drs);
    const { id } = await drs.jobs.create(
      { title: 'A job', program: 'true', ...(await makeServer(drs)) },
      { as: ann },
    );
    const give = (owner: User, as: string) =>
      send('patch', `/jobs/${id}`, as).send({ owner: owner.id, ownerUsername: owner.username });
    for (let round = 0; round < 5; round += 1) {
      await give(ann, 'admin').expect(200);
      const tries = [1, 2, 3, 4, 5, 6].map(() => give(ann, 'ann'));
      await Promise.all([give(bob, 'admin').expect(200), ...tries]);
      expect(await drs.jobs.get(id)).to.include({ owner: bob.id });
    }
  });

  it('may be changed in a transaction of the host by who has the right then, and by nobody else', async () => {
    const { rules, drs, id } = await jobOfAnn();
    const transaction = await internalsOf(drs).sequelize.transaction();
    rules.after('job:update', () => drs.jobs.update(id, ofBob, { as: admin }));
    expect(await codeOf(drs.jobs.update(id, { title: 'of ann' }, { as: ann, transaction }))).to.equal(
      'not_found',
    );
    rules.after('job:update', () => drs.jobs.update(id, { title: 'between' }, { as: admin }));
    await drs.jobs.update(id, { title: 'of bob' }, { as: bob, transaction });
    await transaction.commit();
    expect(await drs.jobs.get(id)).to.include({ ...ofBob, title: 'of bob' });
  });

  it('shows nothing to the old owner in the answer of the panel', async () => {
    const rules = new Rules();
    rules.rule = (user, action, record) => action === 'panel:enter' || defaultAuthorize(user, action, record);
    const drs = await makeInstance({ authorize: rules.authorize });
    const target = await makeServer(drs);
    const input = { title: 'A job', program: 'true', ...target };
    const { id } = await drs.jobs.create(input, { as: scientist });
    const url = await serve(drs);
    // The last right that is asked of a change: afterwards the panel reads the job anew.
    rules.after('job:cancel', () => drs.jobs.update(id, { ...ofBob, title: 'Of bob' }));
    const { text } = await request(url)
      .post(`/admin/api/resources/drs-jobs/records/${id}/edit`)
      .set('x-user', scientist.username)
      .field({ ...input, title: 'New' });
    expect(await drs.jobs.get(id)).to.include({ title: 'Of bob' });
    expect(text).to.not.contain('secret of bob');
  });
});

describe('the right to use a server or an interpreter that is taken away after it was asked', () => {
  for (const name of ['create', 'update', 'submit'] as const) {
    it(`is asked again before the change: ${name}`, async () => {
      const { rules, drs, id, serverId } = await jobOfAnn();
      const other = await makeServer(drs);
      const input = { title: 'Another', program: 'true', ...other };
      const calls = {
        create: () => drs.jobs.create(input, { as: ann }),
        update: () => drs.jobs.update(id, other, { as: ann }),
        submit: () => drs.submitJob(id, { as: ann, ...key }),
      };
      const used = name === 'submit' ? serverId : other.serverId;
      rules.after('interpreter:use', () => drs.servers.update(used, { allowedUsers: [] }));
      expect(await codeOf(calls[name]())).to.equal('forbidden');
      expect(await drs.models.Job.count()).to.equal(1);
      expect(await drs.jobs.get(id)).to.include({ serverId, attempt: 0 });
    });
  }

  it('is asked again of a submit that waits for the server', async () => {
    const { drs, id, serverId } = await jobOfAnn();
    const transaction = await internalsOf(drs).sequelize.transaction();
    await drs.servers.update(serverId, { allowedUsers: [] }, { transaction });
    const submitted = codeOf(drs.submitJob(id, { as: ann, ...key }));
    await blocked(drs);
    await transaction.commit();
    expect(await submitted).to.equal('forbidden');
    expect(await drs.jobs.get(id)).to.include({ attempt: 0 });
  });
});

describe('a server or interpreter that becomes another one after the right to it was asked', () => {
  /** Whoever is in the title or name may change it; everybody may see it. */
  const byName: Authorize = (user, action, record) => {
    const { title = '', name = title } = (record ?? {}) as { title?: string; name?: string };
    return user?.isAdmin === true || action.endsWith(':read') || name.startsWith(user?.username ?? '?');
  };

  async function records() {
    const { rules, drs } = await jobOfAnn();
    const interpreter = await drs.interpreters.create({ name: 'ann: sh', path: '/bin/sh' });
    const server = await drs.servers.create({ title: 'ann: host', hostname: 'there' });
    rules.rule = byName;
    return { rules, drs, interpreter, server };
  }

  it('is neither changed nor deleted: an interpreter', async () => {
    const { rules, drs, interpreter } = await records();
    for (const [action, call] of [
      ['interpreter:update', () => drs.interpreters.update(interpreter.id, { path: 'x' }, { as: ann })],
      ['interpreter:delete', () => drs.interpreters.delete(interpreter.id, { as: ann })],
    ] as const) {
      await drs.interpreters.update(interpreter.id, { name: 'ann: sh' });
      rules.after(action, () => drs.interpreters.update(interpreter.id, { name: 'bob: sh' }));
      expect(await codeOf(call()), action).to.equal('forbidden');
      expect(await drs.interpreters.get(interpreter.id)).to.include({ name: 'bob: sh', path: '/bin/sh' });
    }
  });

  it('is neither changed nor deleted: a server, with its host key', async () => {
    const { rules, drs, server } = await records();
    const { hostKeys } = internalsOf(drs);
    const pinned = {
      type: 'ssh-ed25519',
      key: Buffer.from('key'),
      fingerprint: 'SHA256:x',
      isApproved: false,
    };
    await hostKeys.remember('there', 22, pinned as never);
    for (const [action, call] of [
      ['server:update', () => drs.servers.update(server.id, { port: 23 }, { as: ann })],
      ['server:delete', () => drs.servers.delete(server.id, { as: ann })],
      ['server:keys', () => drs.hostKeys.approve(server.id, { fingerprint: 'SHA256:x' }, { as: ann })],
      ['server:keys', () => drs.hostKeys.forget(server.id, { as: ann })],
    ] as const) {
      await drs.servers.update(server.id, { title: 'ann: host' });
      rules.after(action, () => drs.servers.update(server.id, { title: 'bob: host' }));
      expect(await codeOf(call()), action).to.equal('forbidden');
      expect(await drs.servers.get(server.id)).to.include({ title: 'bob: host', port: 22 });
      expect((await drs.hostKeys.get(server.id)).hostKey).to.include({ isApproved: false });
    }
  });
});

describe('a record that others change without end', () => {
  it('is given up on after a number of rounds, in words', async () => {
    const { rules, drs, id } = await jobOfAnn();
    let asked = 0;
    rules.rule = async (user, action, record) => {
      if (action !== 'job:update') return defaultAuthorize(user, action, record);
      await drs.models.Job.update({ title: `Title ${(asked += 1)}` }, { where: { id } });
      return true;
    };
    const error: unknown = await drs.jobs.update(id, { program: 'x' }, { as: ann }).catch((e: unknown) => e);
    expect(error).to.include({ code: 'changed_meanwhile', status: 409 });
    expect((error as Error).message).to.contain(`Job ${id}`);
    expect(asked).to.be.within(2, 100);
    expect(await drs.jobs.get(id)).to.include({ program: 'true' });
  });

  it('may be changed by twenty at once', async () => {
    const { drs, id } = await jobOfAnn();
    const changes = Array.from({ length: 20 }, (_, n) =>
      codeOf(drs.jobs.update(id, { title: `T ${n}` }, { as: ann })),
    );
    expect(new Set(await Promise.all(changes))).to.deep.equal(new Set(['done']));
  });

  it('is held by nobody while rights are asked, also in a transaction of the host', async () => {
    const { rules, drs, id } = await jobOfAnn();
    const { sequelize } = internalsOf(drs);
    const held: string[] = [];
    let between = 2;
    rules.rule = async (user, action, record) => {
      if (action === 'job:update' || action === 'job:submit') {
        await sequelize
          .query(`SELECT 1 FROM drs_jobs WHERE id = ${id} FOR UPDATE NOWAIT`)
          .catch(() => held.push(action));
        if (record && (between -= 1) >= 0)
          await sequelize.query(`UPDATE drs_jobs SET title = title || '!' WHERE id = ${id}`);
      }
      return defaultAuthorize(user, action, record);
    };
    const transaction = await sequelize.transaction();
    await drs.jobs.update(id, { remoteFilename: 'p' }, { as: ann }).catch(() => undefined);
    between = 2;
    await drs.submitJob(id, { as: ann, ...key });
    expect(held).to.deep.equal([]);
    await drs.cancelJob(id);
    between = 2;
    rules.after('job:cancel', async () => void (held.length = 0));
    await drs.jobs.delete(id, { as: admin, transaction });
    await transaction.rollback();
    expect(held).to.deep.equal([]);
  });
});
