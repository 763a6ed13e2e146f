/** Runs a command to its end. */

import { spawn } from 'node:child_process';

/** How a command ended, and what it printed. */
export interface CommandEnd {
  code: number | null;
  stdout: string;
  /** stdout and stderr as they came. */
  output: string;
}

/** Where and as whom the command runs. */
export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  user?: { uid: number; gid: number } | null;
}

/** Runs a command to its end; one that cannot be started ends with code null and the reason as output. */
export function runCommand(
  command: string,
  args: readonly string[],
  { user, ...options }: CommandOptions = {},
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, ...(user ?? {}), stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', (error) => resolve({ code: null, stdout, output: output + error.message }));
    child.once('close', (code) => resolve({ code, stdout, output }));
  });
}
