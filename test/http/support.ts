/** What the tests of the routes share: an app whose users sign in by a header, and jobs with output and results. */

import express5, { type Express } from 'express';
import express4 from 'express4';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import request, { type Test } from 'supertest';
import {
  drsRouter,
  type RemoteSubmission,
  type RemoteSubmissionOptions,
  type User,
} from '../../lib/index.js';
import type { Stream } from '../../lib/protocol/log-policy.js';
import { internalsOf } from '../../lib/internals.js';
import { routes } from '../../lib/http/routes.js';
import { serveRoutes } from '../../lib/http/serve-routes.js';
import type { Claim } from '../../lib/store/attempt-store.js';
import { shared } from '../support/cleanup.js';
import { makeJob, testInstance } from '../support/instance.js';
import type { InstanceOf } from '../support/types.js';

/** The user named in `x-user`; `admin` is an administrator. */
export function identify({ headers }: IncomingMessage): User | null {
  const name = headers['x-user'];
  if (typeof name !== 'string') return null;
  return { id: `id-of-${name}`, username: name, isAdmin: name === 'admin' };
}

/** An instance of its own. */
export function instance(options: Partial<RemoteSubmissionOptions> = {}): Promise<RemoteSubmission> {
  return testInstance({ identify, identity: { privateKey: 'never used here' }, ...options });
}

/** One instance for all tests that only add to it. */
export const sharedInstance = shared(() => instance());

/** The routers and apps that the routes must work with. */
export const apps: Record<string, (drs: RemoteSubmission) => Express> = {
  'Express 5': (drs) => express5().use('/drs', drsRouter(drs)),
  'Express 5 behind express.json()': (drs) => express5().use(express5.json()).use('/drs', drsRouter(drs)),
  'an Express 4 app': (drs) => express4().use('/drs', drsRouter(drs)),
  'Express 4 behind express.json()': (drs) => express4().use(express4.json()).use('/drs', router4(drs)),
  'Express 4': (drs) => express4().use('/drs', router4(drs)),
};

function router4(drs: RemoteSubmission): express5.Router {
  const router = express4.Router();
  serveRoutes(router, routes, { drs, ready: async () => undefined });
  return router;
}

export type Method = 'get' | 'post' | 'patch' | 'delete' | 'head' | 'put';
export type Ask = (method: Method, path: string, user?: string) => Test;

/** Asks below the mount of an app, as a user. */
export function asker(app: Express, mount = '/drs'): Ask {
  return (method, path, user) => {
    const asked = request(app)[method](`${mount}${path}`);
    return user === undefined ? asked : asked.set('x-user', user);
  };
}

/** Asks an instance by Express 5. */
export async function ask(drs: RemoteSubmission | Promise<RemoteSubmission>): Promise<Ask> {
  return asker(express5().use('/drs', drsRouter(await drs)));
}

/** A job of a user, never submitted. */
export function jobOf(drs: RemoteSubmission, user = 'ann', title = 'A job'): Promise<InstanceOf<'Job'>> {
  return makeJob(drs, { program: 'print(1)', owner: `id-of-${user}`, title });
}

export interface Output {
  stream?: Stream;
  content: string | Buffer;
}

/** Submits the job and has it print and leave files, without a machine. */
export class TestAttempt {
  static async start(drs: RemoteSubmission, jobId: number): Promise<TestAttempt> {
    const { store } = internalsOf(drs);
    const { attempt } = await store.requests.submit({
      jobId,
      kind: 'run',
      isRemote: true,
      username: 'ann',
      credential: null,
      logPolicy: 'live',
      timeoutMs: null,
      storeResults: null,
    });
    const claim = await store.attempts.claim({ jobId, attempt }, { workerId: 'test', leaseMs: 600_000 });
    if (!claim) throw new Error('The attempt cannot be claimed.');
    const controlRoot = { id: '00112233445566778899aabbccddeeff', path: '/home/ann/.drs' };
    await store.attempts.permit(claim, { controlRoot, directory: `/home/ann/jobs/${jobId}` });
    const listing = { kind: 'made', time: 1_700_000_000 } as const;
    await store.attempts.markRunning(claim, { machine: 'host:0f3c:12', pid: 4711, since: '8812', listing });
    return new TestAttempt(drs, claim);
  }

  private constructor(
    readonly drs: RemoteSubmission,
    readonly claim: Claim,
  ) {}

  async print(...outputs: (string | Output)[]): Promise<void> {
    const { store } = internalsOf(this.drs);
    const head = await store.attempts.logHead(this.claim);
    const ends = { stdout: head.stdout, stderr: head.stderr };
    const chunks = outputs.map((output) => {
      const { stream = 'stdout', content } = typeof output === 'string' ? { content: output } : output;
      const bytes = Buffer.from(content as string);
      const offset = ends[stream];
      ends[stream] += bytes.length;
      return { stream, offset, time: new Date(), content: bytes };
    });
    await store.attempts.appendLog(this.claim, head, chunks);
  }

  async leave(files: Record<string, string>): Promise<void> {
    const { store, storage } = internalsOf(this.drs);
    for (const [remoteFilename, content] of Object.entries(files)) {
      const { key, size } = await storage.save(Readable.from([Buffer.from(content)]));
      await store.attempts.addResults(this.claim, [{ remoteFilename, size, storageKey: key }]);
    }
  }

  async finish(): Promise<void> {
    const ending = {
      status: 'success',
      failureReason: null,
      exitCode: 0,
      signal: null,
      message: null,
    } as const;
    await internalsOf(this.drs).store.attempts.finish(this.claim, ending);
  }
}
