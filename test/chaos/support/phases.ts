/** The phases of an attempt at which a worker meets its fate: each is a call of a contract, decorated. */

import { Readable } from 'node:stream';
import type { AttemptStore } from '../../../lib/store/attempt-store.js';
import type { WorkerDependencies } from '../../../lib/worker/worker-dependencies.js';
import type { RunFollower, RunPlan, Scheduler } from '../../../lib/schedulers/scheduler.js';
import type { RemoteScript, Session, Transport } from '../../../lib/transports/session.js';
import { actMark } from './acts.js';

/** In the order in which an attempt passes them. */
export const phases = [
  'after claim',
  'after connect',
  'after hello',
  'before the permit',
  'after the permit',
  'while go is on its way',
  'after it began',
  'after running is written',
  'in the middle of output',
  'while output is stored',
  'while the program acts',
  'after its exit',
  'after its end is written',
  'in the middle of a result',
  'before results are stored',
  'after results are stored',
  'before the final write',
  'after the final write',
] as const;

export type Phase = (typeof phases)[number];

/** The same dependencies, but `meetFate` is called at the phase. */
export function fatefulDependencies(
  deps: WorkerDependencies,
  phase: Phase,
  meetFate: () => void,
): WorkerDependencies {
  const at = (here: Phase): void => {
    if (here === phase) meetFate();
  };
  const { ssh } = deps.transports;
  return {
    ...deps,
    store: fatefulStore(deps.store, at),
    schedulers: Object.fromEntries(
      Object.entries(deps.schedulers).map(([name, scheduler]) => [name, fatefulScheduler(scheduler, at)]),
    ),
    transports: { ...deps.transports, ssh: fatefulTransport(ssh, at) },
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
    async permit(...args) {
      at('before the permit');
      const note = await store.permit(...args);
      at('after the permit');
      return note;
    },
    async markRunning(...args) {
      await store.markRunning(...args);
      at('after running is written');
    },
    appendLog(...args) {
      const stored = store.appendLog(...args);
      appends += 1;
      // The statement is on its way: it may be carried out or not.
      if (appends === 1) setImmediate(() => at('while output is stored'));
      return stored;
    },
    async markEnded(...args) {
      await store.markEnded(...args);
      at('after its end is written');
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
  return {
    ...scheduler,
    async run(session, plan, follower) {
      const report = await scheduler.run(
        fatefulSession(session, at),
        fatefulPlan(plan, at),
        fatefulFollower(follower, at),
      );
      at('after its exit');
      return report;
    },
    workspace: {
      ...scheduler.workspace,
      fetchFiles(session, location, request) {
        return scheduler.workspace.fetchFiles(session, location, {
          ...request,
          onFile: (file, content) =>
            request.onFile(file, Readable.from(counted(content, at), { objectMode: false })),
        });
      },
    },
  };
}

const fatefulPlan = (plan: RunPlan, at: At): RunPlan => ({
  ...plan,
  async permit(prepared) {
    await plan.permit(prepared);
    // What sends the go comes first.
    setTimeout(() => at('while go is on its way'), 1);
  },
});

function fatefulFollower(follower: RunFollower, at: At): RunFollower {
  let outputs = 0;
  return {
    ...follower,
    onBegan(how, began) {
      at('after it began');
      return follower.onBegan(how, began);
    },
    onOutput(stream, bytes) {
      outputs += 1;
      if (outputs === 4) at('in the middle of output');
      if (stream === 'stdout' && bytes.includes(actMark)) at('while the program acts');
      return follower.onOutput(stream, bytes);
    },
  };
}

async function* counted(content: Readable, at: At): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const some of content as AsyncIterable<Buffer>) {
    bytes += some.length;
    if (bytes > 300_000) at('in the middle of a result');
    yield some;
  }
}

function fatefulSession(session: Session, at: At): Session {
  return {
    async start(...args): Promise<RemoteScript> {
      const script = await session.start(...args);
      at('after hello');
      return script;
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
