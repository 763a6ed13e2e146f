import { expect } from 'chai';
import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server } from 'socket.io';
import { connectDrs } from '../../lib/client/index.js';
import type { LogChunk } from '../../lib/protocol/events.js';
import { attachSockets, drsRouter, type RemoteSubmission } from '../../lib/index.js';
import { Viewer } from '../sockets/support.js';
import { atEnd } from '../support/cleanup.js';
import { randomNumbers } from './support/program.js';
import { chaosSite } from './support/site.js';
import { expectSurvived } from './support/survived.js';

/** How long there is no worker. `npm run test:chaos` says 30 s. */
const silenceMs = Number(process.env.DRS_CHAOS_SILENCE_MS ?? 2_000);

describe('viewers of a job whose worker is killed', () => {
  const serve = async (drs: RemoteSubmission): Promise<string> => {
    const server = createServer(express().use('/drs', drsRouter(drs)));
    const sockets = new Server(server, { destroyUpgrade: false });
    attachSockets(sockets, drs);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => sockets.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const placesOf = (chunks: readonly LogChunk[]) =>
    chunks.map(({ seq, stream, offset }) => ({ seq, stream, offset }));

  it(`stay connected, and see it go on after ${silenceMs / 1000} s: each chunk once, in order`, async () => {
    const ann = { id: 'ann', username: 'ann', isAdmin: false };
    const site = await chaosSite({ warm: 1, identify: () => ann });
    const url = await serve(site.drs);
    const survivor = await site.submit(randomNumbers(30), { pace: 10 });
    const { jobId } = survivor;
    const viewer = await Viewer.connect(url, 'ann');
    const socketId = viewer.socket.id;
    await viewer.ask('watch:log', { jobId });
    const client = connectDrs(`${url}/drs`);
    atEnd(() => client.close());
    const seen: LogChunk[] = [];
    client.watchLog({ jobId }, { onChunks: (chunks) => void seen.push(...chunks) });

    const { met } = await site.loseWorkers(survivor, [{ phase: 'in the middle of output' }]);
    await delay(silenceMs);
    const atDeath = viewer.chunks.length;
    await site.rescue(survivor);

    await expectSurvived(site.drs, survivor);
    const rows = await site.drs.models.Log.findAll({ where: { jobId }, order: ['seq'] });
    const stored = rows.map(({ seq, stream, offset }) => ({ seq, stream, offset: Number(offset) }));
    await viewer.until(({ chunks }) => chunks.length >= stored.length);
    while (seen.length < stored.length) await delay(20);
    expect(met).to.have.length(1);
    expect(atDeath).to.be.within(1, stored.length - 1);
    expect(viewer.socket.id, 'the same connection').to.equal(socketId);
    expect(placesOf(viewer.chunks)).to.deep.equal(stored);
    expect(placesOf(seen)).to.deep.equal(stored);
    expect(seen.map(({ content }) => content)).to.deep.equal(viewer.chunks.map(({ content }) => content));
  }).timeout(60_000 + 2 * silenceMs);
});
