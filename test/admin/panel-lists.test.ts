/** Lists of the panel: found, sorted and counted, also where there are very many. */

import { expect } from 'chai';
import request from 'supertest';
import { internalsOf } from '../../lib/internals.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { makeJob } from '../support/instance.js';
import { admin, makeInstance, serve } from './support/panel-app.js';

const list = '/admin/api/resources/drs-jobs/actions/list';

describe('the lists of the panel', () => {
  let drs: RemoteSubmission;
  let url: string;

  before(async () => {
    drs = await makeInstance();
    url = await serve(drs);
  });

  const ask = async (query: Record<string, string>, path = list) =>
    (await request(url).get(path).query(query).set('x-user', admin.username).expect(200)).body;
  const titles = async (query: Record<string, string>) =>
    (await ask(query)).records.map(({ params }: { params: { title: string } }) => params.title);
  const job = (title: string, owner = 'ann') => makeJob(drs, { program: '', title, owner });

  it('find jobs by a part of the title, whatever the case, and take every character as it is', async () => {
    const odd = [`50% of $1 :name ? it's`, 'back\\slash_under', 'Ünïcode'];
    for (const title of [...odd, 'plain']) await job(title);
    expect(await titles({ 'filters.title': 'PLAI' })).to.deep.equal(['plain']);
    for (const part of ['50% of', '$1 :name', `? it's`, 'k\\s', 'h_u']) {
      expect(await titles({ 'filters.title': part }), part).to.have.length(1);
    }
    expect(await titles({ 'filters.title': 'ünï' })).to.deep.equal(['Ünïcode']);
    expect(await titles({ 'filters.title': '_' })).to.deep.equal(['back\\slash_under']);
    expect(await titles({ 'filters.title': `'; DROP TABLE drs_jobs --` })).to.deep.equal([]);
  });

  it('find a job by its new title, and a deleted one no longer', async () => {
    const renamed = await job('Before');
    await renamed.update({ title: 'Afterwards' });
    expect(await titles({ 'filters.title': 'before' })).to.deep.equal([]);
    expect(await titles({ 'filters.title': 'afterw' })).to.deep.equal(['Afterwards']);
    await renamed.destroy();
    expect(await titles({ 'filters.title': 'afterw' })).to.deep.equal([]);
  });

  it('find jobs by a part of the name of their owner, together with other filters', async () => {
    await job('One of carol', 'carol');
    await job('Two of carol', 'carol');
    expect(await titles({ 'filters.ownerUsername': 'ARO' })).to.have.length(2);
    expect(await titles({ 'filters.ownerUsername': 'aro', 'filters.title': 'two' })).to.deep.equal([
      'Two of carol',
    ]);
    expect(await titles({ 'filters.ownerUsername': 'aro', 'filters.status': 'running' })).to.deep.equal([]);
  });

  it('sort by title and by owner, both ways', async () => {
    for (const sortBy of ['title', 'ownerUsername']) {
      const shown = async (direction: string): Promise<string[]> =>
        (await ask({ sortBy, direction })).records.map(
          (record: { params: Record<string, string> }) => record.params[sortBy],
        );
      const [up, down] = [await shown('asc'), await shown('desc')];
      expect(up).to.deep.equal([...down].reverse());
      expect(new Set(up).size).to.be.greaterThan(1);
    }
  });

  it('count to ten thousand, and go no further', async () => {
    const { serverId, interpreterId } = await job('Model');
    await internalsOf(drs).sequelize.query(`
      INSERT INTO drs_jobs (uuid, title, program, remote_directory, remote_filename, owner, owner_username, server_id, interpreter_id)
      SELECT md5(n::text)::uuid, 'Many ' || n, '', '~', 'p', 'eve', 'eve', ${serverId}, ${interpreterId} FROM generate_series(1, 10100) AS n`);
    const { meta } = await ask({ 'filters.title': 'many' });
    expect(meta.total).to.equal(10_001);
    expect((await ask({ 'filters.title': 'many', page: '500', perPage: '20' })).records).to.have.length(20);
    expect((await ask({ 'filters.title': 'many', page: '40000' })).records).to.deep.equal([]);
    expect((await ask({ 'filters.title': 'many 1010' })).meta.total).to.equal(2);
  });
});

describe('the dashboard on servers out of reach', () => {
  let drs: RemoteSubmission;
  let url: string;

  before(async () => {
    drs = await makeInstance();
    url = await serve(drs);
  });

  const unreachable = async () => {
    const { body } = await request(url).get('/admin/api/dashboard').set('x-user', admin.username).expect(200);
    return body.unreachable.map(({ id, jobs }: { id: number; jobs: number }) => ({ id, jobs }));
  };
  const change = (sql: string) => internalsOf(drs).sequelize.query(sql);

  it('names the server that an attempt waits for', async () => {
    const { id, serverId } = await makeJob(drs, { program: '' });
    await drs.submitJob(id, { password: 'x' });
    const { store } = internalsOf(drs);
    const claim = await store.attempts.claim({ jobId: id, attempt: 1 }, { workerId: 'w', leaseMs: 60_000 });
    const until = { nextTryAt: new Date(Date.now() + 60_000), message: 'Away.', tries: 1 };
    if (claim) await store.attempts.defer(claim, until);
    expect(await unreachable()).to.deep.equal([{ id: serverId, jobs: 1 }]);
    await drs.cancelJob(id);
    expect(await unreachable()).to.deep.equal([]);
  });

  it('names the server that an attempt of the last day gave up on, until a job runs there', async () => {
    const failed = await makeJob(drs, { program: '' });
    await change(`UPDATE drs_jobs SET status = 'failure', failure_reason = 'unreachable', attempt = 1,
      finished_at = now() - interval '1 hour' WHERE id = ${failed.id}`);
    expect(await unreachable()).to.deep.equal([{ id: failed.serverId, jobs: 0 }]);
    const later = await makeJob(drs, { program: '' });
    await change(
      `UPDATE drs_jobs SET server_id = ${failed.serverId}, started_at = now() - interval '2 hours' WHERE id = ${later.id}`,
    );
    expect(await unreachable()).to.have.length(1);
    await change(`UPDATE drs_jobs SET started_at = now() WHERE id = ${later.id}`);
    expect(await unreachable()).to.deep.equal([]);
  });
});
