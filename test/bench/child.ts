/** Processes that the benchmark starts, and calls into them. */

import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface BenchProcess {
  readonly pid: number;
  /** @throws what the method throws over there */
  call<T>(method: string, argument?: object): Promise<T>;
  /** Ends it with SIGTERM, and waits. */
  stop(): Promise<void>;
}

export interface BenchProcessOptions {
  /** The path of a script, from this folder. */
  script: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Options of node, such as `--cpu-prof`. */
  nodeOptions?: readonly string[];
  /** How it says that it is ready. Default: by a message, as `serve.mjs` sends it. */
  readyWhen?: 'message' | 'output';
}

type Answer = { isReady: true } | { id: number; value: unknown } | { id: number; error: string };

/** Starts a script with plain node: this process's own loader for TypeScript is no part of what is measured. */
export async function startProcess(options: BenchProcessOptions): Promise<BenchProcess> {
  const { script, args = [], env, cwd, nodeOptions = [], readyWhen = 'message' } = options;
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [...args], {
    cwd,
    env: { ...process.env, ...env },
    execArgv: [...nodeOptions],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await ready(child, { script, readyWhen });
  child.stdout?.resume();
  return {
    pid: child.pid ?? 0,
    call: caller(child),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function ready(child: ChildProcess, { script, readyWhen }: { script: string; readyWhen: string }) {
  return new Promise<void>((resolve, reject) => {
    if (readyWhen === 'output') child.stdout?.once('data', () => resolve());
    else child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} before it was ready.`)));
  });
}

function caller(child: ChildProcess): BenchProcess['call'] {
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let calls = 0;
  child.on('message', (answer: Answer) => {
    if ('isReady' in answer) return;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value as never);
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The process ended with ${code}.`));
  });
  return (method, argument = {}) =>
    new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject });
      child.send({ id: calls, method, argument });
    });
}

/** The most memory that a process has had at a time, in megabytes. */
export function peakMegabytes(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Ticks of proc(5) are 1/100 s on every Linux of today. */
const ticksPerSecond = 100;

/** Seconds of processor time that a process has used, in user and in kernel mode. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Fields 14 and 15 of proc(5); these begin with the third.
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
