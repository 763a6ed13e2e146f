/** What `identify` gives: what does not fit is nobody, at every door. */

import { expect } from 'chai';
import type { IncomingMessage } from 'node:http';
import { pino } from 'pino';
import { io } from 'socket.io-client';
import request from 'supertest';
import { internalsOf } from '../lib/internals.js';
import { createSignIns } from '../lib/store/sign-ins.js';
import type { RemoteSubmission, User } from '../lib/index.js';
import { makeInstance, serve } from './admin/support/panel-app.js';
import { doors, knock } from './support/doors.js';
import { makeJob } from './support/instance.js';

const everywhere = (answer: string) => Object.fromEntries(Object.keys(doors).map((door) => [door, answer]));

interface Line {
  level: number;
  field: string;
  type: string;
  msg: string;
}

/** What was logged about people. */
let lines: Line[] = [];
const logger = pino(
  { level: 'debug' },
  {
    write(text: string) {
      const line = JSON.parse(text) as Line;
      if ('field' in line) lines.push(line);
    },
  },
);
const error = 50;

/** The person is what the header `x-user` says, as JSON. */
const identify = ({ headers }: IncomingMessage): User | null =>
  typeof headers['x-user'] === 'string' ? (JSON.parse(headers['x-user']) as User) : null;
const as = (user: unknown) => ({ 'x-user': JSON.stringify(user) });

const misfits: [user: unknown, field: string, type: string][] = [
  [{ sub: 'ann', username: 'ann', isAdmin: true }, 'id', 'undefined'],
  [{ id: {}, username: 'ann', isAdmin: true }, 'id', 'object'],
  [{ id: null, username: 'ann', isAdmin: true }, 'id', 'null'],
  [{ id: ['ann'], username: 'ann', isAdmin: true }, 'id', 'array'],
  [{ id: '', username: 'ann', isAdmin: true }, 'id', 'an empty string'],
  [{ id: true, username: 'ann', isAdmin: true }, 'id', 'boolean'],
  [{ id: 'u1', isAdmin: true }, 'username', 'undefined'],
  [{ id: 'u1', username: '', isAdmin: true }, 'username', 'an empty string'],
  [{ id: 'u1', username: 7, isAdmin: true }, 'username', 'number'],
  [{ id: 'u1', username: 'ann', isAdmin: 'true' }, 'isAdmin', 'string'],
  [{ id: 'u1', username: 'ann', isAdmin: 1 }, 'isAdmin', 'number'],
  [{ id: 'u1', username: 'ann', isAdmin: null }, 'isAdmin', 'null'],
  [true, 'id', 'undefined'],
  ['ann', 'id', 'undefined'],
];

describe('people', () => {
  let drs: RemoteSubmission;
  let url: string;

  beforeEach(async () => {
    drs = await makeInstance({ identify, logger });
    url = await serve(drs);
    lines = [];
  });

  for (const [user, field, type] of misfits) {
    it(`that are ${JSON.stringify(user)} are nobody at every door, and the log says why once`, async () => {
      expect(await knock(url, as(user))).to.deep.equal(everywhere('unauthenticated'));
      const errors = lines.filter(({ level }) => level === error);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include({ field, type });
      expect(errors[0]?.msg).to.contain('identify()').and.contain(`${field} was ${type}`);
    });
  }

  it('with an id that is no finite number are nobody', async () => {
    const broken = await makeInstance({ identify: () => ({ id: NaN, username: 'ann' }), logger });
    expect(await knock(await serve(broken), {})).to.deep.equal(everywhere('unauthenticated'));
    expect(lines[0]).to.include({ field: 'id', type: 'NaN', level: error });
  });

  it('that fit come in, and nothing is logged', async () => {
    for (const id of ['u1', 0, 1.5]) {
      expect(await knock(url, as({ id, username: 'ann', isAdmin: true }))).to.deep.equal(everywhere('in'));
    }
    await request(url)
      .get('/drs/jobs')
      .set(as({ id: 7, username: 'bob' }))
      .expect(200);
    expect(lines).to.deep.equal([]);
  });

  it('without an id share no jobs', async () => {
    const job = await makeJob(drs, { program: 'secret of ann', owner: 'undefined' });
    const bob = as({ sub: 'bob', username: 'bob' });
    const get = (path: string) => request(url).get(path).set(bob);
    for (const path of ['/drs/jobs', `/drs/jobs/${job.id}`]) {
      const { status, body } = await get(path);
      expect(status, path).to.equal(401);
      expect(body).to.include({ code: 'unauthenticated' });
    }
    await request(url).delete(`/drs/jobs/${job.id}`).set(bob).expect(401);
    await job.reload();
  });

  it('that stop fitting are told nothing more on the socket that they had', async () => {
    let user: unknown = { id: 'u1', username: 'ann' };
    const changing = await makeInstance({ identify: () => user as User, logger });
    const socket = io(`${await serve(changing)}/drs`, { transports: ['websocket'], forceNew: true });
    await new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
    const ask = () => socket.timeout(5000).emitWithAck('watch:jobs', {}) as Promise<object>;
    expect(await ask()).to.deep.equal({ ok: true, jobs: [] });
    user = { username: 'ann' };
    expect(await ask()).to.deep.equal({ ok: false, code: 'unauthenticated' });
    socket.disconnect();
  });

  it('of the form of the panel are checked alike, also those of earlier sign-ins', async () => {
    const misfit = { sub: 'ann', username: 'ann', isAdmin: true } as unknown as User;
    const other = await makeInstance({ identify: () => null, logger });
    const signIn = { authenticate: () => misfit, find: () => misfit };
    const site = await serve(other, { options: { signIn } });
    await request(site).post('/admin/sign-in').type('form').send({ email: 'a', password: 'b' }).expect(401);
    expect(lines[0]).to.include({ field: 'id', type: 'undefined', level: error });
    expect(lines[0]?.msg).to.contain('authenticate()');
    const kept = { userId: 'ann', since: 0, lastsMs: 60_000 };
    const token = await createSignIns(internalsOf(other).sequelize).begin(kept);
    const cookie = `drs_sign_in=${token}`;
    expect(await knock(site, { cookie })).to.deep.equal(everywhere('unauthenticated'));
  });
});
