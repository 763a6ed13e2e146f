/** Connects to a name that may have several addresses, some of them out of reach. */

import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { TransportError } from '../errors.js';
import type { Target } from './session.js';
import { noAddressAnswers, unreachable } from './transport-problems.js';

type Endpoint = Pick<Target, 'hostname' | 'port'>;

/** How long one address may take: Node gives each 250 ms, which a slow path needs for the first answer alone. */
const addressMs = 5_000;
/** So much later the next address is tried too, while the one before may still answer (RFC 8305, section 5). */
const headStartMs = 1_000;

/** Why an address cannot be used. */
interface DialFailure {
  address: string;
  cause: Error;
}

/**
 * Tries the addresses in turn until one answers; the others are closed.
 * @throws TransportError `unreachable`, which tells of each address; the reason of the signal
 */
export async function dial(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  const addresses = await addressesOf(endpoint);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const failures: DialFailure[] = [];
  const attempts: Promise<Socket>[] = [];
  let winner: Socket | undefined;
  const attempt = async (address: string): Promise<Socket> => {
    try {
      const socket = await connectTo({ address, port: endpoint.port, signal: stop });
      winner ??= socket;
      if (socket !== winner) socket.destroy();
      return winner;
    } catch (cause) {
      failures.push({ address, cause: cause as Error });
      throw cause;
    }
  };
  try {
    for (const address of addresses) {
      attempts.push(attempt(address));
      const headStart = pause(headStartMs, undefined, { signal: stop });
      await Promise.race([headStart, attempts.at(-1), Promise.any(attempts)]).catch(() => undefined);
      signal.throwIfAborted();
      if (winner) return winner;
    }
    return await Promise.any(attempts);
  } catch {
    signal.throwIfAborted();
    throw problemOf(endpoint, failures);
  } finally {
    over.abort();
  }
}

async function addressesOf(endpoint: Endpoint): Promise<string[]> {
  if (isIP(endpoint.hostname)) return [endpoint.hostname];
  try {
    const found = await lookup(endpoint.hostname, { all: true });
    return [...new Set(found.map(({ address }) => address))];
  } catch (cause) {
    throw unreachable(endpoint, cause);
  }
}

function connectTo({
  address,
  port,
  signal,
}: {
  address: string;
  port: number;
  signal: AbortSignal;
}): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true });
    const fail = (cause: Error) => {
      socket.destroy();
      settle(() => reject(cause));
    };
    const onAbort = () => fail(signal.reason as Error);
    const noAnswer = Object.assign(new Error(`no answer within ${addressMs / 1000} s`), {
      code: 'ETIMEDOUT',
    });
    const timer = setTimeout(() => fail(noAnswer), addressMs);
    const settle = (how: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      how();
    };
    socket.once('error', fail);
    socket.once('connect', () =>
      settle(() => {
        socket.removeListener('error', fail);
        resolve(socket);
      }),
    );
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function problemOf(endpoint: Endpoint, failures: readonly DialFailure[]): TransportError {
  const [first] = failures;
  return failures.length === 1 ? unreachable(endpoint, first?.cause) : noAddressAnswers(endpoint, failures);
}
