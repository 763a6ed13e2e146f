/** A program may have megabytes: it is read from the database where it is shown or changed, and nowhere else. */

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { Sequelize } from 'sequelize';
import request from 'supertest';
import type { RemoteSubmission } from '../../lib/index.js';
import { ask, type Ask, type Method, TestAttempt } from '../http/support.js';
import { Viewer } from '../sockets/support.js';
import { atEnd } from '../support/cleanup.js';
import { testDatabase } from '../support/postgres.js';
import { admin, doors, personalDoors, startSite, type Site } from './site.js';

const password = 'x';

describe('the program of a job', () => {
  let site: Site;
  let drs: RemoteSubmission;
  let send: Ask;
  let jobId: number;
  let resultId: number;
  const statements: string[] = [];
  /** The statements that read programs while this is done. */
  const readsOf = async (done: () => PromiseLike<unknown>): Promise<string[]> => {
    statements.length = 0;
    await done();
    return statements.filter((sql) => /^[^:]*: (SELECT|UPDATE|WITH)/.test(sql) && readsProgram(sql));
  };
  /** Its length may be asked. */
  const readsProgram = (sql: string): boolean =>
    /"?program"?[,\s]/.test(sql.replaceAll('octet_length("program")', ''));

  before(async () => {
    const sequelize = new Sequelize(await testDatabase(), { logging: (sql) => statements.push(sql) });
    atEnd(() => sequelize.close());
    site = await startSite({ sequelize });
    drs = site.drs;
    send = await ask(drs);
    const input = { title: 'A job', program: 'print(1)', ...site.target };
    jobId = (await drs.jobs.create(input, { as: admin })).id;
    const attempt = await TestAttempt.start(drs, jobId);
    await attempt.print('one\n');
    await attempt.leave({ 'a.txt': 'a' });
    await attempt.finish();
    const result = await drs.models.Result.findOne({ where: { jobId }, rejectOnEmpty: true });
    resultId = result.id;
  });

  const rest = (path: string, method: Method = 'get') => send(method, path, admin.username);
  const panel = (path: string, method: 'get' | 'post' = 'get') =>
    request(site.url)[method](`/admin/api/${path}`).set('x-user', admin.username);
  const openStream = async (path: string, text: string): Promise<void> => {
    const headers = { 'x-user': admin.username };
    const [response] = (await once(get(`${site.url}/drs/${path}`, { headers }), 'response')) as [
      IncomingMessage,
    ];
    for await (const piece of response.setEncoding('utf8')) if (String(piece).includes(text)) break;
  };

  it('is read where it is shown, by each', async () => {
    for (const show of [
      () => drs.jobs.get(jobId),
      () => rest(`/jobs/${jobId}`).expect(200),
      () => rest(`/ui/jobs/${jobId}`).expect(200),
      () => panel(`resources/drs-jobs/records/${jobId}/show`).expect(200),
      () => panel(`resources/drs-jobs/records/${jobId}/edit`).expect(200),
    ]) {
      expect(await readsOf(show)).not.to.deep.equal([]);
    }
  });

  const paths = ['logs', 'log', 'search?q=one', 'results', 'results.zip', 'explanation'];
  const readings: Record<string, () => PromiseLike<unknown>> = {
    ...Object.fromEntries(
      paths.map((path) => [`REST, ${path}`, () => rest(`/jobs/${jobId}/${path}`).expect(200)]),
    ),
    'REST, a file': () => rest(`/results/${resultId}/file`).expect(200),
    'REST, jobs': () => rest('/jobs').expect(200),
    'REST, logs': () => rest('/logs').expect(200),
    'REST, results': () => rest('/results').expect(200),
    'an event stream of a job': () => openStream(`jobs/${jobId}/events`, 'one'),
    'an event stream of jobs': () => openStream('events', 'A job'),
    'a socket': async () => {
      const viewer = await Viewer.connect(site.url, admin.username);
      expect(await viewer.ask('watch:jobs')).to.include({ ok: true });
      expect(await viewer.ask('watch:log', { jobId })).to.include({ ok: true });
      await viewer.until(({ text }) => text.includes('one'));
    },
    'host code, a log': () => drs.logs.open(jobId, { as: admin }),
    'host code, a file': () => drs.results.open(resultId, undefined, { as: admin }),
    'host code, jobs': () => drs.jobs.list({}, { as: admin }),
    'host code, an explanation': () => drs.explainJob(jobId, { as: admin }),
    'panel, the dashboard': () => panel('dashboard').expect(200),
    'panel, jobs': () => panel('resources/drs-jobs/actions/list').expect(200),
    'panel, results': () => panel('resources/drs-results/actions/list').expect(200),
    'panel, a result': () => panel(`resources/drs-results/records/${resultId}/show`).expect(200),
    'panel, a job live': () => panel(`resources/drs-jobs/actions/live?job=${jobId}`).expect(200),
    'panel, jobs live': () => panel(`resources/drs-jobs/actions/liveRows?jobs=${jobId}`).expect(200),
    'panel, the form of a submit': () => panel(`resources/drs-jobs/records/${jobId}/submit`).expect(200),
  };
  for (const [name, read] of Object.entries(readings)) {
    it(`is not read for ${name}`, async () => {
      expect(await readsOf(read)).to.deep.equal([]);
    });
  }

  for (const name of personalDoors) {
    it(`is not read to submit, queue again, cancel, retry or copy it, nor to delete it: ${name}`, async () => {
      const door = doors[name](site, admin);
      const input = { title: 'A job', program: 'print(1)', ...site.target };
      const { id } = await drs.jobs.create(input, { as: admin });
      for (const act of [
        () => door.submit?.(id, { password }),
        () => door.requeue(id),
        () => door.cancel(id),
        () => door.retry(id, { password }),
        () => door.cancel(id),
        () => door.copy?.(id, { password }),
        () => door.cancel(id),
        () => door.remove?.(id),
      ]) {
        const reads = await readsOf(async () => expect(await act()).to.include({ refusal: null }));
        expect(reads, String(act)).to.deep.equal([]);
      }
    });
  }
});
