/** Browsers that watch a job's log: each a socket of its own. */

import { once } from 'node:events';
import { io } from 'socket.io-client';
import { serve } from './serve.mjs';

const latencies = [];
let sockets = [];
let whenDone = () => undefined;

/** Each line is `number nanoseconds`, the second one from the clock that `hrtime` reads, too (CLOCK_MONOTONIC). */
function follow(socket, lastNumber) {
  let rest = '';
  return new Promise((resolve) => {
    socket.on('log', ({ chunks }, acknowledge) => {
      const now = process.hrtime.bigint();
      acknowledge();
      for (const { content } of chunks) rest += content;
      const lines = rest.split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const [number, printed] = line.split(' ');
        latencies.push([Number(number), Number(now - BigInt(printed)) / 1e6]);
        if (Number(number) === lastNumber) resolve();
      }
    });
  });
}

serve({
  watch: async ({ url, jobId, count, lines }) => {
    latencies.length = 0;
    sockets = Array.from({ length: count }, () => io(url, { transports: ['websocket'], forceNew: true }));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    whenDone = Promise.all(sockets.map((socket) => follow(socket, lines - 1)));
    const replies = await Promise.all(sockets.map((socket) => socket.emitWithAck('watch:log', { jobId })));
    if (!replies.every(({ ok }) => ok)) throw new Error(`A watch was refused: ${JSON.stringify(replies)}`);
  },
  /** Milliseconds from print to socket, of every line at every viewer but the first lines. */
  latencies: async ({ skip }) => {
    await whenDone;
    for (const socket of sockets) socket.disconnect();
    return latencies.filter(([number]) => number >= skip).map(([, ms]) => ms);
  },
});
