/** Who comes into the panel, from where, and in which hosts it works. */

import { Database, Resource } from '@adminjs/sequelize';
import { expect } from 'chai';
import AdminJS from 'adminjs';
import express, { type Express, type RequestHandler } from 'express';
import request from 'supertest';
import { drsAdmin, drsAdminResources } from '../../admin/index.js';
import { PanelResource } from '../../admin/resources/panel-resource.js';
import { OptionsError } from '../../lib/errors.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { admin, makeInstance, scientist, serve } from './support/panel-app.js';
import { makeJob } from '../support/instance.js';

const asAdmin = { 'x-user': admin.username };
const list = '/admin/api/resources/drs-jobs/actions/list';
const newInterpreter = '/admin/api/resources/drs-interpreters/actions/new';

describe('the door of the panel', () => {
  let drs: RemoteSubmission;
  let url: string;

  before(async () => {
    drs = await makeInstance();
    url = await serve(drs);
  });

  it('answers 401 to anonymous visitors, on pages, data, and scripts', async () => {
    for (const path of ['/admin', list, '/admin/frontend/assets/app.bundle.js']) {
      await request(url).get(path).expect(401);
    }
    await request(url).post(newInterpreter).field('name', 'x').expect(401);
  });

  it('answers 404 to people who may not enter', async () => {
    await request(url).get('/admin').set('x-user', scientist.username).expect(404);
    await request(url).get(list).set('x-user', scientist.username).expect(404);
  });

  it('sends visitors to the page for signing in where the host has one', async () => {
    const other = await serve(drs, { options: { loginPath: '/login' } });
    await request(other).get('/admin').set('accept', 'text/html').expect(302).expect('location', '/login');
    await request(other).get(list).set('accept', 'application/json').expect(401);
  });

  it('refuses what another site sends', async () => {
    const send = (headers: Record<string, string>) =>
      request(url).post(newInterpreter).set(asAdmin).set(headers).field('name', 'Perl').field('path', 'perl');
    await send({ 'sec-fetch-site': 'cross-site' }).expect(403);
    await send({ 'sec-fetch-site': 'same-site' }).expect(403);
    await send({ origin: 'https://elsewhere.example' }).expect(403);
    await send({ 'sec-fetch-site': 'same-origin' }).expect(200);
    expect(await drs.models.Interpreter.count()).to.equal(1);
  });

  it('does nothing on a GET, which another site can make a browser send', async () => {
    const job = await makeJob(drs, { program: 'true' });
    await request(url).get(`/admin/api/resources/drs-jobs/records/${job.id}/submit`).set(asAdmin).expect(200);
    expect((await job.reload()).status).to.equal('initial');
  });

  it('sends a page that runs only its own scripts, and asks no other host', async () => {
    const { text, headers } = await request(url).get('/admin').set(asAdmin).expect(200);
    expect(text).not.to.match(/(src|href)="?(https?:)?\/\//);
    expect(headers['content-security-policy']).to.match(/script-src 'self' 'nonce-/);
  });

  it('knows nothing of resources, actions and records that do not exist', async () => {
    await request(url).get('/admin/api/resources/nothing/actions/list').set(asAdmin).expect(404);
    await request(url).get('/admin/api/resources/drs-jobs/actions/nothing').set(asAdmin).expect(404);
    await request(url).get('/admin/api/resources/drs-jobs/actions/constructor').set(asAdmin).expect(404);
    const { body } = await request(url).get('/admin/api/resources/drs-jobs/records/9999/show').set(asAdmin);
    expect(body.notice.type).to.equal('error');
  });

  it('filters by what it knows, and leaves the rest aside', async () => {
    for (const query of ['filters.nonsense=1', 'filters.serverId=x', 'filters.owner=1', 'page=-3']) {
      const { status, text } = await request(url).get(`${list}?${query}`).set(asAdmin);
      expect(status, query).to.equal(200);
      expect(text).not.to.contain('SELECT');
    }
    const search = '/admin/api/resources/drs-servers/search/x?searchProperty=nonsense';
    await request(url).get(search).set(asAdmin).expect(200);
  });

  it('refuses to sort by what it does not know, without a word of SQL', async () => {
    for (const query of [
      'sortBy=nonsense',
      'sortBy=program',
      'sortBy=id;DROP',
      'sortBy=title&direction=up',
    ]) {
      const { status, text } = await request(url).get(`${list}?${query}`).set(asAdmin);
      expect(status, query).to.equal(400);
      expect(text).not.to.match(/SELECT|ORDER|drs_jobs/);
    }
    await request(url).get(`${list}?sortBy=title&direction=asc`).set(asAdmin).expect(200);
  });

  it('says in one error what is wrong with its options', () => {
    const options = { title: '<b>', mountPath: 'drs', nonsense: 1 } as object;
    expect(() => drsAdmin(drs, options)).to.throw(OptionsError, /nonsense[\s\S]*mountPath[\s\S]*title/);
  });
});

describe('the panel in a host application', () => {
  let drs: RemoteSubmission;

  before(async () => {
    drs = await makeInstance();
  });

  const works = async (url: string, path = '/admin'): Promise<void> => {
    const { text } = await request(url).get(path).set(asAdmin).expect(200);
    expect(text).to.contain(`"rootPath":"${path}"`);
    await request(url).get(`${path}/frontend/assets/components.bundle.js`).set(asAdmin).expect(200);
    await request(url).get(`${path}/frontend/assets/global.bundle.js`).set(asAdmin).expect(200);
    const action = `${path}/api/resources/drs-interpreters/actions/new`;
    const { body } = await request(url)
      .post(action)
      .set(asAdmin)
      .field('name', 'Perl')
      .field('path', '/usr/bin/perl');
    expect(body.notice).to.deep.equal({ message: 'successfullyCreated', type: 'success' });
    await request(url).post(action).set(asAdmin).send({ name: 'Perl', path: '/usr/bin/perl' }).expect(200);
  };

  it('works on Express 5', async () => works(await serve(drs)));

  it('works on Express 4', async () => {
    const { default: express4 } = (await import('express4')) as { default: () => Express };
    await works(await serve(drs, { app: express4() }));
  });

  it('works after body parsers', async () => {
    await works(await serve(drs, { before: [express.json(), express.urlencoded({ extended: true })] }));
  });

  it('works below a deeper path', async () =>
    works(await serve(drs, { path: '/tools/queue' }), '/tools/queue'));

  it("leaves the host's session alone", async () => {
    const session = { adminUser: { email: 'somebody else' } };
    const putSession: RequestHandler = (incoming, _response, next) => {
      Object.assign(incoming, { session });
      next();
    };
    const url = await serve(drs, { before: [putSession] });
    await works(url);
    expect(session).to.deep.equal({ adminUser: { email: 'somebody else' } });
    const { text } = await request(url).get('/admin').set(asAdmin);
    expect(text).to.contain(admin.username).and.not.to.contain('somebody else');
  });

  it("lends its resources to a host's AdminJS that knows Sequelize itself", () => {
    AdminJS.registerAdapter({ Database, Resource });
    const host = new AdminJS({ resources: drsAdminResources(drs) });
    for (const resource of host.resources) expect(resource).to.be.instanceOf(PanelResource);
  });

  it("works beside a host's own AdminJS, and lends its resources to it", async () => {
    const host = new AdminJS({ resources: drsAdminResources(drs) });
    expect(host.resources.map((resource) => resource.decorate().id())).to.have.members([
      'drs-jobs',
      'drs-results',
      'drs-servers',
      'drs-interpreters',
    ]);
    await works(await serve(drs));
  });
});
