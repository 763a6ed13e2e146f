/** Targets, keys and a first command, for tests of how the transport signs in. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ssh, type SshOptions } from '../../lib/transports/ssh.js';
import type { Credential, Target } from '../../lib/transports/session.js';
import { runScript } from '../../lib/testing/contracts/run-script.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { memoryHostKeys } from './memory-host-keys.js';

const run = promisify(execFile);

export interface KeyPair {
  /** The path of the private part. */
  path: string;
  privateKey: string;
  /** The line of the `.pub` file. */
  publicKey: string;
}

/** Made by ssh-keygen. @param type further words for `-t`, as in `rsa -b 2048` */
export async function keyPair(type = 'ed25519'): Promise<KeyPair> {
  const path = join(await temporaryFolder('keys'), 'key');
  await run('ssh-keygen', ['-q', '-t', ...type.split(' '), '-N', '', '-f', path]);
  const [privateKey, publicKey] = await Promise.all([
    readFile(path, 'utf8'),
    readFile(`${path}.pub`, 'utf8'),
  ]);
  return { path, privateKey, publicKey: publicKey.trim() };
}

/** The address of a server, and a name to sign in with there. */
export function targetAt(
  { hostname, port }: Pick<Target, 'hostname' | 'port'>,
  who: Pick<Target, 'username'> & Credential & { legacyAlgorithms?: boolean },
): Target {
  const { username, legacyAlgorithms, ...credential } = who;
  return { hostname, port, username, credential, ...(legacyAlgorithms ? { legacyAlgorithms } : {}) };
}

/** Signs in, and says hello over there, with a transport of its own. */
export async function hello(target: Target, options: Partial<SshOptions> = {}): Promise<string> {
  const transport = ssh({ hostKeys: memoryHostKeys(), ...options });
  try {
    const { session, release } = await transport.acquire(target);
    const { stdout } = await runScript(session, 'echo hello');
    release();
    return stdout;
  } finally {
    await transport.close();
  }
}
