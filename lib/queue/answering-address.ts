/** redis@3 knows IPv4 addresses of a host name alone; Node's own sockets find out which address answers. */

import { connect } from 'node:net';

const deadlineMs = 5_000;

/** @throws when none of its addresses answers */
export function answeringAddress(endpoint: { host: string; port: number; family?: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...endpoint, autoSelectFamily: true });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(new Error(`${endpoint.host}:${endpoint.port} did not answer within ${deadlineMs} ms.`));
    }, deadlineMs);
    socket.once('close', () => clearTimeout(timer)).on('error', fail);
    socket.once('connect', () => {
      resolve(socket.remoteAddress ?? endpoint.host);
      socket.destroy();
    });
  });
}
