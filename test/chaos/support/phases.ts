/** The phases of an attempt at which a worker meets its fate: each is a call of a contract, decorated. */

import type { Readable } from 'node:stream';
import type { AttemptStore } from '../../../lib/worker/attempt-store.js';
import type { WorkerParts } from '../../../lib/worker/parts.js';
import type { Scheduler } from '../../../lib/schedulers/scheduler.js';
import type { RemoteScript, Session, Transport } from '../../../lib/transports/session.js';

/** In the order in which an attempt passes them. */
export const phases = [
  'after claim',
  'after connect',
  'after marking it running',
  'before the start reaches the server',
  'in the middle of the start',
  'after start',
  'in the middle of output',
  'while output is stored',
  'between exit and results',
  'in the middle of a result',
  'before results are stored',
  'after results are stored',
  'before the final write',
  'after the final write',
] as const;

export type Phase = (typeof phases)[number];

/** The same parts, but `meetFate` is called at the phase. */
export function fatefulParts(parts: WorkerParts, phase: Phase, meetFate: () => void): WorkerParts {
  const at = (here: Phase): void => {
    if (here === phase) meetFate();
  };
  const { ssh } = parts.transports;
  return {
    ...parts,
    store: fatefulStore(parts.store, at),
    scheduler: fatefulScheduler(parts.scheduler, at),
    transports: { ...parts.transports, ssh: fatefulTransport(ssh, at) },
  };
}

type At = (phase: Phase) => void;

function fatefulStore(store: AttemptStore, at: At): AttemptStore {
  let appends = 0;
  return {
    ...store,
    async claim(...args) {
      const claim = await store.claim(...args);
      if (claim !== null) at('after claim');
      return claim;
    },
    async markRunning(claim) {
      await store.markRunning(claim);
      at('after marking it running');
    },
    appendLog(...args) {
      const stored = store.appendLog(...args);
      appends += 1;
      // The statement is on its way: it may be carried out or not.
      if (appends === 3) setImmediate(() => at('while output is stored'));
      return stored;
    },
    async addResults(...args) {
      at('before results are stored');
      await store.addResults(...args);
      at('after results are stored');
    },
    async finish(...args) {
      at('before the final write');
      await store.finish(...args);
      at('after the final write');
    },
  };
}

function fatefulScheduler(scheduler: Scheduler, at: At): Scheduler {
  let outputs = 0;
  return {
    ...scheduler,
    async run(session, plan, follower) {
      // The script begins to do something, and the program is on its way.
      const allowed = plan.allowed.then(() => void setTimeout(() => at('in the middle of the start'), 1));
      // The connection may be lost before anybody waits for it.
      allowed.catch(() => undefined);
      const report = await scheduler.run(
        fatefulSession(session, at),
        { ...plan, allowed },
        {
          ...follower,
          onReady(how) {
            at('after start');
            follower.onReady?.(how);
          },
          onOutput(stream, bytes) {
            outputs += 1;
            if (outputs === 4) at('in the middle of output');
            return follower.onOutput(stream, bytes);
          },
        },
      );
      at('between exit and results');
      return report;
    },
    fetchFiles(session, place, request) {
      const onTar = (tar: Readable): Promise<void> => {
        let bytes = 0;
        tar.on('data', (some: Buffer) => {
          bytes += some.length;
          if (bytes > 300_000) at('in the middle of a result');
        });
        return request.onTar(tar);
      };
      return scheduler.fetchFiles(session, place, { ...request, onTar });
    },
  };
}

function fatefulSession(session: Session, at: At): Session {
  return {
    async start(...args): Promise<RemoteScript> {
      at('before the start reaches the server');
      return session.start(...args);
    },
  };
}

function fatefulTransport(transport: Transport, at: At): Transport {
  return {
    ...transport,
    async acquire(...args) {
      const lease = await transport.acquire(...args);
      at('after connect');
      return lease;
    },
  };
}
