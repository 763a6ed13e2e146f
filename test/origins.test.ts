/** Pages of other sites: one rule at every door. */

import { expect } from 'chai';
import express, { type Express } from 'express';
import request from 'supertest';
import type { RemoteSubmission } from '../lib/index.js';
import { admin, makeInstance, serve } from './admin/support/panel-app.js';
import { openPage } from './support/browser.js';
import { doors, knock, type Headers } from './support/doors.js';
import { makeJob } from './support/instance.js';

const asAdmin = { 'x-user': admin.username };
const everywhere = (answer: string) => Object.fromEntries(Object.keys(doors).map((door) => [door, answer]));

describe('pages of other sites', () => {
  let drs: RemoteSubmission;
  let url: string;

  before(async () => {
    drs = await makeInstance({ origins: ['https://SPA.example:443', 'http://lab.example:8080'] });
    url = await serve(drs);
  });

  /** Every door, for each kind of sender. */
  const tableOf = async (senders: Record<string, Headers>): Promise<object> => {
    const rows = Object.entries(senders).map(
      async ([sender, headers]) => [sender, await knock(url, { ...asAdmin, ...headers })] as const,
    );
    return Object.fromEntries(await Promise.all(rows));
  };

  it('come in by no door, and pages of this one and programs by each', async () => {
    const table = await tableOf({
      'same-origin': { 'sec-fetch-site': 'same-origin', origin: url },
      none: { 'sec-fetch-site': 'none' },
      'same-site': { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
      'cross-site': { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      null: { origin: 'null' },
      absent: {},
    });
    expect(table).to.deep.equal({
      'same-origin': everywhere('in'),
      none: everywhere('in'),
      'same-site': everywhere('cross_site'),
      'cross-site': everywhere('cross_site'),
      null: everywhere('cross_site'),
      absent: everywhere('in'),
    });
  });

  it('are told by scheme, host and port where a browser sends no Sec-Fetch-Site', async () => {
    const { port } = new URL(url);
    const table = await tableOf({
      own: { origin: url },
      'another port': { origin: 'http://127.0.0.1:1' },
      'another scheme': { origin: `https://127.0.0.1:${port}` },
      'another name': { origin: `http://localhost:${port}` },
      'no address': { origin: 'file:///x' },
    });
    expect(table).to.deep.equal({
      own: everywhere('in'),
      'another port': everywhere('cross_site'),
      'another scheme': everywhere('cross_site'),
      'another name': everywhere('cross_site'),
      'no address': everywhere('cross_site'),
    });
  });

  it('are told by Sec-Fetch-Site where they send no Origin', async () => {
    const table = await tableOf({
      'same-site': { 'sec-fetch-site': 'same-site' },
      'cross-site': { 'sec-fetch-site': 'cross-site' },
      'own origin after a detour': { 'sec-fetch-site': 'cross-site', origin: url },
    });
    expect(table).to.deep.equal({
      'same-site': everywhere('cross_site'),
      'cross-site': everywhere('cross_site'),
      'own origin after a detour': everywhere('cross_site'),
    });
  });

  it('come in where the option names them', async () => {
    const table = await tableOf({
      spa: { 'sec-fetch-site': 'cross-site', origin: 'https://spa.example' },
      'without Sec-Fetch-Site': { origin: 'http://lab.example:8080' },
      'by http': { 'sec-fetch-site': 'cross-site', origin: 'http://spa.example' },
      'of another port': { origin: 'http://lab.example' },
      'of a longer name': { origin: 'https://spa.example.evil.example' },
    });
    expect(table).to.deep.equal({
      spa: everywhere('in'),
      'without Sec-Fetch-Site': everywhere('in'),
      'by http': everywhere('cross_site'),
      'of another port': everywhere('cross_site'),
      'of a longer name': everywhere('cross_site'),
    });
  });

  it('read what they always could: by other requests than those that change or go on', async () => {
    await request(url)
      .get('/drs/interpreters')
      .set({ ...asAdmin, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })
      .expect(200);
  });

  it('learn nothing more when nobody is signed in', async () => {
    expect(await knock(url, { origin: 'https://evil.example' })).to.deep.equal(everywhere('unauthenticated'));
  });
});

describe('a page of another site with a bearer token', () => {
  it('works where the option names its site and the host answers its preflights', async () => {
    const origin = 'https://spa.example';
    const drs = await makeInstance({
      origins: [origin],
      identify: ({ headers }) => (headers.authorization === 'Bearer t0ken' ? admin : null),
    });
    const url = await serve(drs, {
      before: [
        (asked, response, next) => {
          response.set({
            'access-control-allow-origin': origin,
            'access-control-allow-headers': 'authorization, content-type',
          });
          if (asked.method === 'OPTIONS') response.status(204).end();
          else next();
        },
      ],
    });
    await request(url).options('/drs/interpreters').set('origin', origin).expect(204);
    const browser = { origin, 'sec-fetch-site': 'cross-site', authorization: 'Bearer t0ken' };
    expect(await knock(url, browser)).to.deep.equal(everywhere('in'));
  });
});

describe('a site behind a proxy', () => {
  let app: Express;
  let url: string;
  let fresh: RemoteSubmission;

  before(async () => {
    app = express();
    url = await serve(await makeInstance(), { app });
    fresh = await makeInstance();
  });

  const origin = 'http://portal.lab:16080';
  const knockAs = (headers: Headers) => knock(url, { ...asAdmin, ...headers });
  const settings: [setting: string, headers: Headers, answer: string][] = [
    ['bare proxy_pass', { origin }, 'cross_site'],
    ['Host $host', { origin, host: 'portal.lab' }, 'cross_site'],
    ['X-Forwarded-Host $host', { origin, 'x-forwarded-host': 'portal.lab' }, 'cross_site'],
    ['X-Forwarded-Host $http_host', { origin, 'x-forwarded-host': 'portal.lab:16080' }, 'in'],
    ['Host $http_host', { origin, host: 'portal.lab:16080' }, 'in'],
    ['port 80', { origin: 'http://portal.lab', 'x-forwarded-host': 'portal.lab' }, 'in'],
    ['two proxies', { origin: 'http://portal.lab', 'x-forwarded-host': 'Portal.lab, inner:8080' }, 'in'],
    ['TLS, Host alone', { origin: 'https://portal.lab', host: 'portal.lab' }, 'cross_site'],
    [
      'TLS, X-Forwarded-Proto',
      { origin: 'https://portal.lab', host: 'portal.lab', 'x-forwarded-proto': 'https' },
      'in',
    ],
    [
      'TLS, X-Forwarded-Proto wss',
      { origin: 'https://portal.lab', host: 'portal.lab', 'x-forwarded-proto': 'wss' },
      'in',
    ],
    ['TLS, a newer browser', { origin: 'https://portal.lab', 'sec-fetch-site': 'same-origin' }, 'in'],
  ];

  for (const [setting, headers, answer] of settings) {
    it(`has one answer at every door with: ${setting}`, async () => {
      app.set('trust proxy', true);
      expect(await knockAs(headers)).to.deep.equal(everywhere(answer));
    });
  }

  it('is not called what a proxy says that nobody trusts', async () => {
    app.set('trust proxy', false);
    const answers = await knockAs({ origin, 'x-forwarded-host': 'portal.lab:16080' });
    expect(answers).to.deep.equal(everywhere('cross_site'));
  });

  it('is known to sockets before the first request: no page gives headers to a WebSocket', async () => {
    const headers = { ...asAdmin, origin, 'x-forwarded-host': 'portal.lab:16080' };
    const other = await serve(fresh);
    expect(await doors.WebSocket?.(other, headers)).to.equal('in');
    expect(await doors.polling?.(other, headers)).to.equal('cross_site');
    expect(await doors.WebSocket?.(other, { ...asAdmin, origin })).to.equal('cross_site');
  });

  it('says in a refusal what the page and the site are called, and what the proxy has to send', async () => {
    app.set('trust proxy', false);
    const post = (headers: Headers) =>
      request(url)
        .post('/drs/interpreters')
        .set({ ...asAdmin, ...headers })
        .send({ name: 'Perl', path: 'perl' })
        .expect(403);
    const { body: port } = await post({ origin, host: 'portal.lab' });
    expect(port.detail).to.contain(`a page of ${origin}, and this site is called http://portal.lab here`);
    expect(port.detail).to.contain('X-Forwarded-Host: portal.lab:16080').and.contain('`trust proxy`');
    expect(port.detail).not.to.contain('X-Forwarded-Proto');
    const { body: scheme } = await post({ origin: 'https://portal.lab', host: 'portal.lab' });
    expect(scheme.detail).to.contain('X-Forwarded-Proto: https').and.not.contain('X-Forwarded-Host');
    const { text } = await request(url)
      .post('/admin/api/dashboard')
      .set({ ...asAdmin, origin, accept: 'text/html' })
      .expect(403);
    expect(text).to.contain('<h1>').and.contain(origin);
  });
});

describe('in Chromium, a page of another port of this host', () => {
  /** What the page tries on a site, with the cookies of the visitor. */
  const attack = async ({ site, jobId }: { site: string; jobId: number }) => {
    const form = { method: 'POST', mode: 'no-cors', credentials: 'include' } as const;
    await fetch(`${site}/drs/jobs/${jobId}/submit`, form);
    const socket = new WebSocket(`${site.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    return new Promise<string>((resolve) => {
      socket.onmessage = ({ data }) => {
        if (String(data).startsWith('0')) socket.send('40/drs,');
        else resolve(String(data));
      };
    });
  };

  it('submits no job and opens no socket, and a page of the site does both', async () => {
    const drs = await makeInstance({ identity: { privateKey: 'never used here' } });
    const url = await serve(drs);
    const other = await serve(await makeInstance());
    const job = await makeJob(drs, { program: 'true', owner: String(admin.id) });
    const { page, close } = await openPage();
    await page.context().addCookies([{ name: 'user', value: admin.username, url }]);
    await page.goto(`${other}/drs/health`);
    expect(await page.evaluate(attack, { site: url, jobId: job.id })).to.contain('cross_site');
    expect((await job.reload()).status).to.equal('initial');
    await page.goto(`${url}/drs/health`);
    expect(await page.evaluate(attack, { site: url, jobId: job.id })).to.match(/^40\/drs,\{"sid"/);
    expect((await job.reload()).status).to.equal('submitted');
    await close();
  });
});
