/** What the tests of the domain share. */

import type { Announcement } from '../../lib/protocol/events.js';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';

export const ann = { id: 'id-of-ann', username: 'ann' };
export const bob = { id: 'id-of-bob', username: 'bob' };
export const admin = { id: 'id-of-admin', username: 'admin', isAdmin: true };

/** The code of a refusal, or `done`. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
}

/** The places of the problems of a refusal. */
export function pathsOf(promise: Promise<unknown>): Promise<string[]> {
  return promise.then(
    () => [],
    ({ problems }: { problems?: { path: string }[] }) => problems?.map(({ path }) => path) ?? [],
  );
}

/** A server that has one interpreter, made by host code. */
export async function makeServer(
  drs: RemoteSubmission,
): Promise<{ serverId: number; interpreterId: number }> {
  const { id: interpreterId } = await drs.interpreters.create({ name: 'Shell', path: '/bin/sh' });
  const server = { title: 'Here', hostname: '127.0.0.1', interpreterIds: [interpreterId] };
  return { serverId: (await drs.servers.create(server)).id, interpreterId };
}

/** What the audit holds of a record, the newest first, but the time. */
export async function auditOf(
  drs: RemoteSubmission,
  subject: 'job' | 'server' | 'interpreter',
  id: number,
): Promise<Record<string, unknown>[]> {
  const [rows] = await internalsOf(drs).sequelize.query(
    `SELECT action, attempt, detail, user_id AS "userId", username FROM drs_audit
     WHERE subject = $1 AND subject_id = $2 ORDER BY id DESC`,
    { bind: [subject, id] },
  );
  return rows as Record<string, unknown>[];
}

/** What is announced from now on. */
export async function listen(drs: RemoteSubmission): Promise<{
  heard: Announcement[];
  /** Resolves with what was announced first of this job. */
  ofJob: (id: number) => Promise<Announcement>;
}> {
  const { bus } = internalsOf(drs);
  const heard: Announcement[] = [];
  const waiting = new Set<() => void>();
  const probe = { type: 'retire', hostname: 'probe.example', port: 1 } as const;
  await new Promise<void>((resolve) => {
    // Until the subscription stands, announcements are lost.
    const timer = setInterval(() => bus.publish(probe), 50);
    bus.subscribe((announcement) => {
      if (announcement.type === 'retire' && announcement.hostname === probe.hostname) {
        clearInterval(timer);
        return resolve();
      }
      heard.push(announcement);
      for (const look of waiting) look();
    });
  });
  return {
    heard,
    ofJob: (id) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = heard.find((announcement) => 'jobId' in announcement && announcement.jobId === id);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
