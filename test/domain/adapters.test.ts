import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import request from 'supertest';
import type { RemoteSubmission } from '../../lib/index.js';
import { makeInstance, serve, admin } from '../admin/support/panel-app.js';
import { runDrs } from '../cli/drs-process.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { auditOf, listen, makeServer } from './support.js';

const title = 'Of every adapter';
const program = 'echo 1\n';

describe('whoever calls the domain', function () {
  this.timeout(20_000);
  let drs: RemoteSubmission;
  let url: string;
  let env: NodeJS.ProcessEnv;
  let folder: string;
  let target: { serverId: number; interpreterId: number };
  before(async () => {
    const databaseUrl = await testDatabase();
    const redisUrl = await testRedis();
    env = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DRS_SECRET: 'a secret of the tests' };
    drs = await makeInstance({ queue: undefined, databaseUrl, redisUrl });
    url = await serve(drs);
    folder = await mkdtemp(join(tmpdir(), 'drs-domain-'));
    target = await makeServer(drs);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const post = (path: string) => request(url).post(path).set('x-user', admin.username);
  const idOf = async (made: Promise<{ id: number }>): Promise<number> => (await made).id;
  const makers: Record<string, () => Promise<number>> = {
    'drs.jobs.create': () => idOf(drs.jobs.create({ title, program, ...target }, { as: admin })),
    REST: async () => {
      const { body } = await post('/drs/jobs')
        .send({ title, program, ...target })
        .expect(201);
      return (body as { id: number }).id;
    },
    'the panel': async () => {
      const { body } = await post('/admin/api/resources/drs-jobs/actions/new').field({
        ...{ title, program, ...target },
        ...{ remoteDirectory: '', remoteFilename: '', timeoutMs: '', logPolicy: '' },
      });
      return Number((body as { record: { params: { id: number } } }).record.params.id);
    },
    'the command': async () => {
      const file = join(folder, 'program');
      await writeFile(file, program);
      const where = ['--server', String(target.serverId), '--interpreter', String(target.interpreterId)];
      const said = await runDrs(
        ['submit', file, ...where, '--owner', 'ann', '--title', title, '--password-stdin'],
        env,
        'x\n',
      );
      expect(said.stderr).to.equal('');
      const id = Number(/^job (\d+)/.exec(said.stdout)?.[1]);
      await drs.cancelJob(id);
      return id;
    },
  };

  for (const [name, make] of Object.entries(makers)) {
    it(`makes the same job, with the same audit entry and announcement: ${name}`, async () => {
      const { ofJob } = await listen(drs);
      const id = await make();
      const { username, userId, ...entry } = (await auditOf(drs, 'job', id)).at(-1) ?? {};
      expect(entry).to.deep.equal({ action: 'created', attempt: null, detail: null });
      expect([username, userId]).to.deep.equal(
        name === 'the command' ? [`${userInfo().username} (drs)`, null] : ['ann', '1'],
      );
      expect(await ofJob(id)).to.deep.equal({ type: 'status', jobId: id, attempt: 0, status: 'initial' });
      const job = await drs.jobs.get(id);
      expect(job).to.include({ title, program, ...target, ownerUsername: 'ann' });
      expect(job).to.include({ remoteDirectory: '~/drs-jobs/{job}-{attempt}', remoteFilename: 'program' });
    });
  }

  const runners: Record<string, (id: number) => Promise<unknown>> = {
    'drs.submitJob': (id) => drs.submitJob(id, { as: admin, remote: false }),
    'drs.copyJob': (id) => drs.copyJob(id, { as: admin, remote: false }),
    'drs.runJob': (id) => drs.runJob(id, { as: admin, remote: false }),
    'an agent': (id) => drs.submitJob(id, { as: admin, agent: '/tmp/agent' }),
    'drs.retryJob': async (id) => {
      await drs.submitJob(id, { remote: false });
      await drs.cancelJob(id);
      return drs.retryJob(id, { as: admin });
    },
  };
  for (const [name, run] of Object.entries(runners)) {
    it(`runs nothing on this machine for a user where it is not allowed: ${name}`, async () => {
      const { id } = await drs.jobs.create({ title, program, ...target }, { as: admin });
      const error: unknown = await run(id).catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'local_not_allowed', status: 403 });
    });
  }

  it('runs nothing on this machine for a user where it is not allowed: REST and the panel', async () => {
    const { id } = await drs.jobs.create({ title, program, ...target }, { as: admin });
    const { body } = await post(`/drs/jobs/${id}/submit`).send({ remote: false }).expect(403);
    expect(body).to.include({ code: 'local_not_allowed' });
    const panel = post(`/admin/api/resources/drs-jobs/records/${id}/submit`).send({ remote: false });
    const [outcome] = ((await panel).body as { outcomes: { isDone: boolean; message: string }[] }).outcomes;
    expect(outcome).to.deep.include({ id, isDone: false });
    expect(outcome?.message).to.contain('for administrators, where the option allowLocal is on');
    expect((await drs.jobs.get(id)).attempt).to.equal(0);
  });
});
