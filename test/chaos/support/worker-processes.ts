/** Processes for workers that meet a fate: some are kept warm, since it takes a second to load the package. */

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { atEnd, shared } from '../../support/cleanup.js';
import { builtScript } from './built-script.js';
import type { Orders } from './worker-process.js';

const script = shared(() => builtScript(new URL('./worker-process.ts', import.meta.url)));

/** What became of a worker. */
export interface LostWorker {
  /** It was killed or blocked as ordered; otherwise it ended the attempt before. */
  isFateMet: boolean;
  /** Resolves when its process has ended; one that was blocked wakes up before that. */
  gone: Promise<void>;
}

export interface WorkerProcesses {
  /** Gives a process its orders. Resolves when it met its fate, however late, or was done before. */
  run(orders: Orders): Promise<LostWorker>;
}

/** @param warm how many processes wait for orders */
export function startWorkerProcesses(warm: number): WorkerProcesses {
  const waiting: Promise<ChildProcess>[] = [];
  const all = new Set<ChildProcess>();
  const add = (): void => void waiting.push(startProcess(all));
  for (let i = 0; i < warm; i += 1) add();
  atEnd(() => all.forEach((child) => child.kill('SIGKILL')));
  return {
    async run(orders) {
      add();
      const child = await waiting.shift();
      if (!child) throw new Error('There is no process.');
      const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
      const blocked = once(child, 'message').then(() => 'blocked' as const);
      child.send(orders);
      const end = await Promise.race([ended, blocked]);
      const gone = ended.then(([code]) => {
        if (code !== null && code !== 0) throw new Error(`The worker's process ended with ${code}.`);
      });
      // Whoever waits for it later is told.
      gone.catch(() => undefined);
      if (end === 'blocked') return { isFateMet: true, gone };
      await gone;
      return { isFateMet: end[0] === null, gone };
    },
  };
}

async function startProcess(all: Set<ChildProcess>): Promise<ChildProcess> {
  const child = fork(await script(), [], { execArgv: [] });
  all.add(child);
  child.once('exit', () => all.delete(child));
  await once(child, 'message');
  return child;
}
