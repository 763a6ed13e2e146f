import { expect } from 'chai';
import express from 'express';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Sequelize } from 'sequelize';
import { routes } from '../../lib/http/routes.js';
import { drsRouter, OptionsError, type Logger } from '../../lib/index.js';
import { atEnd } from '../support/cleanup.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { ask, asker, identify, instance, jobOf, sharedInstance } from './support.js';

describe('the router', () => {
  it('made from options brings the tables up to date before its first answer', async () => {
    const options = { databaseUrl: await testDatabase(), redisUrl: await testRedis(), identify };
    const router = drsRouter(options);
    atEnd(() => router.drs.close());
    const send = asker(express().use('/drs', router));
    const answers = await Promise.all([1, 2, 3].map(() => send('get', '/jobs', 'ann')));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
  });

  it('without an argument is made from the environment, and runs jobs', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      DATABASE_URL: await testDatabase(),
      REDIS_URL: await testRedis(),
      DRS_SECRET: 'a secret for tests, long enough',
    });
    const router = drsRouter();
    process.env = before;
    atEnd(() => router.drs.close());
    const app = express().use((request, _response, next) => {
      Object.assign(request, { user: identify(request) });
      next();
    });
    const send = asker(app.use('/drs', router));
    expect((await send('get', '/jobs')).status).to.equal(401);
    expect((await send('get', '/jobs', 'ann')).body.items).to.deep.equal([]);
    const job = await jobOf(router.drs, 'ann');
    const { finished } = await router.drs.submitJob(job.id, { remote: false });
    expect((await finished()).status).to.equal('success');
  });

  it('without an argument names every variable that is missing', () => {
    const before = { ...process.env };
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'DRS_SECRET']) delete process.env[name];
    try {
      expect(() => drsRouter()).to.throw(OptionsError, /DATABASE_URL[^]*REDIS_URL[^]*DRS_SECRET/);
    } finally {
      process.env = before;
    }
  });

  it('may be mounted at the root, and leaves other paths to the host', async () => {
    const drs = await sharedInstance();
    const app = express()
      .use(drsRouter(drs))
      .get('/of-the-host', (_request, response) => void response.send('host'));
    const send = asker(app, '');
    expect((await send('get', '/of-the-host')).text).to.equal('host');
    expect((await send('get', '/jobs')).status).to.equal(401);
    expect((await send('delete', '/jobs')).status).to.equal(401);
    const made = await send('post', '/interpreters', 'admin').send({ name: 'A', path: 'a' });
    expect(made.headers.location).to.equal(`/interpreters/${made.body.id}`);
  });

  it('may be mounted deep below other routers', async () => {
    const inner = express.Router().use('/runs', drsRouter(await sharedInstance()));
    const send = asker(express().use('/portal', inner), '/portal/runs');
    const made = await send('post', '/interpreters', 'admin').send({ name: 'A', path: 'a' });
    expect(made.headers.location).to.equal(`/portal/runs/interpreters/${made.body.id}`);
    const list = await send('get', '/interpreters?limit=1', 'admin');
    expect(list.headers.link).to.match(/^<\/portal\/runs\/interpreters\?/);
  });

  it('serves two instances in one app apart from each other', async () => {
    const [one, two] = [await instance(), await instance()];
    const app = express().use('/one', drsRouter(one)).use('/two', drsRouter(two));
    const job = await jobOf(one);
    expect((await asker(app, '/one')('get', `/jobs/${job.id}`, 'ann')).status).to.equal(200);
    expect((await asker(app, '/two')('get', `/jobs/${job.id}`, 'ann')).status).to.equal(404);
  });

  it('tells nothing of an error that nobody foresaw, and logs it without values', async () => {
    const logged: string[] = [];
    const quiet = () => undefined;
    const logger: Logger = {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (details, message) => void logged.push(`${message} ${JSON.stringify(details)}`),
    };
    const drs = await instance({ logger });
    await drs.models.Job.sequelize?.query('ALTER TABLE drs_interpreters RENAME TO elsewhere');
    const { status, body, text } = await (
      await ask(drs)
    )('post', '/interpreters', 'admin').send({
      name: 'sentinel',
      path: 'a',
    });
    expect(status).to.equal(500);
    expect(body).to.include({ code: 'internal' });
    expect(text).not.to.match(/sentinel|elsewhere|relation/);
    expect(logged).to.have.length(1);
    expect(logged[0]).to.include('drs_interpreters').and.not.include('sentinel');
  });

  it('answers a request that holds a whole address, whatever its host', async () => {
    const app = express().use('/drs', drsRouter(await sharedInstance()));
    const server = createServer(app).listen(0, '127.0.0.1');
    atEnd(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const path of ['http://[/drs/health?', '/drs/health', '/drs/health?limit=1', '//[/drs/health']) {
      const [answer] = (await once(httpRequest({ port, path, host: '127.0.0.1' }).end(), 'response')) as [
        IncomingMessage,
      ];
      answer.resume();
      expect(answer.statusCode, path).to.be.below(500);
    }
  });

  it('sets safe headers on every answer', async () => {
    const send = await ask(sharedInstance());
    for (const answer of [
      await send('get', '/jobs', 'ann'),
      await send('get', '/jobs'),
      await send('get', '/no', 'ann'),
    ]) {
      expect(answer.headers).to.include({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    }
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1 and holds every route', async () => {
    const { status, body } = await (await ask(sharedInstance()))('get', '/openapi.json', 'ann');
    expect(status).to.equal(200);
    expect(body.openapi).to.equal('3.1.0');
    expect(body.servers).to.deep.equal([{ url: '.' }]);
    for (const { method, path } of routes) {
      const operation = body.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method];
      expect(operation, `${method} ${path}`).to.have.property('summary');
      expect(operation.responses.default.content).to.have.property('application/problem+json');
    }
    const names = routes.map(
      ({ method, path }) => body.paths[path.replace(/:(\w+)/g, '{$1}')][method].operationId,
    );
    expect(new Set(names).size).to.equal(routes.length);
  });

  it('describes bodies and parameters by the schemas that validate', async () => {
    const { body } = await (await ask(sharedInstance()))('get', '/openapi.json', 'ann');
    const schema = body.paths['/jobs'].post.requestBody.content['application/json'].schema;
    expect(schema.required).to.include.members(['title', 'program', 'serverId', 'interpreterId']);
    expect(schema.additionalProperties).to.equal(false);
    const limit = body.paths['/jobs'].get.parameters.find(({ name }: { name: string }) => name === 'limit');
    expect(limit.schema).to.include({ type: 'integer', default: 10, maximum: 100 });
  });
});

describe('the health check', () => {
  it('is one word for anonymous, and says more to those who are signed in', async () => {
    const send = await ask(sharedInstance());
    const anonymous = await send('get', '/health');
    expect(anonymous.status).to.equal(200);
    expect(anonymous.body).to.deep.equal({ status: 'ok' });
    expect((await send('get', '/health', 'ann')).body).to.deep.equal({
      status: 'ok',
      database: 'ok',
      redis: 'ok',
    });
  });

  it('says within its deadline that a service is away', async () => {
    const sequelize = new Sequelize('postgres://nobody@127.0.0.1:1/none', { logging: false });
    const { drs } = drsRouter({ sequelize, redisUrl: 'redis://127.0.0.1:1', identify });
    atEnd(() => drs.close());
    const { status, body } = await (await ask(drs))('get', '/health', 'ann');
    expect(status).to.equal(503);
    expect(body).to.deep.equal({ status: 'degraded', database: 'unreachable', redis: 'unreachable' });
  });
});
