/** Sets up one SSH connection: reaches the machine, checks its host key, signs in. */

import ssh2, { type Client } from 'ssh2';
import { OutputTail } from './output-tail.js';
import { algorithms, gapOf } from './algorithms.js';
import { dial } from './dial.js';
import { checkHostKey, type HostKeyCheck, type HostKeyPolicy } from './host-keys.js';
import type { Wire } from './jump.js';
import { watchOffer, type ServerOffer } from './server-offer.js';
import type { HostKeys, Target } from './session.js';
import { createSignIn, type SignIn } from './sign-in.js';
import {
  algorithmsRefused,
  authRefused,
  didNotAnswer,
  expiredAdvice,
  turnedAway,
  unreachable,
} from './transport-problems.js';

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
  const deadline = setTimeout(
    () => refuse(didNotAnswer(target, options.connectTimeoutMs)),
    options.connectTimeoutMs,
  );
  const onAbort = () => refuse(options.signal.reason);
  options.signal.addEventListener('abort', onAbort, { once: true });
  const over = new AbortController();
  let wiring: Promise<Wire> | undefined = options.wire ? Promise.resolve(options.wire) : undefined;
  try {
    options.signal.throwIfAborted();
    // Before the socket: a key that cannot be read makes no connection.
    const signIn = await Promise.race([refused, createSignIn(target, refuse)]);
    const check = await Promise.race([refused, checkHostKey(target, options.hostKeys, options.policy)]);
    wiring ??= dial(target, over.signal);
    const wire = await Promise.race([refused, wiring]);
    return await Promise.race([
      refused,
      handshake({ target, wire, check, signIn, refuse, keepaliveMs: options.keepaliveMs }),
    ]);
  } catch (error) {
    wiring?.then(
      (wire) => wire.destroy(),
      () => undefined,
    );
    throw error;
  } finally {
    over.abort();
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
  const offer = watchOffer(wire);
  let isClosed = false;
  const words = new OutputTail(mostWords);
  const ready = new Promise<SignedIn>((resolve, reject) => {
    client.once('ready', () => {
      // Without it each command waits for a delayed acknowledgement: 40 ms.
      client.setNoDelay(true);
      resolve({ client, wire, isClosed: () => isClosed });
    });
    // Stays for good: an `error` without a listener would end the process.
    client.on('error', (error: Error & { level?: string }) => {
      // A key that the agent does not sign with: the next one is offered.
      if (error.level !== 'agent')
        reject(failure({ target, signIn, error, offer: offer(), words: words.text }));
    });
    client.once('close', () => {
      isClosed = true;
      reject(closedEarly({ target, signIn, words: words.text }));
    });
    client.on('banner', (text) => words.add(Buffer.from(text)));
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
    algorithms: algorithms(target.legacyAlgorithms === true, check.preferred),
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

/** Characters of a server's own words that a message shows. */
const mostWords = 500;

/** Who lets nobody in any more may say why, and closes. */
function closedEarly({ target, signIn, words }: Omit<Failure, 'error' | 'offer'>): Error {
  if (signIn.hasBegun() && words !== '') return turnedAway(target, words);
  const how = 'it closed the connection before the sign-in was done. It may limit new connections: try later';
  return unreachable(target, { message: how });
}

interface Failure {
  target: Target;
  signIn: SignIn;
  error: Error & { level?: string };
  offer: ServerOffer | null;
  /** What the server said to people. */
  words: string;
}

function failure({ target, signIn, error, offer, words }: Failure): Error {
  const gap = error.level === 'handshake' && offer ? gapOf(offer, target.legacyAlgorithms === true) : null;
  if (gap) return algorithmsRefused(target, gap, error);
  if (error.level === 'client-authentication') return signIn.refusal(error, { words });
  const isSaidByServer = error.level === undefined && typeof (error as { code?: unknown }).code === 'number';
  return isSaidByServer && signIn.hasBegun()
    ? signIn.refusal(error, { end: error.message, words })
    : unreachable(target, error);
}
