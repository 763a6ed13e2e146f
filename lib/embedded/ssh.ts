/** An SSH server in this process that is the same one after a restart: its host key and port are kept. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OptionsError } from '../errors.js';
import { startSshServer, type SshServer } from '../testing/ssh-server.js';
import { kept, keptKeyPair } from './kept-files.js';

/** Somebody who may sign in to the embedded SSH server, by the app's own key and, if one is given, by password. */
export interface EmbeddedUser {
  username: string;
  password?: string;
}

/** A machine to submit to. */
export interface EmbeddedSsh {
  hostname: string;
  port: number;
  stop(): Promise<void>;
}

/** Starts an SSH server on 127.0.0.1, unless `DRS_SSH_SERVER` names another one. */
export async function startEmbeddedSsh(options: {
  directory: string;
  users: readonly EmbeddedUser[];
  publicKey: string;
}): Promise<EmbeddedSsh> {
  const other = process.env.DRS_SSH_SERVER;
  if (other) return { ...addressOf(other), stop: () => Promise.resolve() };
  const { directory, users, publicKey } = options;
  const { privateKey } = await keptKeyPair(directory, 'ssh-host-key');
  const start = (port: number): Promise<SshServer> =>
    startSshServer({
      port,
      hostKey: privateKey,
      homeDirectory: join(directory, 'homes'),
      users: users.map((user) => ({ ...user, publicKeys: [publicKey] })),
    });
  // The port of the last run: host keys are pinned by name and port, and server records hold it.
  const lastPort = Number(await kept(directory, 'ssh-port', () => '0'));
  const server = await start(lastPort).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return start(0);
  });
  await writeFile(join(directory, 'ssh-port'), String(server.port));
  return { hostname: server.hostname, port: server.port, stop: () => server.close() };
}

function addressOf(text: string): { hostname: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text);
  const hostname = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? 22);
  if (hostname && port > 0 && port < 65536) return { hostname, port };
  throw new OptionsError([{ path: 'DRS_SSH_SERVER', message: `Give host or host:port, not "${text}".` }]);
}
