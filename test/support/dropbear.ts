/** A real Dropbear on 127.0.0.1, for the users of a real sshd. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { withFreePort } from '../../lib/embedded/free-port.js';
import { ensureCommand } from '../../lib/embedded/install.js';
import { runCommand } from '../../lib/embedded/run-command.js';
import { atEnd } from './cleanup.js';
import { temporaryFolder } from './temporary-folder.js';

export interface DropbearOptions {
  /** A command that starts the server, as `unshare` does in a namespace of its own. */
  through?: string[];
}

export interface Dropbear {
  readonly hostname: '127.0.0.1';
  readonly port: number;
}

/** Starts a server; it ends with this process at the latest. It takes nobody whose login shell is not in `/etc/shells`. */
export async function startDropbear({ through = [] }: DropbearOptions = {}): Promise<Dropbear> {
  const dropbear = await ensureCommand({ command: 'dropbear', debianPackage: 'dropbear-bin' });
  const dropbearkey = await ensureCommand({ command: 'dropbearkey', debianPackage: 'dropbear-bin' });
  const folder = await temporaryFolder('dropbear');
  const key = join(folder, 'host_ed25519');
  const { code, output } = await runCommand(dropbearkey, ['-t', 'ed25519', '-f', key]);
  if (code !== 0) throw new Error(`dropbearkey ended with ${code}: ${output}`);
  return withFreePort(async (port) => {
    const pidFile = join(folder, `pid.${port}`);
    const args = ['-F', '-E', '-r', key, '-P', pidFile, '-p', `127.0.0.1:${port}`];
    atEnd(await launch([...through, dropbear, ...args]));
    return { hostname: '127.0.0.1', port };
  });
}

/** Returns what ends it. */
async function launch(command: string[]): Promise<() => Promise<unknown>> {
  // When this process is killed, nobody else would end the server.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let log = '';
  child.stderr.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      log += text;
      if (log.includes('Not backgrounding')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`dropbear did not start: ${log}`)));
  });
  return () => {
    child.kill('SIGKILL');
    return ended;
  };
}
