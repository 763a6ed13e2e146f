import { expect } from 'chai';
import { Cluster, Redis } from 'ioredis';
import { createRequire } from 'node:module';
import { Sequelize } from 'sequelize';
import { createRemoteSubmission, direct, drsRouter, OptionsError } from '../lib/index.js';
import { resolveOptions } from '../lib/options.js';
import { atEnd } from './support/cleanup.js';
import { makeJob, testInstance } from './support/instance.js';

const fromBeeQueue = createRequire(createRequire(import.meta.url).resolve('bee-queue'));
const { createClient } = fromBeeQueue('redis') as {
  createClient(options: object): { on(event: 'error', listener: () => void): object };
};

/** It gives up at once. */
const nodeRedis3 = (): object =>
  createClient({ port: 1, retry_strategy: () => undefined }).on('error', () => undefined);

/** The shape of a client of node-redis 4 and 5. */
class NodeRedis5 {
  readonly options = { url: 'redis://127.0.0.1:1' };
  connect(): void {}
  sendCommand(): void {}
  duplicate(): void {}
}

function lazily(client: Redis): Redis {
  atEnd(() => client.disconnect());
  return client;
}

const good = { databaseUrl: 'postgres://ann@127.0.0.1/portal', redisUrl: 'redis://127.0.0.1:1' };

function problemsOf(options: unknown, make: (options: never) => unknown = createRemoteSubmission): string[] {
  try {
    make(options as never);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    expect(error.code).to.equal('invalid_options');
    return error.problems.map(({ path }) => path);
  }
  return [];
}

describe('options', () => {
  const missing = ['options', 'databaseUrl', 'redisUrl'];
  for (const nothing of [undefined, null, 5, 'postgres://x']) {
    it(`that are ${JSON.stringify(nothing) ?? 'not given'} are refused with every problem`, () => {
      expect(problemsOf(nothing)).to.deep.equal(missing);
    });
  }

  for (const nothing of [null, 5, 'postgres://x']) {
    it(`that are ${JSON.stringify(nothing)} are refused by the router alike`, () => {
      expect(problemsOf(nothing, drsRouter)).to.deep.equal(missing);
    });
  }

  const bad: Record<string, unknown[]> = {
    identity: [5, 'key', null, {}, { privateKeyPath: 5 }],
    sequelize: [5, null, {}, new Sequelize({ dialect: 'postgres' }).models],
    storage: [5, null, {}, { save() {} }],
    origins: [5, 'https://spa.example', {}],
    'origins.0': ['*', 'spa.example', 'https://spa.example/', 'https://*.example', 'ftp://h', 5].map(
      (origin) => [origin],
    ),
    logger: [5, {}, { info() {} }],
    databaseUrl: ['mysql://h/x', 'postgres://h:99999999/x'],
    redisUrl: ['http://h', 'redis://h:999999', 'redis://[/'],
    'schedulers.direct': [5, {}, { run() {}, cancel() {} }].map((direct) => ({ direct })),
    'transports.ssh': [5, {}].map((ssh) => ({ ssh })),
  };
  for (const [path, values] of Object.entries(bad)) {
    it(`name ${path} where it does not fit`, () => {
      const name = path.split('.')[0] ?? '';
      const { databaseUrl, ...rest } = good;
      const others = name === 'sequelize' ? rest : { databaseUrl, ...rest };
      for (const value of values) {
        expect(problemsOf({ ...others, [name]: value }), String(value)).to.deep.equal([path]);
      }
    });
  }

  const elsewhere: Record<string, () => unknown> = {
    'options for Sentinel': () => ({ sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'mymaster' }),
    'an ioredis client for Sentinel': () =>
      lazily(new Redis({ sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'mymaster', lazyConnect: true })),
    'an ioredis client of a Cluster': () =>
      new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true }),
    'an ioredis client with a key prefix': () => lazily(new Redis({ keyPrefix: 'drs:', lazyConnect: true })),
    'a key prefix': () => ({ host: '127.0.0.1', keyPrefix: 'drs:' }),
    'an address under another name': () => ({ url: 'redis://127.0.0.1:1' }),
    'options of node-redis': () => ({ socket: { host: '127.0.0.1', port: 1 } }),
    'a client of node-redis 3': nodeRedis3,
    'a client of node-redis 5': () => new NodeRedis5(),
    'no kind of Redis': () => [],
    'an option that has no effect': () => ({ host: '127.0.0.1', commandTimeout: 5 }),
  };
  for (const [what, make] of Object.entries(elsewhere)) {
    it(`refuse ${what} as redis, in one sentence`, () => {
      const options = { databaseUrl: good.databaseUrl, redis: make() };
      expect(problemsOf(options)).to.deep.equal(['redis']);
    });
  }

  it('name each value of redis that does not fit, in one sentence', () => {
    const bad = { host: 5, port: 'abc', db: -1, family: 5, username: 5, password: {}, path: 5, tls: 'yes' };
    for (const redis of [bad, new Redis({ ...bad, tls: undefined, lazyConnect: true } as never)]) {
      const paths = problemsOf({ databaseUrl: good.databaseUrl, redis });
      expect(paths).to.include.members(['redis.port', 'redis.db', 'redis.family', 'redis.host']);
    }
    const wrong = () =>
      createRemoteSubmission({ databaseUrl: good.databaseUrl, redis: { port: 'abc' } as never });
    expect(wrong).to.throw(OptionsError, '\n  redis.port: must be a whole number from 1 to 65535');
    for (const port of [0, 65_536, 1.5, NaN, '', ' 1', '1e3']) {
      const paths = problemsOf({ databaseUrl: good.databaseUrl, redis: { port } });
      expect(paths, String(port)).to.deep.equal(port === '' ? [] : ['redis.port']);
    }
    const { redis } = resolveOptions({
      databaseUrl: good.databaseUrl,
      redis: { port: '7', db: '2' } as never,
    });
    expect(redis).to.deep.equal({ port: 7, db: 2 });
  });

  it('are refused where one thing is said twice, with all the rest at once', () => {
    const sequelize = new Sequelize({ dialect: 'postgres' });
    expect(problemsOf({ ...good, redis: { host: '127.0.0.1' } })).to.deep.equal(['redisUrl']);
    expect(problemsOf({ ...good, sequelize })).to.deep.equal(['databaseUrl']);
    const all = { ...good, sequelize, redis: { port: 'abc' }, secret: 'short' };
    expect(problemsOf(all)).to.have.members(['databaseUrl', 'redisUrl', 'redis.port', 'secret']);
    expect(() => createRemoteSubmission({ ...good, sequelize })).to.throw(
      OptionsError,
      'databaseUrl: is given beside `sequelize`: give one of them, not both',
    );
  });

  for (const query of ['db=x', 'keyPrefix=drs:', 'sentinels=127.0.0.1', 'family=5', 'commandTimeout=5']) {
    it(`refuse ?${query} in redisUrl`, () => {
      expect(problemsOf({ ...good, redisUrl: `redis://127.0.0.1:1?${query}` })).to.deep.equal(['redisUrl']);
    });
  }

  it('take what is used of an ioredis client, whatever it does besides', () => {
    const address = { host: 'cache', port: 7, username: 'ann', password: 'x', db: 3, family: 6 };
    const client = lazily(new Redis({ ...address, maxRetriesPerRequest: null, lazyConnect: true }));
    const resolved = resolveOptions({ databaseUrl: good.databaseUrl, redis: client });
    expect(resolved.redis).to.deep.equal(address);
    const redisUrl = 'redis://ann:x@cache:7/3?family=6';
    expect(resolveOptions({ ...good, redisUrl }).redis).to.deep.equal(address);
  });

  it('say nothing of the password in an address that cannot be read', () => {
    const databaseUrl = 'postgres://ann:tell-nobody@h:99999999/x';
    expect(() => createRemoteSubmission({ ...good, databaseUrl }))
      .to.throw(OptionsError)
      .with.property('stack')
      .that.does.not.include('tell-nobody');
  });

  it('may bring another way to start programs', async () => {
    const copied: string[] = [];
    const scheduler = direct();
    const drs = await testInstance({
      identity: undefined,
      schedulers: {
        direct: {
          ...scheduler,
          workspace: {
            ...scheduler.workspace,
            async copy(_session, { filename }) {
              copied.push(filename);
              return { kind: 'copied', path: `/there/${filename}` };
            },
          },
        },
      },
    });
    const job = await makeJob(drs, { program: '' });
    const worker = await drs.work();
    const { finished } = await drs.copyJob(job.id, { remote: false });
    expect(await finished()).to.include({ status: 'success' });
    expect(copied).to.deep.equal(['program.py']);
    await worker.stop();
  });
});
