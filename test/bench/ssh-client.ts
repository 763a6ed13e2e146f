/** The commands of OpenSSH, which everything is compared with. */

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { atEnd } from '../support/cleanup.js';
import type { Sshd } from '../support/sshd.js';

export interface SshClient {
  /** Options of `ssh` and `sftp` that go over the connection that is open. */
  readonly warm: readonly string[];
  /** Options that make a new connection, with the key exchange that ssh2 uses. */
  readonly cold: readonly string[];
  readonly destination: string;
  /** Runs a script on the server to its end. */
  run(script: string): Promise<void>;
}

/** Opens the connection that others go over; it is closed at the end of the run. */
export async function createSshClient(options: {
  folder: string;
  sshd: Sshd;
  keyPath: string;
}): Promise<SshClient> {
  const { folder, sshd, keyPath } = options;
  const common = [
    ...['-F', 'none', '-i', keyPath],
    ...[`Port=${sshd.port}`, 'IdentitiesOnly=yes', 'BatchMode=yes', 'LogLevel=ERROR'].flatMap(asOption),
    ...['StrictHostKeyChecking=no', `UserKnownHostsFile=${join(folder, 'known_hosts')}`].flatMap(asOption),
  ];
  const destination = `${sshd.user.username}@${sshd.hostname}`;
  const warm = [...common, ...asOption(`ControlPath=${join(folder, 'master')}`)];
  const cold = [
    ...common,
    ...['ControlPath=none', 'KexAlgorithms=curve25519-sha256', 'HostKeyAlgorithms=ssh-ed25519'].flatMap(
      asOption,
    ),
  ];
  // With `-f`, `ssh` goes into the background as soon as its socket is there.
  await timeCommand('ssh', ['-f', '-N', ...warm, ...asOption('ControlMaster=yes'), destination]);
  atEnd(() => timeCommand('ssh', ['-q', '-O', 'exit', ...warm, destination]).catch(() => undefined));
  return {
    warm,
    cold,
    destination,
    async run(script) {
      await timeCommand('ssh', [...warm, destination, script]);
    },
  };
}

const asOption = (text: string): string[] => ['-o', text];

/** Milliseconds from the start of a command to its end. @throws when it does not end with 0 */
export async function timeCommand(
  command: string,
  args: readonly string[],
  { input, env }: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  child.stdin?.end(input);
  await succeeded(child, command);
  return performance.now() - start;
}

/** Milliseconds that a line of shell takes here. `$1`, `$2`, … are `args`. */
export function timeShell(script: string, args: readonly string[]): Promise<number> {
  return timeCommand('bash', ['-o', 'pipefail', '-c', script, 'bench', ...args]);
}

export function succeeded(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code ?? signal}.`));
    });
  });
}
