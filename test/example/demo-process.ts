/** `npm run demo` as a test drives it: started, read, and stopped as a terminal would. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A demo under way. */
export interface DemoProcess {
  /** Such as `http://127.0.0.1:40123`. */
  url: string;
  /** All that was printed so far. */
  output(): string;
  /** npm and everything that stems from it. */
  processes(): number[];
  /** As Ctrl-C in a terminal: the whole foreground group gets SIGINT. Resolves to npm's exit code, as a shell says it. */
  pressCtrlC(): Promise<number | null>;
  /** A signal to npm alone. */
  signalNpm(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the demo with its data in `dataFolder`, and resolves when it says that it is ready. */
export async function startDemoProcess(
  dataFolder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<DemoProcess> {
  const child = spawn('npm', ['run', 'demo'], {
    cwd: root,
    env: { ...process.env, PORT: '0', DRS_DEMO_DATA: dataFolder, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'close').then(([code, signal]) =>
    signal === 'SIGINT' ? 130 : (code as number | null),
  );
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (text: string): void => {
      output += text;
      const ready = /^ready: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output);
      if (ready?.[1]) resolve(ready[1]);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    void exit.then((code) => reject(new Error(`The demo ended with code ${code}:\n${output}`)));
  });
  const pid = pidOf(child);
  const end = (target: number, signal: NodeJS.Signals) => {
    process.kill(target, signal);
    return exit;
  };
  return {
    url,
    output: () => output,
    processes: () => withDescendants(pid),
    pressCtrlC: () => end(-pid, 'SIGINT'),
    signalNpm: (signal) => end(pid, signal),
  };
}

/** Those that are alive. */
export function alive(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0);
      // A zombie has ended; it waits for its parent to look.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  });
}

/** Processes whose environment or command line holds the text: also those that have left the tree. */
export function processesWith(text: string): number[] {
  return allPids().filter((pid) =>
    ['environ', 'cmdline'].some((name) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(text);
      } catch {
        return false;
      }
    }),
  );
}

function allPids(): number[] {
  return [...parents().keys()];
}

function withDescendants(pid: number): number[] {
  const found = new Set([pid]);
  const pairs = [...parents()];
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [child, parent] of pairs) if (found.has(parent)) found.add(child);
  }
  return [...found];
}

/** The parent of each process. */
function parents(): Map<number, number> {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
    return new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  }
  const pairs = readdirSync('/proc').flatMap((name): [number, number][] => {
    try {
      // The name of the program, in parentheses, may hold spaces.
      const parent = /.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
      return /^\d+$/.test(name) ? [[Number(name), Number(parent)]] : [];
    } catch {
      return [];
    }
  });
  return new Map(pairs);
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('npm did not start.');
  return child.pid;
}
