/** What the parts of the package share of one instance, out of sight of the host application. */

import type { Sequelize } from 'sequelize';
import type { Access } from './access.js';
import type { User } from './protocol/records.js';
import type { Identities } from './identities.js';
import type { OriginRule } from './origins.js';
import type { ResolvedOptions } from './options.js';
import type { SignIns } from './store/sign-ins.js';
import type { Audit } from './models/audit.js';
import type { JobStore } from './store/job-store.js';
import type { Models } from './models/define-models.js';
import type { EventBus } from './queue/event-bus.js';
import type { JobQueue } from './queue/job-queue.js';
import type { FileStorage } from './storage/file-storage.js';
import type { EndedSessions } from './store/ended-sessions.js';
import type { HostKeyStore } from './store/host-key-store.js';
import type { Named } from './protocol/choices.js';
import type { Scheduler } from './schedulers/scheduler.js';
import type { Transports } from './transports/session.js';

/** The parts of one instance. */
export interface Internals {
  readonly options: ResolvedOptions;
  readonly sequelize: Sequelize;
  readonly models: Models;
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly bus: EventBus;
  readonly storage: FileStorage;
  readonly hostKeys: HostKeyStore;
  readonly transports: Transports;
  readonly schedulers: Named<Scheduler>;
  readonly access: Access;
  readonly identities: Identities;
  /** Who has an id now, checked; null: the host was not asked to tell. */
  readonly resolveUser: ((id: string) => Promise<User | null>) | null;
  readonly endedSessions: EndedSessions;
  readonly origins: OriginRule;
  readonly audit: Audit;
  /** Those of the panel's own form. */
  readonly signIns: SignIns;
}

const key: unique symbol = Symbol('express-remote-submission');

/** An instance as the package's own routers, sockets and panel see it. */
export interface WithInternals {
  readonly [key]: Internals;
}

/** Attaches the parts to an instance; they are not enumerable. */
export function attachInternals<T extends object>(instance: T, internals: Internals): T & WithInternals {
  return Object.defineProperty(instance, key, { value: internals }) as T & WithInternals;
}

/** The parts of an instance that `createRemoteSubmission` made. @throws TypeError for anything else */
export function internalsOf(instance: object): Internals {
  const internals = (instance as Partial<WithInternals>)[key];
  if (!internals) throw new TypeError('This is not an instance that createRemoteSubmission() made.');
  return internals;
}
