/** Ids up to the highest that a table can have, and beyond: nothing there, by every door, and no error inside. */

import { expect } from 'chai';
import request from 'supertest';
import { connectDrs } from '../../lib/client/index.js';
import { routes } from '../../lib/http/routes.js';
import { runDrs } from '../cli/drs-process.js';
import { codeOf } from '../domain/support.js';
import { Viewer } from '../sockets/support.js';
import { admin, startSite, type Site } from './site.js';

const ids = [2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e21];
const asAdmin = { 'x-user': admin.username };

describe('the highest id, and those beyond', () => {
  let site: Site;
  before(async () => {
    site = await startSite();
  });

  it('name nothing for host code', async () => {
    const { drs } = site;
    const calls: Record<string, (id: number) => Promise<unknown>> = {
      submitJob: (id) => drs.submitJob(id, { password: 'x' }),
      runJob: (id) => drs.runJob(id, { password: 'x' }),
      copyJob: (id) => drs.copyJob(id, { password: 'x' }),
      retryJob: (id) => drs.retryJob(id),
      cancelJob: (id) => drs.cancelJob(id),
      requeueJob: (id) => drs.requeueJob(id),
      explainJob: (id) => drs.explainJob(id),
      'jobs.get': (id) => drs.jobs.get(id),
      'jobs.update': (id) => drs.jobs.update(id, { title: 'x' }),
      'jobs.delete': (id) => drs.jobs.delete(id),
      'servers.get': (id) => drs.servers.get(id),
      'servers.update': (id) => drs.servers.update(id, { title: 'x' }),
      'servers.delete': (id) => drs.servers.delete(id),
      'servers.testConnection': (id) => drs.servers.testConnection(id, { username: 'x', password: 'x' }),
      'interpreters.get': (id) => drs.interpreters.get(id),
      'interpreters.update': (id) => drs.interpreters.update(id, { name: 'x' }),
      'interpreters.delete': (id) => drs.interpreters.delete(id),
      'hostKeys.get': (id) => drs.hostKeys.get(id),
      'hostKeys.approve': (id) => drs.hostKeys.approve(id, { fingerprint: 'x' }),
      'hostKeys.forget': (id) => drs.hostKeys.forget(id),
      'logs.open': (id) => drs.logs.open(id),
      'results.open': (id) => drs.results.open(id),
    };
    for (const [name, call] of Object.entries(calls)) {
      for (const id of [...ids, 0, -1, 1.5, NaN]) {
        expect(await codeOf(call(id)), `${name} ${id}`).to.equal('not_found');
      }
    }
  });

  for (const { method, path, summary } of routes.filter(({ path }) => path.includes(':id'))) {
    it(`name nothing for ${method} ${path} (${summary})`, async () => {
      for (const id of [...ids.map(String), '9223372036854775808']) {
        const { status, body } = await request(site.url)
          [method](`/drs${path.replace(':id', id)}`)
          .set({ ...asAdmin, accept: 'application/json' });
        expect({ status, code: body.code }, id).to.deep.equal({ status: 404, code: 'not_found' });
      }
    });
  }

  it('are refused in a query or a body, or find nothing, by REST', async () => {
    const { drs, url, target } = site;
    const { id } = await drs.jobs.create({ title: 'A job', program: '', ...target }, { as: admin });
    const tooHigh = String(2 ** 31);
    for (const query of [
      ...['serverId', 'server', 'interpreterId', 'interpreter', 'attempt'].map((name) => `jobs?${name}=`),
      ...['jobId', 'job', 'attempt'].flatMap((name) => [`logs?${name}=`, `results?${name}=`]),
      ...['after', 'before', 'line', 'attempt'].map((name) => `jobs/${id}/logs?${name}=`),
      ...[`jobs/${id}/log?attempt=`, `jobs/${id}/results?attempt=`, `jobs/${id}/results.zip?attempt=`],
      ...[`jobs/${id}/search?q=x&after=`, `jobs/${id}/search?q=x&attempt=`],
      ...[`jobs/${id}/events?after=`, `jobs/${id}/events?attempt=`],
    ]) {
      const beyond = await request(url).get(`/drs/${query}${tooHigh}`).set(asAdmin);
      expect(beyond.body, query).to.include({ status: 400, code: 'invalid_input' });
    }
    for (const name of ['serverId', 'interpreterId']) {
      for (const value of [2 ** 31 - 1, 2 ** 31, 2 ** 53]) {
        const job = { title: 'x', program: '', ...target, [name]: value };
        const { body } = await request(url).post('/drs/jobs').set(asAdmin).send(job);
        expect(body, name).to.deep.include({ status: 400, code: 'invalid_input' });
        expect(body.problems.map(({ path }: { path: string }) => path)).to.deep.equal([name]);
      }
    }
    const cursors = ['2147483647', '2147483648', '9007199254740993', '1e400'].map((text) =>
      Buffer.from(text).toString('base64url'),
    );
    for (const cursor of [...cursors, ...ids.map(String)]) {
      const { status } = await request(url).get(`/drs/jobs?cursor=${cursor}`).set(asAdmin);
      expect([200, 400], cursor).to.include(status);
    }
  });

  it('begin nothing on an event stream that comes back with them', async () => {
    const { drs, url, target } = site;
    const { id } = await drs.jobs.create({ title: 'A job', program: '', ...target }, { as: admin });
    const ask = (lastEventId: string) =>
      request(url)
        .get(`/drs/jobs/${id}/events?attempt=9`)
        .set({ ...asAdmin, 'last-event-id': lastEventId });
    for (const lastEventId of ['2147483648.1', '9.2147483648', '9.9999999999']) {
      expect((await ask(lastEventId)).body, lastEventId).to.include({ status: 404, code: 'not_found' });
    }
  });

  it('name nothing for a socket', async () => {
    const viewer = await Viewer.connect(site.url, admin.username);
    const ask = (event: string, body: object) => viewer.ask(event, body);
    const { id: jobId } = await site.drs.jobs.create(
      { title: 'A job', program: '', ...site.target },
      { as: admin },
    );
    const nothing = { ok: false, code: 'not_found' };
    const invalid = { ok: false, code: 'invalid_input' };
    expect(await ask('watch:log', { jobId: 2 ** 31 - 1 })).to.deep.equal(nothing);
    expect(await ask('watch:log', { jobId, attempt: 2 ** 31 - 1 })).to.deep.equal(nothing);
    for (const high of ids.slice(1)) {
      expect(await ask('watch:log', { jobId: high })).to.deep.equal(invalid);
      expect(await ask('watch:log', { jobId, attempt: high })).to.deep.equal(invalid);
      expect(await ask('watch:log', { jobId, after: high })).to.deep.equal(invalid);
      expect(await ask('unwatch:log', { jobId: high })).to.deep.equal(invalid);
    }
    expect(await ask('watch:log', { jobId, after: 2 ** 31 - 1 })).to.include({ ok: true });
  });

  it('name nothing for the typed client', async () => {
    const client = connectDrs(`${site.url}/drs`, { headers: asAdmin });
    for (const id of ids.slice(0, 3)) expect(await codeOf(client.jobs.get(id))).to.equal('not_found');
  });

  describe('in the panel', () => {
    const api = '/admin/api/resources';
    const get = (path: string) => request(site.url).get(`${api}/${path}`).set(asAdmin);
    const post = (path: string) => request(site.url).post(`${api}/${path}`).set(asAdmin);
    const kinds = ['jobs', 'servers', 'interpreters', 'results'] as const;

    for (const kind of kinds) {
      it(`name none of its ${kind}`, async () => {
        for (const id of ids) {
          const { status, body } = await get(`drs-${kind}/records/${id}/show`);
          expect([status, body.notice?.type], `${id}`).to.deep.equal([200, 'error']);
          const bulk = await post(`drs-${kind}/bulk/bulkDelete?recordIds=${id}`);
          expect(bulk.body, `${id}`).to.include({ code: 'not_found' });
          for (const filter of ['id', 'serverId', 'interpreterId', 'proxyJump', 'jobId', 'attempt']) {
            const { body: list } = await get(`drs-${kind}/actions/list?filters.${filter}=${id}`).expect(200);
            expect(list.records).to.be.an('array');
          }
          await get(`drs-${kind}/actions/list?page=${id}&perPage=${id}`).expect(200);
        }
      });
    }

    it('name nothing that can be done', async () => {
      for (const id of ids) {
        for (const action of ['submit', 'retry', 'cancel', 'copy', 'requeue', 'edit', 'delete']) {
          const { status, body } = await post(`drs-jobs/records/${id}/${action}`).field('title', 'x');
          expect([status, body.notice?.type], `${action} ${id}`).to.deep.equal([200, 'error']);
        }
        for (const action of ['testConnection', 'hostKey', 'copyKey', 'deleteKey']) {
          const { status, body } = await post(`drs-servers/records/${id}/${action}`);
          expect([status, body.notice?.type], `${action} ${id}`).to.deep.equal([200, 'error']);
        }
      }
    });

    it('name nothing that its pages look at by themselves', async () => {
      for (const id of ids) {
        expect((await get(`drs-jobs/actions/liveRows?jobs=${id}`).expect(200)).body.rows).to.deep.equal([]);
        for (const path of [
          `drs-jobs/actions/live?job=${id}`,
          `drs-servers/actions/history?record=${id}`,
          `drs-interpreters/actions/history?record=${id}`,
        ]) {
          const { status, body } = await get(path);
          expect({ status, code: body.code }, path).to.deep.equal({ status: 404, code: 'not_found' });
        }
      }
    });

    it('are what is wrong with a field of a form', async () => {
      for (const name of ['serverId', 'interpreterId']) {
        for (const value of ids) {
          const values = { title: 'x', program: 'x', ...site.target, [name]: String(value) };
          const { body } = await post('drs-jobs/actions/new').field(values);
          expect(Object.keys(body.record.errors), `${name} ${value}`).to.deep.equal([name]);
        }
      }
    });
  });

  it('name nothing for the command', async () => {
    const { env } = site;
    const high = String(2 ** 31 - 1);
    for (const command of ['cancel', 'explain', 'log']) {
      const { code, stderr } = await runDrs([command, high], env);
      expect({ code, stderr }, command).to.deep.equal({
        code: 125,
        stderr: `drs: Job ${high} was not found.\n`,
      });
    }
    const beyond = await runDrs(['cancel', String(2 ** 31)], env);
    expect(beyond.code).to.equal(64);
    const server = await runDrs(['host-key', String(2 ** 31)], env);
    expect(server.code).to.equal(125);
    expect(server.stderr).to.contain('There is no server');
  });
});
