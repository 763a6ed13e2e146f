import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pino } from 'pino';
import { Sequelize } from 'sequelize';
import { createRemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { makeResilient, resilientPg } from '../../lib/models/resilient-pg.js';

/** A message of PostgreSQL's protocol. */
function message(type: string, ...parts: (string | number)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      const number = Buffer.alloc(4);
      number.writeInt32BE(part);
      return number;
    }),
  );
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** Accepts a connection, and ends it at once with a message that comes when nobody listens yet. */
async function startDyingPostgres(): Promise<{ url: string; stop(): void }> {
  const fatal = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.concat([message('R', 0), message('Z', 'I'), fatal])));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://ann@127.0.0.1:${port}/test`, stop: () => void server.close() };
}

describe('a PostgreSQL that shuts down', () => {
  const failingQuery = async (make: (url: string) => Sequelize) => {
    const { url, stop } = await startDyingPostgres();
    const sequelize = make(url);
    const error: unknown = await sequelize.query('SELECT 1').catch((reason: unknown) => reason);
    await sequelize.close();
    stop();
    return error;
  };

  it('just after it accepted a connection fails the query, and does not end the process', async () => {
    const make = (url: string) => new Sequelize(url, { dialectModule: resilientPg, logging: false });
    expect(await failingQuery(make)).to.be.an('error');
  });

  it('does not end the process of a host with a Sequelize of its own either', async () => {
    const make = (url: string) => {
      const sequelize = new Sequelize(url, { logging: false });
      makeResilient(sequelize);
      makeResilient(sequelize);
      return sequelize;
    };
    expect(await failingQuery(make)).to.be.an('error');
  });
});

describe('a PostgreSQL that takes connections and says nothing', () => {
  it('is away after ten seconds, and not waited for without end', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const drs = createRemoteSubmission({
      databaseUrl: `postgres://ann@127.0.0.1:${port}/test`,
      redisUrl: 'redis://127.0.0.1:1',
      logger: pino({ level: 'silent' }),
    });
    const begun = performance.now();
    const error = await internalsOf(drs)
      .store.statuses.outcome(1, 1)
      .catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'database_away' });
    expect(performance.now() - begun).to.be.within(9_000, 40_000);
    for (const socket of sockets) socket.destroy();
    server.close();
    await drs.close();
  });
});
