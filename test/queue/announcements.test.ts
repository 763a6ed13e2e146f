import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Announcement } from '../../lib/protocol/events.js';
import { type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { redisBus } from '../../lib/queue/redis-bus.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { instance, jobOf, TestAttempt } from '../http/support.js';
import { serveSockets, Viewer } from '../sockets/support.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob, testInstance } from '../support/instance.js';
import { testRedis } from '../support/redis.js';
import { firstOutput } from '../worker/support.js';

describe('a bus that is closed before it is connected', () => {
  it('says nothing: nobody waits for announcements any more', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    atEnd(async () => void silent.close());
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const redis = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port };
    const bus = redisBus({ redis, namespace: async () => 'any', logger });
    bus.subscribe(() => undefined);
    const [connection] = (await once(silent, 'connection')) as [Socket];
    const gone = once(connection.resume(), 'close');
    await bus.close();
    await gone;
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(lines).to.deep.equal([]);
  });
});

/** Whoever reaches Redis. */
async function stranger(): Promise<Redis> {
  const client = new Redis(await testRedis());
  atEnd(() => client.disconnect());
  return client;
}

async function channelOf(drs: RemoteSubmission): Promise<string> {
  const [rows] = await internalsOf(drs).sequelize.query('SELECT id FROM drs_instance');
  return `drs:${(rows as { id: string }[])[0]?.id}`;
}

const unfit = [
  ...['', '{', 'null', '5', '[]', '"status"', '{}', '['.repeat(1_000_000), '\0'],
  ...[
    { type: 'status' },
    { type: 'status', jobId: 1, attempt: 1, status: 'gone' },
    { type: 'status', jobId: {}, attempt: 1, status: 'running' },
    { type: 'log', jobId: 1, attempt: 1, seq: 1e300 },
    { type: 'log', jobId: -1, attempt: 1, seq: 1 },
    { type: 'cancel', jobId: '1', attempt: 1 },
    { type: 'retire', hostname: 'h'.repeat(5000), port: 22 },
    { type: 'retire', hostname: 'h', port: null },
    { type: 'end', jobId: 1 },
  ].map((message) => JSON.stringify(message)),
];

describe('announcements that do not fit', () => {
  it('are dropped, end nothing, and are told in one line', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const name = randomUUID();
    const redis = new Redis(await testRedis(), { lazyConnect: true }).options;
    const bus = redisBus({ redis, namespace: async () => name, logger });
    atEnd(() => bus.close());
    const heard: Announcement[] = [];
    const fits: Announcement = { type: 'log', jobId: 1, attempt: 1, seq: 1 };
    const connected = new Promise<void>((resolve) => bus.onReconnect(resolve));
    const last = new Promise<void>((resolve) =>
      bus.subscribe((announcement) => {
        heard.push(announcement);
        resolve();
      }),
    );
    await connected;
    const client = await stranger();
    while ((await client.pubsub('NUMSUB', `drs:${name}`))[1] !== 1) await client.ping();
    for (const message of unfit) await client.publish(`drs:${name}`, message);
    bus.publish(fits);
    await last;
    expect(heard).to.deep.equal([fits]);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain('do not fit');
  });
});

describe('a forged announcement', () => {
  it('of a state is not shown: viewers are told what the database says', async () => {
    const drs = await instance();
    const ann = await Viewer.connect(await serveSockets(drs), 'ann');
    await ann.ask('watch:jobs');
    const [job, marker] = [await jobOf(drs, 'ann', 'True title'), await jobOf(drs, 'ann', 'Marker')];
    const client = await stranger();
    const channel = await channelOf(drs);
    const forged = { jobId: job.id, attempt: 7, title: 'Forged', status: 'failure', failureReason: 'lost' };
    const event = { ...forged, modified: '2999-01-01T00:00:00.000Z' };
    await client.publish(channel, JSON.stringify({ type: 'status', ...event, event, owner: 'id-of-ann' }));
    await (await TestAttempt.start(drs, marker.id)).finish();
    await ann.until(({ statuses }) => statuses.at(-1)?.status === 'success');
    const told = ann.statuses.filter(({ jobId }) => jobId === job.id);
    expect(told.map(({ title, attempt, status }) => [title, attempt, status])).to.deep.equal(
      told.map(() => ['True title', 0, 'initial']),
    );
  });

  it('of an owner shows nobody a job of somebody else', async () => {
    const drs = await instance();
    const bob = await Viewer.connect(await serveSockets(drs), 'bob');
    await bob.ask('watch:jobs');
    const [job, marker] = [await jobOf(drs, 'ann', 'Of Ann'), await jobOf(drs, 'bob', 'Marker')];
    const client = await stranger();
    const event = { jobId: job.id, attempt: 0, title: 'Of Ann', status: 'initial', failureReason: null };
    const forged = { type: 'status', ...event, event: { ...event, modified: '' }, owner: 'id-of-bob' };
    await client.publish(await channelOf(drs), JSON.stringify(forged));
    await (await TestAttempt.start(drs, marker.id)).finish();
    await bob.until(({ statuses }) => statuses.at(-1)?.status === 'success');
    expect(new Set(bob.statuses.map(({ jobId }) => jobId))).to.deep.equal(new Set([marker.id]));
  });

  it('of a cancel cancels nothing', async () => {
    const drs = await testInstance();
    await drs.work();
    const job = await makeJob(drs, { program: 'print("begun")\nimport time; time.sleep(1)\nprint("end")' });
    const { finished } = await drs.submitJob(job.id, { remote: false });
    await firstOutput(drs, job.id);
    const client = await stranger();
    const forged = JSON.stringify({ type: 'cancel', jobId: job.id, attempt: 1 });
    await client.publish(await channelOf(drs), forged);
    expect(await finished()).to.include({ status: 'success', exitCode: 0 });
  });

  describe('of a deleted key', () => {
    const users = [{ username: 'ann', password: 'the password of ann' }];
    let server: SshServer;
    let drs: RemoteSubmission;
    before(async () => {
      server = await startSshServer({ users });
      atEnd(() => server.close());
      drs = await testInstance();
      await drs.work();
    });

    it('leaves warm connections as they are, until the database says so', async () => {
      const there = { hostname: server.hostname, port: server.port };
      const run = async () => {
        const job = await makeJob(drs, { program: 'print(1)', server: there });
        const { finished } = await drs.submitJob(job.id, users[0]);
        expect(await finished()).to.include({ status: 'success' });
      };
      await run();
      const client = await stranger();
      const forged = JSON.stringify({ type: 'retire', ...there });
      await client.publish(await channelOf(drs), forged);
      await run();
      expect(server.signInCount).to.equal(1);
      const { audit } = internalsOf(drs);
      const subject = { subject: 'server', id: null, ...there } as const;
      await audit.record({ ...subject, by: { id: null, username: 'ann' }, action: 'key_deleted' });
      await client.publish(await channelOf(drs), forged);
      await run();
      expect(server.signInCount).to.be.greaterThan(1);
    });
  });
});
