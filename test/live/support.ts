/** A portal with sessions of express-session, whose people come and go, and those who watch a log there. */

import { EventEmitter, once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import express from 'express';
import session, { MemoryStore, type SessionData } from 'express-session';
import { Server } from 'socket.io';
import request from 'supertest';
import { routes } from '../../lib/http/routes.js';
import { serveRoutes } from '../../lib/http/serve-routes.js';
import { attachSockets, type RemoteSubmission, type User } from '../../lib/index.js';
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
    this.#server = createServer(app.use('/drs', router));
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

  /** The cookie of a new session of somebody, and what ends it. */
  async signIn(user: User): Promise<SignIn> {
    const id = String(user.id);
    this.people.set(id, user);
    const { headers } = await request(this.url).post(`/sign-in/${id}`).expect(204);
    const cookie = (headers['set-cookie'] as unknown as string[])[0]?.split(';')[0] ?? '';
    return new SignIn(this, user, cookie);
  }
}

/** Somebody who is signed in. */
export class SignIn {
  readonly #sessionId: string;
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

/** Somebody who watches a job. */
export interface Watch {
  text(): string;
  until(text: string): Promise<void>;
  ended: Promise<unknown>;
  /** The code of the answer to a new watch: `ok`, or of the refusal. */
  again(): Promise<string>;
}

/** The ways to watch a job live. */
export const doors = { socket: watchSocket, 'event stream': watchStream };

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

export async function watchStream({ portal, cookie }: SignIn, jobId: number): Promise<Watch> {
  const path = `${portal.url}/drs/jobs/${jobId}/events`;
  const asked = get(path, { headers: { cookie }, agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  const news = new EventEmitter();
  response.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    news.emit('news');
  });
  return {
    text: () => text,
    until: async (wanted) => {
      while (!text.includes(wanted)) await once(news, 'news');
    },
    ended: once(response, 'end'),
    again: async () => {
      const [anew] = (await once(get(path, { headers: { cookie }, agent: false }), 'response')) as [
        IncomingMessage,
      ];
      if (anew.statusCode !== 200) return (JSON.parse(await bodyOf(anew)) as { code: string }).code;
      anew.destroy();
      return 'ok';
    },
  };
}
