/** The command `drs` as its own process, as the package ships it: `npm test` builds it first. */

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../dist/lib/cli/drs.js', import.meta.url));

/** How it ended. */
export interface DrsEnd {
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
}

/** A command under way. */
export interface DrsProcess {
  child: ChildProcessWithoutNullStreams;
  end: Promise<DrsEnd>;
  /** Resolves when stdout or stderr holds the text. */
  untilPrinted: (text: string) => Promise<void>;
}

/** What comes before the arguments. */
export const drsCommand = [process.execPath, command];

/** Starts `drs` with these arguments, and only this environment besides PATH and HOME. */
export function startDrs(args: readonly string[], env: NodeJS.ProcessEnv): DrsProcess {
  const [file = '', ...before] = drsCommand;
  const { PATH, HOME } = process.env;
  const child = spawn(file, [...before, ...args], { env: { PATH, HOME, ...env }, stdio: 'pipe' });
  return watch(child);
}

/** Runs `drs` to its end. */
export async function runDrs(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { child, end } = startDrs(args, env);
  child.stdin.end(input);
  const { code, stdout, stderr } = await end;
  return { code, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** Collects what a process prints. */
export function watch(child: ChildProcessWithoutNullStreams): DrsProcess {
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const looks = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      printed[name].push(chunk);
      looks.forEach((look) => look());
    });
  }
  const text = (): string => Buffer.concat([...printed.stdout, ...printed.stderr]).toString();
  const end = new Promise<DrsEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout: Buffer.concat(printed.stdout), stderr: Buffer.concat(printed.stderr) });
    });
  });
  return {
    child,
    end,
    untilPrinted: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!text().includes(wanted)) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
        void end.then(({ code }) => reject(new Error(`drs ended with ${code}:\n${text()}`)));
      }),
  };
}
