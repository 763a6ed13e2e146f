/** The first steps of the way to a machine, before anybody signs in. */

import { lookup } from 'node:dns/promises';
import { dial } from '../../lib/transports/dial.js';
import type { Hop } from '../../lib/transports/session.js';

/** How long one step may take. */
export const stepTimeoutMs = 20_000;

/** The address behind a name. */
export async function resolveName(hostname: string): Promise<{ value: null; message: string }> {
  const found = (await lookup(hostname, { all: true })).map(({ address }) => address);
  return { value: null, message: found[0] === hostname ? 'is an address' : `is ${found.join(', ')}` };
}

/** What listens there: an SSH server says which it is before anything else (RFC 4253, section 4.2). */
export async function greet({ hostname, port }: Hop): Promise<{ value: null; message: string }> {
  const socket = await dial({ hostname, port }, AbortSignal.timeout(stepTimeoutMs));
  socket.setTimeout(stepTimeoutMs);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('timeout', () => end(() => reject(new Error(`Port ${port} did not answer in time.`))));
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
      end(() =>
        isSsh
          ? resolve({ value: null, message: line })
          : reject(new Error(`This is no SSH service: “${line}”.`)),
      );
    });
  });
}
