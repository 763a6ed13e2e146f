import { expect } from 'chai';
import { Sequelize } from 'sequelize';
import type { RemoteSubmission } from '../../lib/index.js';
import { testDatabase } from '../support/postgres.js';
import { ask, instance, jobOf, TestAttempt, type Ask } from './support.js';

describe('the program of a job', () => {
  let drs: RemoteSubmission;
  let send: Ask;
  let jobId: number;
  const statements: string[] = [];
  const readsOf = async (request: PromiseLike<unknown>): Promise<string[]> => {
    statements.length = 0;
    await request;
    return statements.filter((sql) => /^[^:]*: SELECT/.test(sql) && /"?program"?[,\s]/.test(sql));
  };

  before(async () => {
    const sequelize = new Sequelize(await testDatabase(), { logging: (sql) => statements.push(sql) });
    drs = await instance({ sequelize });
    send = await ask(drs);
    jobId = (await jobOf(drs)).id;
    const attempt = await TestAttempt.start(drs, jobId);
    await attempt.print('one\n');
    await attempt.leave({ 'a.txt': 'a' });
    await attempt.finish();
  });
  after(() => drs.close());

  it('is read where it is shown', async () => {
    expect(await readsOf(send('get', `/jobs/${jobId}`, 'ann').expect(200))).not.to.deep.equal([]);
  });

  for (const path of ['logs', 'log', 'search?q=one', 'results', 'results.zip', 'explanation']) {
    it(`is not read from the database for ${path}`, async () => {
      expect(await readsOf(send('get', `/jobs/${jobId}/${path}`, 'ann').expect(200))).to.deep.equal([]);
    });
  }

  it('is not read from the database for a file', async () => {
    const { items } = (await send('get', `/jobs/${jobId}/results`, 'ann')).body;
    expect(await readsOf(send('get', `/results/${items[0].id}/file`, 'ann').expect(200))).to.deep.equal([]);
  });

  it('is not read from the database to submit, cancel or retry it', async () => {
    const body = { password: 'x' };
    expect(await readsOf(send('post', `/jobs/${jobId}/submit`, 'ann').send(body).expect(202))).to.deep.equal(
      [],
    );
    expect(await readsOf(send('post', `/jobs/${jobId}/cancel`, 'ann').expect(202))).to.deep.equal([]);
    expect(await readsOf(send('post', `/jobs/${jobId}/retry`, 'ann').send(body).expect(202))).to.deep.equal(
      [],
    );
  });
});
