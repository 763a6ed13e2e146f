/** How inputs that do not fit are refused: each thing once, in our words, and no more than a person reads. */

import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { ValidationError, type Problem } from '../../lib/errors.js';
import { listLimit } from '../../lib/cli/numbers.js';
import { testInstance } from '../support/instance.js';
import { until } from '../worker/support.js';
import { auditOf, codeOf, makeServer } from './support.js';

async function problemsOf(promise: Promise<unknown>): Promise<readonly Problem[]> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(error).to.be.instanceOf(ValidationError);
  return (error as ValidationError).problems;
}

describe('an input that does not fit', () => {
  let drs: RemoteSubmission;
  let target: { serverId: number; interpreterId: number };
  const owner = { owner: '1', ownerUsername: 'ann' };

  before(async () => {
    drs = await testInstance();
    target = await makeServer(drs);
  });

  it('has each problem once', async () => {
    const job = { title: 'T', program: '', ...target, ...owner };
    const huge = 2 ** 53;
    const wrong = [
      drs.jobs.create({ ...job, interpreterId: huge }),
      drs.jobs.create({ ...job, timeoutMs: huge }),
      drs.jobs.create({ ...job, storeResults: ['a\0'] }),
      drs.interpreters.create({ name: 'A', path: 'a', arguments: ['\0'] }),
      drs.servers.update(target.serverId, { allowedUsers: ['\0'] }),
    ];
    for (const call of await Promise.all(wrong.map(problemsOf))) expect(call).to.have.length(1);
  });

  it('is told in words for people', async () => {
    const wrong = { title: 5, program: null, serverId: 'x', storeResults: [1] } as never;
    const problems = await problemsOf(drs.jobs.create(wrong));
    for (const { message } of problems) expect(message).not.to.match(/Invalid|expected|received/);
    expect(problems).to.deep.include({ path: 'interpreterId', message: 'is required' });
    expect(problems).to.deep.include({ path: 'storeResults.0', message: 'must be a text' });
    const [told] = await problemsOf(drs.hostKeys.approve(target.serverId, { fingerprint: null as never }));
    expect(told).to.deep.equal({ path: 'fingerprint', message: 'must be a text' });
  });

  it('with very many unknown names tells the first of them', async () => {
    const names = Array.from({ length: 200 }, (_, index) => [`x${index}`.padEnd(1000, 'x'), 1]);
    const problems = await problemsOf(drs.interpreters.create(Object.fromEntries(names) as never));
    expect(problems.filter(({ message }) => message.startsWith('is not known'))).to.have.length(20);
    expect(problems).to.deep.include({ path: '', message: '180 more names are not known here' });
    expect(JSON.stringify(problems).length).to.be.below(10_000);
  });

  it('names what the test of a connection takes', async () => {
    const [problem] = await problemsOf(drs.servers.testConnection(target.serverId, { user: 'x' } as never));
    expect(problem?.message).to.contain('username, password, privateKey, passphrase');
  });

  it('is a fingerprint of another kind, and forgets nothing', async () => {
    for (const fingerprint of [5, null, ''] as never[]) {
      const [problem] = await problemsOf(drs.hostKeys.forget(target.serverId, { fingerprint }));
      expect(problem?.path).to.equal('fingerprint');
    }
    expect(await codeOf(drs.hostKeys.forget(target.serverId))).to.equal('done');
  });

  it('is a name for the audit that is empty, long or has control characters', async () => {
    const { id } = await drs.jobs.create({ title: 'T', program: '', ...target, ...owner });
    for (const by of ['', ' ', 'x'.repeat(256), 'a\nb', '\u001b[2J']) {
      const calls = [drs.jobs.update(id, { title: 'New' }, { by }), drs.cancelJob(id, { by })];
      for (const problems of await Promise.all(calls.map(problemsOf))) {
        expect(problems.map(({ path }) => path)).to.deep.equal(['by']);
      }
    }
    expect(await auditOf(drs, 'job', id)).to.have.length(1);
  });

  it('is no limit above the highest one, which is named', () => {
    for (const text of ['1e9', '10001']) expect(() => listLimit(text)).to.throw('from 1 to 10000, in digits');
  });
});

describe('a change of a server', () => {
  it('may send back the scheduler that it has, also where that is not known', async () => {
    const drs = await testInstance();
    const { id } = await drs.models.Server.create({ title: 'S', hostname: 's', scheduler: 'batch' });
    expect((await drs.servers.update(id, { title: 'New', scheduler: 'batch' })).title).to.equal('New');
    expect(await codeOf(drs.servers.update(id, { scheduler: 'other' }))).to.equal('invalid_input');
  });

  it('takes no interpreter away of a job that is being made', async () => {
    const drs = await testInstance();
    const { serverId, interpreterId } = await makeServer(drs);
    const sequelize = drs.models.Job.sequelize;
    const transaction = await sequelize?.transaction();
    if (!transaction) throw new Error('no transaction');
    const owner = { owner: '1', ownerUsername: 'ann' };
    const input = { title: 'T', program: '', serverId, interpreterId, ...owner };
    await drs.jobs.create(input, { transaction });
    const change = codeOf(drs.servers.update(serverId, { interpreterIds: [] }));
    const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    const isWaiting = async () => ((await sequelize?.query(waits))?.[0].length ?? 0) > 0;
    await Promise.race([change, until(isWaiting)]);
    await transaction.commit();
    expect(await change).to.equal('invalid_input');
    expect((await drs.servers.get(serverId)).interpreterIds).to.deep.equal([interpreterId]);
  });
});
