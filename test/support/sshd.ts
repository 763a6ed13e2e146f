/** A real OpenSSH server on 127.0.0.1, with system users of its own. Needs root, as CI and containers have it. */

import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFreePort } from '../../lib/embedded/free-port.js';
import { ensureCommand } from '../../lib/embedded/install.js';
import { runCommand } from '../../lib/embedded/run-command.js';
import { atEnd, shared } from './cleanup.js';

export interface SshdUserOptions {
  /** The path of the login shell. Default `/bin/bash`. */
  shell?: string;
  /** Lines of the user's `authorized_keys`. */
  publicKeys?: string[];
}

export interface SshdUser {
  username: string;
  password: string;
  home: string;
  uid: number;
  gid: number;
}

export interface SshdOptions {
  /** Default: one user with bash. */
  users?: SshdUserOptions[];
  /** Further lines of sshd_config; they win over the default ones. */
  config?: string[];
  /** Host keys to make, as `ssh-keygen -t` names them, as in `rsa -b 2048`. Default `['ed25519']`. */
  hostKeyTypes?: string[];
  /** A command that starts the server, as `unshare` does in a namespace of its own. */
  through?: string[];
}

/** One server more with the same users and host keys, as another login node. */
export interface SshdNode {
  readonly hostname: '127.0.0.1';
  readonly port: number;
  /** The process that was started. */
  readonly pid: number;
}

export interface Sshd {
  readonly hostname: '127.0.0.1';
  readonly port: number;
  /** The first user. */
  readonly user: SshdUser;
  readonly users: SshdUser[];
  /** The blob of the first public host key, base64. */
  readonly hostKey: string;
  /** The processes of the server, the listening one first. */
  readonly pids: number[];
  /** What the server has logged since its start. */
  log(): string;
  addUser(options?: SshdUserOptions): Promise<SshdUser>;
  /** Kills what serves the connections; what the users run detached runs on. */
  cut(): void;
  /** The same port, users and host keys; connections are cut. */
  restart(): Promise<void>;
  /** Runs as long as this one does. */
  addNode(options?: Pick<SshdOptions, 'config' | 'through'>): Promise<SshdNode>;
  stop(): Promise<void>;
}

/** One server for all tests that need no special configuration. */
export const sharedSshd = shared(() => startSshd());

/** Starts a server; it is stopped at the end of the run at the latest, and its users are removed. */
export async function startSshd({
  users = [{}],
  config = [],
  hostKeyTypes = ['ed25519'],
  through = [],
}: SshdOptions = {}): Promise<Sshd> {
  if (process.getuid?.() !== 0)
    throw new Error('These tests make system users for a real sshd: run them as root.');
  const sshd = await ensureCommand({ command: 'sshd', debianPackage: 'openssh-server' });
  await ensureCommand({ command: 'useradd', debianPackage: 'passwd' });
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(tmpdir(), 'drs-sshd-'));
  // Users reach their homes below it.
  await chmod(folder, 0o711);
  const janitor = startJanitor(folder);
  const added: SshdUser[] = [];
  const addUser = async (options: SshdUserOptions = {}) => {
    const user = await makeUser(folder, options);
    added.push(user);
    return user;
  };
  for (const options of users) await addUser(options);
  const hostKeys = await Promise.all(hostKeyTypes.map((type) => makeHostKey(folder, type)));
  const launch = (port: number) => startServer(sshd, { folder, port, config, hostKeys, through });
  const running = await withFreePort(async (port) => ({ port, server: await launch(port) }));
  let server = running.server;
  const [user] = added;
  if (!user) throw new Error('startSshd needs at least one user.');
  let stopped: Promise<void> | undefined;
  const nodes: Server[] = [];
  const stop = () => (stopped ??= Promise.all([server, ...nodes].map(stopServer)).then(() => janitor.stop()));
  atEnd(stop);
  return {
    hostname: '127.0.0.1',
    port: running.port,
    user,
    users: added,
    hostKey: (await readFile(`${hostKeys[0]}.pub`, 'utf8')).split(' ')[1] ?? '',
    get pids() {
      return [server.child.pid ?? 0, ...serving(server.child)];
    },
    log: () => server.log(),
    addUser,
    cut: () => kill(serving(server.child)),
    async restart() {
      await stopServer(server);
      server = await launch(running.port);
    },
    async addNode({ config: own = config, through: starter = [] } = {}) {
      const node = { folder, config: own, hostKeys, through: starter };
      return withFreePort(async (port) => {
        const started = await startServer(sshd, { ...node, port });
        nodes.push(started);
        return { hostname: '127.0.0.1', port, pid: started.child.pid ?? 0 };
      });
    },
    stop,
  };
}

/** Waits at a pipe that this process holds; when it closes, also by SIGKILL, nothing of the server stays behind. */
const janitorScript = `
read -r _
for file in "$1"/pid.*; do [ ! -s "$file" ] || kill -9 "$(cat "$file")"; done
while read -r name uid; do
  for process in /proc/[0-9]*; do
    [ "$(stat -c %u "$process" 2>/dev/null)" != "$uid" ] || kill -9 "\${process#/proc/}"
  done
  userdel --force "$name"
done <"$1/users"
rm -rf "$1"
`;

function startJanitor(folder: string): { stop(): Promise<void> } {
  writeFileSync(join(folder, 'users'), '');
  const child = spawn('/bin/sh', ['-c', janitorScript, 'janitor', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.unref();
  return {
    async stop() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}

interface Server {
  child: ChildProcess;
  pidFile: string;
  log(): string;
}

interface ServerFiles {
  folder: string;
  port: number;
  config: string[];
  hostKeys: string[];
  through: string[];
}

async function startServer(sshd: string, files: ServerFiles): Promise<Server> {
  const { folder, port, config, hostKeys, through } = files;
  const configFile = join(folder, `sshd_config.${port}`);
  const lines = [
    // sshd_config(5): the first value of a keyword counts.
    ...config,
    ...hostKeys.map((path) => `HostKey ${path}`),
    'PidFile none',
    'UsePAM no',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    'MaxStartups 100',
    'LogLevel VERBOSE',
  ];
  await writeFile(configFile, `${lines.join('\n')}\n`);
  const args = ['-D', '-e', '-f', configFile, '-p', String(port), '-o', 'ListenAddress=127.0.0.1'];
  const [command = sshd, ...rest] = [...through, sshd, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  const pidFile = join(folder, `pid.${port}`);
  await writeFile(pidFile, String(child.pid ?? ''));
  let log = '';
  child.stderr.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      log += text;
      if (/Server listening on/.test(log)) resolve();
    });
    child.once('exit', () => reject(new Error(`sshd did not start: ${log}`)));
  });
  return { child, pidFile, log: () => log };
}

async function stopServer({ child, pidFile }: Server): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  kill(serving(child));
  child.kill('SIGKILL');
  await ended;
  await writeFile(pidFile, '');
}

/** The processes of sshd below the listening one, not the users' programs. */
function serving(listener: ChildProcess): number[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(Number(pid)));
  const found: number[] = [];
  const add = (parent: number) => {
    for (const { pid } of processes.filter((one) => one.parent === parent && one.name.startsWith('sshd'))) {
      found.push(pid);
      add(pid);
    }
  };
  add(listener.pid ?? -1);
  return found;
}

function readProcess(pid: number): { pid: number; parent: number; name: string }[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name = '', parent = '0'] = /\((.*)\) \S (\d+)/s.exec(stat) ?? [];
    return [{ pid, parent: Number(parent), name }];
  } catch {
    return [];
  }
}

function kill(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

async function makeUser(
  folder: string,
  { shell = '/bin/bash', publicKeys = [] }: SshdUserOptions,
): Promise<SshdUser> {
  const username = `drst${randomBytes(5).toString('hex')}`;
  const password = randomBytes(12).toString('base64url');
  const home = join(folder, username);
  await run('useradd', ['--no-create-home', '--home-dir', home, '--shell', shell, username]);
  const [uid = -1, gid = -1] = await identityOf(username);
  await appendFile(join(folder, 'users'), `${username} ${uid}\n`);
  await setPassword(username, password);
  await mkdir(home, { mode: 0o700 });
  await chown(home, uid, gid);
  if (publicKeys.length) await writeKeys(join(home, '.ssh'), { uid, gid, publicKeys });
  return { username, password, home, uid, gid };
}

interface Keys {
  uid: number;
  gid: number;
  publicKeys: string[];
}

async function writeKeys(folder: string, { uid, gid, publicKeys }: Keys): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, 'authorized_keys'), `${publicKeys.join('\n')}\n`, { mode: 0o600 });
  for (const path of [folder, join(folder, 'authorized_keys')]) await chown(path, uid, gid);
}

async function identityOf(username: string): Promise<number[]> {
  return (await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, username])))).map(Number);
}

function setPassword(username: string, password: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('chpasswd', { stdio: ['pipe', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`chpasswd ended with ${code}`))));
    child.stdin.end(`${username}:${password}\n`);
  });
}

async function makeHostKey(folder: string, type: string): Promise<string> {
  const [name = '', ...further] = type.split(' ');
  const path = join(folder, `host_${name}`);
  await run('ssh-keygen', ['-q', '-t', name, ...further, '-N', '', '-f', path]);
  return path;
}

async function run(command: string, args: string[]): Promise<string> {
  const { code, stdout, output } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${output}`);
  return stdout.trim();
}
