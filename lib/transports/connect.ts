/** Sets up one SSH connection: reaches the machine, checks its host key, signs in. */

import { connect as connectSocket } from 'node:net';
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { checkHostKey, type HostKeyCheck, type HostKeyPolicy } from './host-keys.js';
import type { Wire } from './jump.js';
import type { HostKeys, Target } from './session.js';
import { createSignIn, type SignIn } from './sign-in.js';
import { authRefused, didNotAnswer, expiredAdvice, keyUnusable, unreachable } from './transport-problems.js';

/** What a connection needs besides its target. */
export interface ConnectOptions {
  hostKeys: HostKeys;
  policy: HostKeyPolicy;
  /** From the first packet to being signed in. */
  connectTimeoutMs: number;
  /** Between two questions for a sign of life; four without an answer end the connection. */
  keepaliveMs: number;
  signal: AbortSignal;
  /** The way through a jump host. Left out: a socket. */
  wire?: Wire | null;
}

/** A client that is signed in. Its owner listens for `close`; a late `error` is harmless. */
export interface SignedIn {
  client: Client;
  wire: Wire;
  /** True once the wire is closed. */
  isClosed: () => boolean;
}

/** @throws TransportError as `Transport.acquire` does */
export async function connect(target: Target, options: ConnectOptions): Promise<SignedIn> {
  let refuse: (error: unknown) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => (refuse = reject));
  refused.catch(() => undefined);
  // Before the socket: a key that cannot be read makes no connection.
  const signIn = createSignIn(target, refuse);
  const deadline = setTimeout(
    () => refuse(didNotAnswer(target, options.connectTimeoutMs)),
    options.connectTimeoutMs,
  );
  const onAbort = () => refuse(options.signal.reason);
  options.signal.addEventListener('abort', onAbort, { once: true });
  let wire = options.wire ?? null;
  try {
    options.signal.throwIfAborted();
    const check = await Promise.race([refused, checkHostKey(target, options.hostKeys, options.policy)]);
    wire ??= connectSocket({ host: target.hostname, port: target.port, noDelay: true });
    return await Promise.race([
      refused,
      handshake({ target, wire, check, signIn, refuse, keepaliveMs: options.keepaliveMs }),
    ]);
  } catch (error) {
    wire?.destroy();
    throw error;
  } finally {
    clearTimeout(deadline);
    options.signal.removeEventListener('abort', onAbort);
  }
}

interface Handshake {
  target: Target;
  wire: Wire;
  check: HostKeyCheck;
  signIn: SignIn;
  refuse: (error: unknown) => void;
  keepaliveMs: number;
}

function handshake({ target, wire, check, signIn, refuse, keepaliveMs }: Handshake): Promise<SignedIn> {
  const client = new ssh2.Client();
  let isClosed = false;
  const ready = new Promise<SignedIn>((resolve, reject) => {
    let agentProblem: Error | undefined;
    client.once('ready', () => {
      // Without it each command waits for a delayed acknowledgement: 40 ms.
      client.setNoDelay(true);
      resolve({ client, wire, isClosed: () => isClosed });
    });
    // Stays for good: an `error` without a listener would end the process.
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level === 'agent') agentProblem = error;
      else reject(failure({ target, signIn, error, agentProblem }));
    });
    client.once('close', () => {
      isClosed = true;
      reject(unreachable(target, { message: closedEarly }));
    });
    client.once('change password', () => refuse(authRefused(target, expiredAdvice)));
  });
  ready.catch(() => undefined);
  client.connect({
    sock: wire,
    username: target.username,
    authHandler: signIn.handler,
    // The caller's deadline counts the look-up of the host key too.
    readyTimeout: 0,
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: 4,
    algorithms: hostKeyAlgorithms(check.preferred),
    hostVerifier: (blob: Buffer, verify: (isAccepted: boolean) => void) => {
      check.accept(blob).then(
        () => verify(true),
        (error: unknown) => {
          refuse(error);
          verify(false);
        },
      );
    },
  });
  return ready;
}

const closedEarly =
  'it closed the connection before the sign-in was done. It may limit new connections: try later';

interface Failure {
  target: Target;
  signIn: SignIn;
  error: Error & { level?: string };
  agentProblem: Error | undefined;
}

function failure({ target, signIn, error, agentProblem }: Failure): Error {
  const isSaidByServer = error.level === undefined && typeof (error as { code?: unknown }).code === 'number';
  if (error.level === 'client-authentication' || (isSaidByServer && signIn.hasBegun())) {
    if (!agentProblem) return signIn.refusal(error);
    const agent = target.credential.agent ?? '';
    const what = `the SSH agent at ${agent} does not work (${agentProblem.message}). Check that it runs, and its path`;
    return keyUnusable(target, what, agentProblem);
  }
  return unreachable(target, error);
}

const allHostKeyAlgorithms: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** Asks for the pinned type first, or a server with several keys would look changed. */
function hostKeyAlgorithms(pinnedType: string | null): { serverHostKey: ServerHostKeyAlgorithm[] } {
  const isPinned = (name: string) =>
    name === pinnedType || (pinnedType === 'ssh-rsa' && name.startsWith('rsa-'));
  const first = allHostKeyAlgorithms.filter(isPinned);
  return { serverHostKey: [...first, ...allHostKeyAlgorithms.filter((name) => !isPinned(name))] };
}
