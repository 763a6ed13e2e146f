/** The first steps of the way to an SSH server, before anybody signs in. */

import { lookup } from 'node:dns/promises';
import { dial } from './dial.js';
import type { Hop } from './session.js';

/** Looks the name up, and greets what listens there. @throws Error, TransportError, the reason of the signal */
export async function tryAddress(machine: Hop, { signal }: { signal: AbortSignal }): Promise<string> {
  const addresses = (await lookup(machine.hostname, { all: true })).map(({ address }) => address);
  const where = addresses[0] === machine.hostname ? '' : `is ${addresses.join(', ')}; `;
  return `${where}port ${machine.port} says ${await greet(machine, signal)}`;
}

/** What listens there: an SSH server says which it is before anything else (RFC 4253, section 4.2). */
async function greet({ hostname, port }: Hop, signal: AbortSignal): Promise<string> {
  const socket = await dial({ hostname, port }, signal);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(signal.reason as Error));
    signal.addEventListener('abort', onAbort);
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('end', () =>
      end(() => reject(new Error(`Port ${port} closed the connection without a word.`))),
    );
    socket.once('data', (data) => {
      const line =
        data
          .toString('latin1')
          .split(/\r?\n/, 1)[0]
          ?.replace(/[^\x20-\x7e]/g, '?')
          .slice(0, 80) ?? '';
      const isSsh = line.startsWith('SSH-');
      end(() => (isSsh ? resolve(line) : reject(new Error(`This is no SSH service: “${line}”.`))));
    });
  });
}
