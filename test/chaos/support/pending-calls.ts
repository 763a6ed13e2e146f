/** Which calls of contracts are under way: tells what a worker waits for. */

import type { Scheduler } from '../../../lib/schedulers/scheduler.js';
import type { WorkerDependencies } from '../../../lib/worker/worker-dependencies.js';

/** Calls that have not settled, and since when. */
export class PendingCalls {
  readonly #calls = new Map<symbol, { name: string; since: number }>();

  /** Names of those that take longer than `ms`, with how long. */
  longerThan(ms: number): string[] {
    const now = Date.now();
    return [...this.#calls.values()]
      .filter(({ since }) => now - since > ms)
      .map(({ name, since }) => `${name} for ${Math.round((now - since) / 1000)} s`);
  }

  /** The same dependencies; what is asked of a database, a server or a storage is told while it is under way. */
  watch(deps: WorkerDependencies): WorkerDependencies {
    const { ssh } = deps.transports;
    return {
      ...deps,
      store: this.#watched('store', deps.store),
      schedulers: Object.fromEntries(
        Object.entries(deps.schedulers).map(([name, scheduler]) => [name, this.#scheduler(scheduler)]),
      ),
      storage: this.#watched('storage', deps.storage),
      transports: { ...deps.transports, ssh: this.#watched('ssh', ssh) },
    };
  }

  #scheduler(scheduler: Scheduler): Scheduler {
    const workspace = this.#watched('workspace', scheduler.workspace);
    return this.#watched('scheduler', { ...scheduler, workspace });
  }

  #watched<T extends object>(name: string, target: T): T {
    return new Proxy(target, {
      get: (object, key, receiver) => {
        const value: unknown = Reflect.get(object, key, receiver);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(value, object, args);
          if (answer instanceof Promise) this.#add(`${name}.${String(key)}${ticketIn(args)}`, answer);
          return answer;
        };
      },
    });
  }

  #add(name: string, answer: Promise<unknown>): void {
    const call = Symbol(name);
    this.#calls.set(call, { name, since: Date.now() });
    const settle = (): void => void this.#calls.delete(call);
    answer.then(settle, settle);
  }
}

function ticketIn(args: readonly unknown[]): string {
  for (const arg of args) {
    const { jobId, name } = (arg ?? {}) as { jobId?: unknown; name?: unknown };
    if (typeof jobId === 'number') return ` of job ${jobId}`;
    if (typeof name === 'string') return ` of ${name}`;
  }
  return '';
}
