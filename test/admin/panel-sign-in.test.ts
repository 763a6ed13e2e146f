/** Signing in by AdminJS's own form. */

import { expect } from 'chai';
import request from 'supertest';
import express, { type Express } from 'express';
import { pino } from 'pino';
import { io } from 'socket.io-client';
import { drsAdmin } from '../../admin/index.js';
import { OptionsError } from '../../lib/errors.js';
import { internalsOf } from '../../lib/internals.js';
import type { User } from '../../lib/protocol/records.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { makeJob } from '../support/instance.js';
import { admin, makeInstance, scientist, serve, type Mount } from './support/panel-app.js';

const secret = 'sentinel-panel-password';
const path = '/admin/sign-in';

describe("AdminJS's own form", () => {
  let drs: RemoteSubmission;
  let url: string;
  const asked: string[] = [];
  let known: User[];

  before(async () => {
    drs = await makeInstance({ identify: () => null, logger: pino({ level: 'silent' }) });
    const authenticate = (username: string, password: string): User | null => {
      asked.push(username);
      return password === secret
        ? ([admin, scientist].find((user) => user.username === username) ?? null)
        : null;
    };
    const find = (id: string): User | null => known.find((user) => String(user.id) === id) ?? null;
    url = await serve(drs, { options: { signIn: { authenticate, find } } });
  });

  beforeEach(async () => {
    known = [admin, scientist];
    await internalsOf(drs).sequelize.query('DELETE FROM drs_sign_in_tries');
  });

  const signIn = (email = admin.username, password = secret, query = '') =>
    request(url)
      .post(path + query)
      .type('form')
      .send({ email, password });
  const cookieOf = (response: request.Response): string =>
    response.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const enter = (cookie: string) =>
    request(url).get('/admin').set('cookie', cookie).set('accept', 'text/html');

  it('is where visitors are sent, and is shown with its scripts to anybody', async () => {
    const { headers } = await request(url)
      .get('/admin/resources/drs-jobs')
      .set('accept', 'text/html')
      .expect(302);
    expect(headers['location']).to.equal('/admin/sign-in?next=%2Fresources%2Fdrs-jobs');
    const { text } = await request(url).get(path).expect(200);
    expect(text)
      .to.contain('User name')
      .and.not.to.match(/(src|href)="?(https?:)?\/\//);
    await request(url).get('/admin/frontend/assets/app.bundle.js').expect(200);
    await request(url).get('/admin/api/dashboard').set('accept', 'application/json').expect(401);
  });

  it('lets an administrator in, with a cookie that no script reads, and leads to the page that was wanted', async () => {
    const response = await signIn(admin.username, secret, '?next=%2Fresources%2Fdrs-jobs').expect(303);
    expect(response.headers['location']).to.equal('/admin/resources/drs-jobs');
    expect(response.headers['set-cookie']?.[0])
      .to.match(/HttpOnly/)
      .and.to.match(/SameSite=Lax/);
    const { text } = await enter(cookieOf(response)).expect(200);
    expect(text).to.contain('"label":"ann"').and.to.contain('"canSignOut":true');
    expect(text).not.to.contain(secret);
  });

  it('leads to no other site', async () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', "/'+alert(1)+'"]) {
      const { headers } = await signIn(admin.username, secret, `?next=${encodeURIComponent(next)}`).expect(
        303,
      );
      expect(headers['location'], next).to.equal('/admin/');
      const { text } = await request(url).get(`${path}?next=${encodeURIComponent(next)}`);
      expect(text).not.to.contain('evil').and.not.to.contain('alert(1)');
    }
  });

  it('gives a wrong password, an unknown name and a person who may not enter the same answer', async () => {
    const answers = [
      await signIn(admin.username, 'wrong'),
      await signIn('nobody', secret),
      await signIn(scientist.username, secret),
      await signIn('', ''),
    ];
    const message = 'The name or the password is wrong';
    for (const { status, text, headers } of answers) {
      expect(status).to.equal(401);
      expect(text).to.contain(message);
      expect(headers['set-cookie']).to.equal(undefined);
    }
  });

  it('makes a new cookie at each sign-in, and ends the one before', async () => {
    const planted = `drs_sign_in=${'x'.repeat(43)}`;
    const first = cookieOf(await signIn().set('cookie', planted));
    expect(first).not.to.equal(planted);
    await enter(planted).expect(302);
    const second = cookieOf(await signIn().set('cookie', first));
    expect(second).not.to.equal(first);
    await enter(first).expect(302);
    await enter(second).expect(200);
  });

  it('signs out for good', async () => {
    const cookie = cookieOf(await signIn());
    const { headers } = await request(url).post('/admin/sign-out').set('cookie', cookie).expect(303);
    expect(headers['location']).to.equal(path);
    await enter(cookie).expect(302);
  });

  it('forgets a sign-in after its time', async () => {
    const cookie = cookieOf(await signIn());
    await internalsOf(drs).sequelize.query('UPDATE drs_sign_ins SET expires_at = now()');
    await enter(cookie).expect(302);
  });

  it('is over at once for somebody who is removed, or loses the right to enter, also at the router', async () => {
    const cookie = cookieOf(await signIn());
    const { id } = await makeJob(drs, { program: '', owner: 'somebody else' });
    const job = () => request(url).get(`/drs/jobs/${id}`).set('cookie', cookie);
    await job().expect(200);
    known = [{ ...admin, isAdmin: false }];
    await enter(cookie).expect(404);
    await job().expect(404);
    known = [];
    await enter(cookie).expect(302);
    await job().expect(401);
  });

  it('stays over for whom the host did not know once, also when it knows them again', async () => {
    const cookies = [cookieOf(await signIn()), cookieOf(await signIn())];
    for (const cookie of cookies) {
      known = [];
      await enter(cookie).expect(302);
      known = [admin];
      await enter(cookie).expect(302);
      await request(url).get('/drs/jobs').set('cookie', cookie).expect(401);
    }
    await enter(cookieOf(await signIn())).expect(200);
  });

  it('is over after half an hour in which nobody used the panel, whatever its pages ask by themselves', async () => {
    const cookie = cookieOf(await signIn());
    const age = (minutes: number) =>
      internalsOf(drs).sequelize.query(
        `UPDATE drs_sign_ins SET seen_at = now() - interval '${minutes} minutes'`,
      );
    await age(29);
    await enter(cookie).expect(200);
    await age(29);
    await request(url).get('/admin/api/dashboard').set('cookie', cookie).expect(200);
    await request(url).get('/drs/jobs').set('cookie', cookie).expect(200);
    const [[row]] = (await internalsOf(drs).sequelize.query(
      `SELECT max(seen_at) < now() - interval '28 minutes' AS "isIdle" FROM drs_sign_ins`,
    )) as [{ isIdle: boolean }[], unknown];
    expect(row).to.deep.equal({ isIdle: true });
    await age(31);
    await enter(cookie).expect(302);
    await request(url).get('/drs/jobs').set('cookie', cookie).expect(401);
  });

  it('ends with all sessions of a person, and one that begins later does not', async () => {
    const cookie = cookieOf(await signIn());
    await drs.endSessions(scientist.id);
    await enter(cookie).expect(200);
    await drs.endSessions(admin.id);
    await enter(cookie).expect(302);
    await enter(cookieOf(await signIn())).expect(200);
  });

  it('asks no more after ten wrong passwords, whatever comes then, until a quarter of an hour has passed', async () => {
    for (let turn = 0; turn < 10; turn += 1) await signIn('Ann', 'wrong').expect(401);
    asked.length = 0;
    const { text } = await signIn().expect(429);
    expect(text).to.contain('too many tries');
    expect(asked).to.deep.equal([]);
    await signIn(scientist.username, 'wrong').expect(401);
    await internalsOf(drs).sequelize.query(
      `UPDATE drs_sign_in_tries SET since = now() - interval '16 minutes'`,
    );
    await signIn().expect(303);
  });

  it('counts tries that come at once', async () => {
    const statuses = await Promise.all(Array.from({ length: 20 }, () => signIn(admin.username, 'wrong')));
    expect(statuses.filter(({ status }) => status === 401)).to.have.length(10);
  });

  it('refuses a form that another site sends', async () => {
    await signIn().set('sec-fetch-site', 'cross-site').expect(403);
    await signIn().set('origin', 'https://evil.example').expect(403);
    const cookie = cookieOf(await signIn());
    await request(url)
      .post('/admin/sign-out')
      .set('cookie', cookie)
      .set('sec-fetch-site', 'cross-site')
      .expect(403);
    await enter(cookie).expect(200);
  });

  it('keeps neither token nor name nor password in the database', async () => {
    const cookie = cookieOf(await signIn());
    await signIn('typed-into-the-wrong-field', 'wrong');
    const { sequelize } = internalsOf(drs);
    const rows = JSON.stringify([
      await sequelize.query('SELECT * FROM drs_sign_ins'),
      await sequelize.query('SELECT * FROM drs_sign_in_tries'),
    ]);
    for (const kept of [cookie.split('=')[1] ?? '', secret, 'typed-into']) expect(rows).not.to.contain(kept);
  });

  it('is enough for the router and the sockets, from which the live log comes', async () => {
    const cookie = cookieOf(await signIn());
    const job = await makeJob(drs, { program: '', owner: 'somebody else' });
    await request(url).get(`/drs/jobs/${job.id}`).set('cookie', cookie).expect(200);
    await request(url).get(`/drs/jobs/${job.id}`).expect(401);
    const socket = io(`${url}/drs`, { transports: ['websocket'], extraHeaders: { cookie }, forceNew: true });
    await new Promise<void>((resolve) => socket.on('connect', resolve));
    const { ok } = await socket.emitWithAck('watch:jobs', {});
    socket.disconnect();
    expect(ok).to.equal(true);
  });

  it('says what is wrong with its options', () => {
    const options = {
      loginPath: '/login',
      signIn: { authenticate: 'ann', lastsMs: -1, idleMs: 0.5 },
    } as object;
    const problems = /authenticate[\s\S]*find[\s\S]*lastsMs[\s\S]*idleMs[\s\S]*loginPath/;
    expect(() => drsAdmin(drs, options)).to.throw(OptionsError, problems);
  });
});

describe("AdminJS's own form in a host application", () => {
  const signIn = {
    authenticate: (_name: string, password: string) => (password === secret ? admin : null),
    find: () => admin,
  };

  it('works on Express 4, after body parsers, and below a deeper path that a proxy hides', async () => {
    const drs = await makeInstance();
    const { default: express4 } = (await import('express4')) as { default: () => Express };
    const before = [express.json(), express.urlencoded({ extended: true })];
    const mounts: Mount[] = [
      { app: express4(), options: { signIn } },
      { before, options: { signIn } },
      { path: '/tools/queue', options: { signIn, rootPath: '/outside' } },
    ];
    for (const mount of mounts) {
      const url = await serve(drs, mount);
      const form = { email: 'ann', password: secret };
      const sent = request(url)
        .post(`${mount.path ?? '/admin'}/sign-in`)
        .type('form')
        .send(form);
      const { headers } = await sent.expect(303);
      expect(headers['location']).to.equal(`${mount.options?.rootPath ?? '/admin'}/`);
      const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      await request(url)
        .get(mount.path ?? '/admin')
        .set('cookie', cookie)
        .expect(200);
    }
  });
});

describe('the path for signing in of a host', () => {
  it('may be the root of the site: AdminJS itself never hears of it', async () => {
    const drs = await makeInstance();
    const url = await serve(drs, { options: { loginPath: '/' } });
    await request(url).get('/admin').set('accept', 'text/html').expect(302).expect('location', '/');
    const { text } = await request(url).get('/admin').set('x-user', admin.username).expect(200);
    expect(text).to.contain('"loginPath":"/admin/sign-in"');
  });
});
