/** Processes for workers that die: some are kept warm, since it takes a second to load the package. */

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atEnd } from '../../support/cleanup.js';
import type { Orders } from './worker-process.js';

const script = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

export interface WorkerProcesses {
  /** Gives a process its orders. Resolves when it died: true as ordered, false when it was done before, or too late. */
  run(orders: Orders, mostMs: number): Promise<boolean>;
}

/** @param warm how many processes wait for orders */
export function startWorkerProcesses(warm: number): WorkerProcesses {
  const waiting: Promise<ChildProcess>[] = [];
  const all = new Set<ChildProcess>();
  const add = (): void => void waiting.push(startProcess(all));
  for (let i = 0; i < warm; i += 1) add();
  atEnd(() => all.forEach((child) => child.kill('SIGKILL')));
  return {
    async run(orders, mostMs) {
      add();
      const child = await waiting.shift();
      if (!child) throw new Error('There is no process.');
      const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
      child.send(orders);
      let isLate = false;
      const timer = setTimeout(() => (isLate = child.kill('SIGKILL')), mostMs);
      const [code] = await ended;
      clearTimeout(timer);
      if (code !== null && code !== 0) throw new Error(`The worker's process ended with ${code}.`);
      return code === null && !isLate;
    },
  };
}

async function startProcess(all: Set<ChildProcess>): Promise<ChildProcess> {
  const child = fork(script, [], { execArgv: ['--import', 'tsx'] });
  all.add(child);
  child.once('exit', () => all.delete(child));
  await once(child, 'message');
  return child;
}
