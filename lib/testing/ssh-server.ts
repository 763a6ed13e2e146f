/** An SSH server in this process, for demos and tests: it runs commands as the user of this process. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection } from 'ssh2';
import { runExec } from './ssh-server-exec.js';
import { createSignInCheck } from './ssh-server-sign-in.js';
import type { SshServerUser } from './ssh-server-user.js';

export type { SshServerUser } from './ssh-server-user.js';

/** How to start a server. */
export interface SshServerOptions {
  users: readonly SshServerUser[];
  /** Default: any free one. */
  port?: number;
  /** The private host key, in OpenSSH format. Default: a new one. */
  hostKey?: string;
  /** The homes of the users are below it. Default: a temporary folder, removed by `close()`. */
  homeDirectory?: string;
  /** Asks for passwords by `keyboard-interactive`, and takes no `password`. Default false. */
  keyboardInteractive?: boolean;
}

/** A server under way, on 127.0.0.1 alone. */
export interface SshServer {
  readonly hostname: '127.0.0.1';
  readonly port: number;
  /** The public host key: its blob, base64. */
  readonly hostKey: string;
  /** The private host key, to start another server with the same one. */
  readonly privateHostKey: string;
  /** How many connections have come so far. */
  readonly connectionCount: number;
  /** How many sign-ins were tried so far, `none` not counted. */
  readonly signInCount: number;
  homeOf(username: string): string;
  /** Lets somebody sign in with a further key, for as long as the server runs. */
  allowKey(username: string, publicKey: string): void;
  /** Cuts every connection, as a broken network would; what runs detached runs on. */
  cut(): void;
  /** Reads nothing more from the connections there are, as behind a firewall that forgot them. */
  freeze(): void;
  /** Resolves when there is no connection any more. */
  whenConnectionsEnded(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts an SSH server on 127.0.0.1. Commands run with `/bin/sh -c` in the user's home, with an environment of their own. There is no terminal, no
 * SFTP and no isolation: give it only to those who may run programs as this user.
 *
 * @param options.users who may sign in, with a password, a key, or both
 * @returns the server; `close()` it at the end
 * @throws Error when the port is taken
 * @example
 * const server = await startSshServer({ users: [{ username: 'ann', password: 'secret' }] });
 */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const temporary = options.homeDirectory ? null : await mkdtemp(join(tmpdir(), 'drs-ssh-'));
  const base = options.homeDirectory ?? temporary ?? tmpdir();
  const homes = new Map(
    options.users.map((user) => [user.username, user.homeDirectory ?? join(base, user.username)]),
  );
  for (const home of homes.values()) await mkdir(home, { recursive: true });
  const privateHostKey = options.hostKey ?? newHostKey();
  const counts = { connections: 0, signIns: 0 };
  const check = createSignInCheck({ ...options, homes, onTry: () => (counts.signIns += 1) });
  const sockets = new Set<Socket>();
  const protocol = new ssh2.Server({ hostKeys: [privateHostKey] }, (client) =>
    serve(client, { check, homes }),
  );
  // An own listener: it knows the sockets, so that they can be cut.
  const listener = createServer({ noDelay: true }, (socket) => {
    counts.connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    protocol.injectSocket(socket);
  });
  const port = await listen(listener, options.port ?? 0);
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    hostname: '127.0.0.1',
    port,
    hostKey: publicPart(privateHostKey),
    privateHostKey,
    get connectionCount() {
      return counts.connections;
    },
    get signInCount() {
      return counts.signIns;
    },
    homeOf: (username) => homes.get(username) ?? base,
    allowKey: (username, publicKey) => check.allowKey(username, publicKey),
    cut,
    freeze: () => sockets.forEach((socket) => socket.pause()),
    async whenConnectionsEnded() {
      // Not `once` of node:events, which an error on the way rejects: a client that hangs up in mid-write ends a connection, too.
      await Promise.all(
        [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
      );
    },
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      cut();
      await closed;
      if (temporary) await rm(temporary, { recursive: true, force: true });
    },
  };
}

interface Served {
  check: ReturnType<typeof createSignInCheck>;
  homes: ReadonlyMap<string, string>;
}

function serve(client: Connection, { check, homes }: Served): void {
  let username = '';
  // A client that vanishes is no error of the server.
  client.on('error', () => undefined);
  // Each command under way listens for its end.
  client.setMaxListeners(0);
  client.on('authentication', (context) => {
    username = context.username;
    check.decide(context);
  });
  client.on('session', (acceptSession) => {
    const session = acceptSession();
    session.once('exec', (accept, _reject, { command }) => {
      runExec({ client, session, channel: accept(), command, username, home: homes.get(username) ?? '/' });
    });
  });
}

function listen(listener: NetServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port));
  });
}

/** About one in 500 keys that ssh2 1.17 makes is malformed (measured): read each before it is used. */
function newHostKey(): string {
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}

function publicPart(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key.getPublicSSH().toString('base64');
}
