/** A portal with sessions of express-session, whose people come and go, and what they look at there. */

import { EventEmitter, once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import express, { type RequestHandler } from 'express';
import session, { MemoryStore, type SessionData } from 'express-session';
import { Server } from 'socket.io';
import request from 'supertest';
import { drsAdmin } from '../../admin/index.js';
import { routes } from '../../lib/http/routes.js';
import { serveRoutes } from '../../lib/http/serve-routes.js';
import { attachSockets, type RemoteSubmission, type User } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import type { StatusEvent } from '../../lib/protocol/events.js';
import type { LiveTiming } from '../../lib/live/live-timing.js';
import { Viewer } from '../sockets/support.js';
import { instance } from '../http/support.js';
import { atEnd } from '../support/cleanup.js';

type WithUser = IncomingMessage & { session?: { userId?: string } };

/** Who is known, and who is signed in. */
export class Portal {
  readonly people = new Map<string, User>();
  readonly store = new MemoryStore();
  /** Emits the id of whoever is identified. */
  readonly asked = new EventEmitter();
  readonly #server: HttpServer;
  /** The panel's own form takes every password. */
  readonly #form = {
    authenticate: (id: string) => this.people.get(id) ?? null,
    find: (id: string) => this.people.get(id) ?? null,
  };
  readonly drs: RemoteSubmission;

  static async start(timing: Partial<LiveTiming>): Promise<Portal> {
    const made: { portal?: Portal } = {};
    const drs = await instance({ identify: (sent) => made.portal?.identify(sent) ?? null });
    const portal = new Portal(drs, timing);
    made.portal = portal;
    portal.#server.listen(0, '127.0.0.1');
    await once(portal.#server, 'listening');
    return portal;
  }

  private constructor(drs: RemoteSubmission, timing: Partial<LiveTiming>) {
    this.drs = drs;
    // What stores a session again at the end of each answer must not bring back one that was ended.
    const sessions = session({ secret: 'x', store: this.store, resave: true, saveUninitialized: false });
    const app = express().use(sessions);
    app.post('/sign-in/:id', (asked, response) => {
      Object.assign(asked.session, { userId: asked.params.id });
      response.sendStatus(204);
    });
    const router = express.Router();
    serveRoutes(router, routes, { drs, ready: async () => undefined, timing });
    app.use('/drs', router).use('/admin', drsAdmin(drs) as RequestHandler);
    app.use('/own-form', drsAdmin(drs, { signIn: this.#form }) as RequestHandler);
    this.#server = createServer(app);
    const io = new Server(this.#server, { destroyUpgrade: false });
    io.engine.use(sessions);
    const attached = attachSockets(io, drs, timing);
    atEnd(async () => {
      attached.close();
      this.#server.closeAllConnections();
      await io.close();
    });
  }

  identify(sent: IncomingMessage): User | null {
    const { userId = '' } = (sent as WithUser).session ?? {};
    setImmediate(() => this.asked.emit(userId));
    return this.people.get(userId) ?? null;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A new session of somebody. */
  signIn(user: User): Promise<SignIn> {
    return SignIn.of(this, user);
  }
}

/** Somebody who is signed in by the host. */
export class SignIn {
  readonly #sessionId: string;

  static async of(portal: Portal, user: User): Promise<SignIn> {
    const id = String(user.id);
    portal.people.set(id, user);
    const { headers } = await request(portal.url).post(`/sign-in/${id}`).expect(204);
    return new SignIn(portal, user, cookieOf(headers));
  }

  constructor(
    readonly portal: Portal,
    readonly user: User,
    readonly cookie: string,
  ) {
    this.#sessionId = /=s%3A([^.]+)\./.exec(cookie)?.[1] ?? '';
  }

  async signOut(): Promise<void> {
    this.portal.store.destroy(this.#sessionId);
  }

  async expire(): Promise<void> {
    const { sessions } = this.portal.store as unknown as { sessions: Record<string, string> };
    const data = JSON.parse(sessions[this.#sessionId] ?? '') as SessionData;
    const cookie = { ...data.cookie, expires: new Date(0).toISOString() };
    sessions[this.#sessionId] = JSON.stringify({ ...data, cookie });
  }

  async remove(): Promise<void> {
    this.portal.people.delete(String(this.user.id));
  }

  async demote(): Promise<void> {
    this.portal.people.set(String(this.user.id), { ...this.user, isAdmin: false });
  }

  /** Resolves when it is asked who this is the next time. */
  whenAsked(): Promise<unknown> {
    return once(this.portal.asked, String(this.user.id));
  }
}

/** Somebody who is signed in by the panel's own form. */
export class FormSignIn extends SignIn {
  static override async of(portal: Portal, user: User): Promise<SignIn> {
    portal.people.set(String(user.id), user);
    const form = { email: String(user.id), password: 'x' };
    const { headers } = await request(portal.url)
      .post('/own-form/sign-in')
      .type('form')
      .send(form)
      .expect(303);
    return new FormSignIn(portal, user, cookieOf(headers));
  }

  override async signOut(): Promise<void> {
    await request(this.portal.url).post('/own-form/sign-out').set('cookie', this.cookie).expect(303);
  }

  override async expire(): Promise<void> {
    const sql = 'UPDATE drs_sign_ins SET expires_at = now() WHERE user_id = $1';
    await internalsOf(this.portal.drs).sequelize.query(sql, { bind: [String(this.user.id)] });
  }
}

/** Somebody who looks at a job. */
export interface Look {
  /** The code of the answer to the next one who asks: `ok`, or of the refusal. */
  again(): Promise<string>;
}

/** Somebody who goes on looking. */
export interface Watch extends Look {
  text(): string;
  until(text: string): Promise<void>;
  ended: Promise<unknown>;
}

/** The ways to watch live, and what is seen there before and after. */
export const liveDoors = {
  'socket, watch:log': { watch: watchSocket, before: 'before', after: 'afterwards' },
  'socket, watch:jobs': { watch: watchJobsBySocket, before: 'running', after: 'success' },
  'event stream of a job': { watch: watchStream, before: 'before', after: 'afterwards' },
  'event stream of jobs': { watch: watchJobsByStream, before: '"running"', after: '"success"' },
};

/** The ways that answer once, for each that asks. */
export const askedDoors = {
  REST: { look: asking((jobId) => `/drs/jobs/${jobId}`), SignIn },
  'REST, a download': { look: asking((jobId) => `/drs/jobs/${jobId}/log`), SignIn },
  'panel, a page': { look: asking(() => '/admin/resources/drs-jobs'), SignIn },
  'panel, an action': { look: asking(() => '/admin/api/resources/drs-jobs/actions/list'), SignIn },
  "panel's own form, a page": { look: asking(() => '/own-form/resources/drs-jobs'), SignIn: FormSignIn },
  "panel's own form, an action": {
    look: asking(() => '/own-form/api/resources/drs-jobs/actions/list'),
    SignIn: FormSignIn,
  },
  "panel's own form, REST": { look: asking((jobId) => `/drs/jobs/${jobId}`), SignIn: FormSignIn },
};

const codes: Record<number, string> = { 200: 'ok', 401: 'unauthenticated', 404: 'not_found' };

function asking(pathOf: (jobId: number) => string) {
  return ({ portal, cookie }: SignIn, jobId: number): Look => ({
    again: async () => {
      const asked = request(portal.url).get(pathOf(jobId)).set({ cookie, accept: 'application/json' });
      const { status } = await asked;
      return codes[status] ?? String(status);
    },
  });
}

async function watchSocket({ portal, cookie }: SignIn, jobId: number): Promise<Watch> {
  const viewer = await Viewer.connectWith(portal.url, { cookie });
  const ask = async (): Promise<string> => {
    const { ok, code } = await viewer.ask('watch:log', { jobId });
    return ok === true ? 'ok' : String(code);
  };
  const ended = once(viewer.socket as unknown as EventEmitter, 'disconnect');
  await viewer.ask('watch:jobs');
  await ask();
  const text = () => viewer.text + viewer.statuses.map(({ status }) => ` ${status}`).join('');
  return { text, until: (wanted) => viewer.until(() => viewer.text.includes(wanted)), ended, again: ask };
}

async function watchJobsBySocket({ portal, cookie }: SignIn, jobId: number): Promise<Watch> {
  const viewer = await Viewer.connectWith(portal.url, { cookie });
  const ended = once(viewer.socket as unknown as EventEmitter, 'disconnect');
  const isOfJob = (event: StatusEvent): boolean => event.jobId === jobId;
  const ask = async (): Promise<StatusEvent[] | string> => {
    const { ok, code, jobs } = await viewer.ask('watch:jobs', { limit: 100 });
    return ok === true ? (jobs as StatusEvent[]).filter(isOfJob) : String(code);
  };
  const first = await ask();
  const text = () =>
    [...first, ...viewer.statuses.filter(isOfJob)].map((event) => JSON.stringify(event)).join();
  return {
    text,
    until: (wanted) => viewer.until(() => text().includes(wanted)),
    ended,
    again: async () => {
      const found = await ask();
      return typeof found === 'string' ? found : found.length > 0 ? 'ok' : 'not_found';
    },
  };
}

export function watchStream(signIn: SignIn, jobId: number): Promise<Watch> {
  return openStream(signIn, `/drs/jobs/${jobId}/events`, () => true);
}

function watchJobsByStream(signIn: SignIn, jobId: number): Promise<Watch> {
  return openStream(signIn, '/drs/events?limit=100', (line) => line.includes(`"jobId":${jobId},`));
}

/** @param isOfJob what a line of the stream is about */
async function openStream(
  { portal, cookie }: SignIn,
  path: string,
  isOfJob: (line: string) => boolean,
): Promise<Watch> {
  const open = async (): Promise<IncomingMessage> => {
    const asked = get(portal.url + path, { headers: { cookie }, agent: false });
    return ((await once(asked, 'response')) as [IncomingMessage])[0];
  };
  const response = await open();
  let text = '';
  const news = new EventEmitter();
  response.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    news.emit('news');
  });
  const shown = () =>
    text
      .split(/\n|(?<=\}),/)
      .filter(isOfJob)
      .join('\n');
  return {
    text: shown,
    until: async (wanted) => {
      while (!shown().includes(wanted)) await once(news, 'news');
    },
    ended: once(response, 'end'),
    again: async () => {
      const anew = await open();
      if (anew.statusCode !== 200) return (JSON.parse(await bodyOf(anew)) as { code: string }).code;
      for await (const piece of anew.setEncoding('utf8')) {
        const said = String(piece);
        if (!said.includes('event: watch')) continue;
        return said.split(/\n|(?<=\}),/).some(isOfJob) ? 'ok' : 'not_found';
      }
      return 'ended';
    },
  };
}

function cookieOf(headers: Record<string, unknown>): string {
  return (headers['set-cookie'] as string[])[0]?.split(';')[0] ?? '';
}
