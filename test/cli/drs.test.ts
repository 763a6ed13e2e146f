import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { explanationSchema } from '../../lib/protocol/schemas/attempt-schemas.js';
import { internalsOf } from '../../lib/internals.js';
import { createRemoteSubmission, type RemoteSubmission } from '../../lib/remote-submission.js';
import { waitForEnd } from '../../lib/domain/wait-for-end.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { keyPair } from '../transports/support.js';
import { drsCommand, runDrs, startDrs, watch } from './drs-process.js';

const password = 'correct horse';

describe('the command drs', function () {
  this.timeout(120_000);
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let server: SshServer;
  let drs: RemoteSubmission;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drs-cli-'));
    env = {
      DATABASE_URL: await testDatabase(),
      REDIS_URL: await testRedis(),
      DRS_SECRET: 'a secret of the tests',
      DRS_STORAGE: join(folder, 'results'),
    };
    expect((await runDrs(['migrate'], env)).code).to.equal(0);
    server = await startSshServer({ users: [{ username: 'ann', password }] });
    drs = createRemoteSubmission({
      databaseUrl: env.DATABASE_URL ?? '',
      redisUrl: env.REDIS_URL ?? '',
      secret: env.DRS_SECRET ?? '',
    });
    const { Interpreter, Server } = drs.models;
    const shell = await Interpreter.create({ name: 'Shell', path: '/bin/sh' });
    const record = await Server.create({ title: 'Here', hostname: server.hostname, port: server.port });
    await record.setInterpreters([shell]);
  });

  after(async () => {
    await drs?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function programFile(text: string): Promise<string> {
    const file = join(await mkdtemp(join(folder, 'program-')), 'program.sh');
    await writeFile(file, text);
    return file;
  }

  const where = ['--server', 'Here', '--interpreter', 'Shell', '--owner', 'ann'];

  describe('without a worker', () => {
    it('submits a job and says which', async () => {
      const file = await programFile('echo never\n');
      const { code, stdout, stderr } = await runDrs(
        ['submit', file, ...where, '--title', 'Later', '--timeout', '1.5', '--results', '*.csv', '!x*'],
        { ...env, DRS_PASSWORD: password },
      );
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      const id = Number(/^job (\d+) attempt 1 submitted\n$/.exec(stdout)?.[1]);
      const job = await drs.models.Job.findByPk(id);
      expect(job?.get({ plain: true })).to.include({
        title: 'Later',
        remoteFilename: 'program.sh',
        owner: 'ann',
        ownerUsername: 'ann',
        timeoutMs: 1500,
        status: 'submitted',
      });
      expect(job?.storeResults).to.deep.equal(['*.csv', '!x*']);
    });

    it('signs in with a key from a file, and with a password besides', async () => {
      const { path, publicKey } = await keyPair();
      server.allowKey('ann', publicKey);
      const file = await programFile('echo never\n');
      const both = { ...env, DRS_PASSWORD: password };
      const { stdout, stderr } = await runDrs(['submit', file, ...where, '--key', path], both);
      expect(stderr).to.equal('');
      const id = Number(/^job (\d+)/.exec(stdout)?.[1]);
      const [deed] = await internalsOf(drs).audit.ofJob(id);
      expect(deed?.detail).to.equal('as ann, with a private key and a password');
      await drs.cancelJob(id);
      const missing = await runDrs(['submit', file, ...where, '--key', `${path}.gone`], both);
      expect(missing).to.include({ code: 125, stdout: '' });
      expect(missing.stderr).to.include(`Cannot read the private key ${path}.gone`);
    });

    it('cancels a job', async () => {
      const file = await programFile('echo never\n');
      const { stdout } = await runDrs(['submit', file, ...where], { ...env, DRS_PASSWORD: password });
      const id = /^job (\d+)/.exec(stdout)?.[1] ?? '';
      const cancelled = await runDrs(['cancel', id], env);
      expect(cancelled.stderr).to.equal('');
      expect(cancelled.code).to.equal(0);
      expect((await drs.models.Job.findByPk(Number(id)))?.status).to.equal('cancelled');
      const deeds = await internalsOf(drs).audit.ofJob(Number(id));
      expect(deeds.map(({ action }) => action)).to.deep.equal(['cancelled', 'submitted', 'created']);
      for (const { username } of deeds) expect(username).to.match(/^\S+ \(drs\)$/);
    });

    it('says clearly that there is no such job to cancel', async () => {
      const { code, stderr } = await runDrs(['cancel', '999999'], env);
      expect(code).to.equal(125);
      expect(stderr).to.equal('drs: Job 999999 was not found.\n');
    });

    it('tells where an attempt is, queues it again, and runs the job again after its end', async () => {
      const file = await programFile('echo never\n');
      const signIn = { ...env, DRS_PASSWORD: password };
      const { stdout } = await runDrs(['submit', file, ...where], signIn);
      const id = /^job (\d+)/.exec(stdout)?.[1] ?? '';
      const explained = await runDrs(['explain', id], env);
      expect(explained).to.include({ code: 0, stderr: '' });
      expect(explained.stdout).to.match(/^It was not started yet, and no worker holds it/);
      expect(explained.stdout).to.include('\n  attempt: 1\n').and.include('\n  status: submitted\n');
      const queued = await runDrs(['requeue', id], env);
      expect(queued).to.include({ code: 0, stdout: `job ${id} attempt 1: queued again (submitted)\n` });
      await drs.cancelJob(Number(id));
      const over = await runDrs(['requeue', id], env);
      expect(over).to.include({ code: 125, stdout: '' });
      expect(over.stderr).to.include('is not under way (cancelled)');
      const retried = await runDrs(['retry', id], signIn);
      expect(retried.stdout).to.equal(`job ${id}: attempt 2, a new one after attempt 1\n`);
      expect(await drs.models.Job.findByPk(Number(id))).to.include({ attempt: 2, status: 'submitted' });
      await drs.cancelJob(Number(id));
    });

    it('prints one JSON object for each thing done, as REST answers it', async () => {
      const file = await programFile('echo never\n');
      const signIn = { ...env, DRS_PASSWORD: password };
      const json = async (...args: string[]) => {
        const { code, stdout, stderr } = await runDrs([...args, '--json'], signIn);
        expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
        expect(stdout).to.match(/^\{.*\}\n$/);
        return JSON.parse(stdout) as Record<string, unknown>;
      };
      const submitted = await json('submit', file, ...where);
      const { jobId } = submitted;
      expect(submitted).to.deep.equal({ jobId, attempt: 1, status: 'submitted' });
      const explained = await json('explain', `${String(jobId)}`);
      expect(Object.keys(explained)).to.have.members(Object.keys(explanationSchema.shape));
      expect(explained).to.include({ attempt: 1, status: 'submitted', startedAt: null });
      expect(await json('requeue', `${String(jobId)}`)).to.deep.equal(submitted);
      expect(await json('cancel', `${String(jobId)}`)).to.deep.equal({ ...submitted, status: 'cancelled' });
      const retried = await json('retry', `${String(jobId)}`);
      expect(retried).to.deep.equal({ jobId, attempt: 2, status: 'submitted', retryOf: 1 });
      await drs.cancelJob(Number(jobId));
      expect(await json('prune', '--days', '9')).to.deep.equal({ attempts: 0, results: 0, orphans: 0 });
      const both = await runDrs(['submit', file, ...where, '--follow', '--json'], signIn);
      expect(both.code).to.equal(64);
    });

    it('says its version', async () => {
      const file = new URL('../../package.json', import.meta.url);
      const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
      expect(await runDrs(['--version'], {})).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
    });

    it('deletes old logs and results', async () => {
      const { stdout } = await runDrs(['submit', await programFile('echo old'), ...where], {
        ...env,
        DRS_PASSWORD: password,
      });
      const id = Number(/^job (\d+)/.exec(stdout)?.[1]);
      await drs.cancelJob(id);
      await drs.runJob(id, { remote: false });
      await internalsOf(drs).sequelize.query(
        `UPDATE drs_attempts SET finished_at = now() - interval '3 days' WHERE job_id = ${id} AND number = 2`,
      );
      const young = await runDrs(['prune', '--days', '4'], env);
      expect(young.stdout).to.match(/^deleted the logs of 0 attempts/);
      const old = await runDrs(['prune', '--days', '2'], env);
      expect(old).to.include({ code: 0, stderr: '' });
      expect(old.stdout).to.match(/^deleted the logs of 1 attempts/);
      expect(await drs.models.Log.count({ where: { jobId: id } })).to.equal(0);
    });

    it('lists the servers when none has the name', async () => {
      const file = await programFile('true\n');
      const args = ['submit', file, '-s', 'There', '-i', 'Shell'];
      const { code, stderr } = await runDrs(args, { ...env, DRS_PASSWORD: password });
      expect(code).to.equal(125);
      expect(stderr).to.match(/^drs: There is no server "There"\. There are:\n {2}\d+ {2}Here\n$/);
    });

    it('says which file it cannot read', async () => {
      const { code, stderr } = await runDrs(['submit', '/nowhere.sh', ...where], env);
      expect(code).to.equal(125);
      expect(stderr).to.match(/^drs: Cannot read the program \/nowhere\.sh: ENOENT/);
      expect(stderr).to.not.include('    at ');
    });

    it('names every variable that is missing', async () => {
      const { code, stderr } = await runDrs(['migrate'], {});
      expect(code).to.equal(125);
      expect(stderr).to.include('DATABASE_URL').and.include('REDIS_URL').and.include('DRS_SECRET');
      expect(stderr).to.not.include('    at ');
    });

    it('says that the database cannot be reached', async () => {
      const { code, stderr } = await runDrs(['migrate'], {
        ...env,
        DATABASE_URL: 'postgres://x@127.0.0.1:1/x',
      });
      expect(code).to.equal(125);
      expect(stderr).to.match(/^drs: Cannot use the database of DATABASE_URL: .*ECONNREFUSED/);
    });

    it('says that the tables are missing', async () => {
      const { code, stderr } = await runDrs(['cancel', '1'], { ...env, DATABASE_URL: await testDatabase() });
      expect(code).to.equal(125);
      expect(stderr).to.equal('drs: The tables are not there yet. Run `drs migrate` first.\n');
    });

    it('exits with 64 when the command line makes no sense', async () => {
      expect((await runDrs(['submit'], env)).code).to.equal(64);
      expect((await runDrs(['cancel', 'x'], env)).code).to.equal(64);
      expect((await runDrs(['worker', '--concurrency', '0'], env)).code).to.equal(64);
      expect((await runDrs(['nonsense'], env)).code).to.equal(64);
    });

    it('explains itself', async () => {
      const { code, stdout } = await runDrs(['submit', '--help'], {});
      expect(code).to.equal(0);
      expect(stdout).to.include('--follow').and.include('DRS_PASSWORD').and.include('128 + n');
    });
  });

  describe('with a worker', () => {
    before(() => drs.work({ concurrency: 4 }));

    async function follow(program: string, options: { args?: string[]; env?: NodeJS.ProcessEnv } = {}) {
      const args = ['submit', await programFile(program), ...where, '--follow', ...(options.args ?? [])];
      const started = startDrs(args, { ...env, DRS_PASSWORD: password, ...options.env });
      started.child.stdin.end();
      return started.end;
    }

    it('gives both streams byte for byte, and nothing besides', async () => {
      const { code, stdout, stderr } = await follow(
        `printf 'a\\000\\377\\r\\n'; printf 'e\\376' >&2; printf '\\342\\202'; sleep 0.1; printf '\\254 end'`,
      );
      expect(stdout).to.deep.equal(Buffer.from('a\0\xff\r\n\xe2\x82\xac end', 'latin1'));
      expect(stderr).to.deep.equal(Buffer.from('e\xfe', 'latin1'));
      expect(code).to.equal(0);
    });

    it('gives a megabyte whole', async () => {
      const { code, stdout } = await follow(
        'i=0; while [ $i -lt 20000 ]; do echo "line $i ........................................"; i=$((i+1)); done',
      );
      expect(stdout.toString().split('\n')).to.have.length(20_001);
      expect(code).to.equal(0);
    });

    it("exits with the program's code", async () => {
      const { code, stderr } = await follow('exit 7');
      expect(stderr.toString()).to.equal('');
      expect(code).to.equal(7);
    });

    it('exits with 128 + n after signal n', async () => {
      expect((await follow('kill -9 $$')).code).to.equal(137);
    });

    it('exits with 124 after a timeout, and says so', async () => {
      const { code, stdout, stderr } = await follow('echo begun; sleep 60', { args: ['--timeout', '1'] });
      expect(stdout.toString()).to.equal('begun\n');
      expect(stderr.toString()).to.match(/^drs: job \d+: failure, timeout\. /);
      expect(code).to.equal(124);
    });

    it('exits with 125 after a refused password, and says so without it', async () => {
      const { code, stderr } = await follow('true', { env: { DRS_PASSWORD: 'wrong horse' } });
      expect(stderr.toString()).to.match(/^drs: job \d+: failure, auth\. .*ann/);
      expect(stderr.toString()).to.not.include('wrong horse');
      expect(code).to.equal(125);
    });

    it('takes the password from the standard input', async () => {
      const args = ['submit', await programFile('echo in'), ...where, '--follow', '--password-stdin'];
      expect(await runDrs(args, env, `${password}\n`)).to.deep.equal({ code: 0, stdout: 'in\n', stderr: '' });
    });

    it('asks for the password without an echo', async () => {
      const args = ['submit', await programFile('echo asked'), ...where, '--follow', '--ask-password'];
      const line = [...drsCommand, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      const { PATH, HOME } = process.env;
      // script(1) gives it a terminal.
      const terminal = spawn('script', ['-qec', line, '/dev/null'], {
        env: { PATH, HOME, ...env },
        stdio: 'pipe',
      });
      const started = watch(terminal);
      await started.untilPrinted('Password of ann on Here: ');
      terminal.stdin.write(`${password}\r`);
      const { code, stdout } = await started.end;
      expect(stdout.toString()).to.include('asked').and.not.include(password);
      expect(code).to.equal(0);
    });

    it('leaves the job running when following is broken off', async () => {
      const marker = join(folder, 'went-on');
      const program = `echo begun; while [ ! -e '${marker}' ]; do sleep 0.1; done; echo over`;
      const args = ['submit', await programFile(program), ...where, '--follow'];
      const { child, end, untilPrinted } = startDrs(args, { ...env, DRS_PASSWORD: password });
      await untilPrinted('begun');
      child.kill('SIGINT');
      const { code, stderr } = await end;
      expect(code).to.equal(130);
      const id = Number(/job (\d+) goes on/.exec(stderr.toString())?.[1]);
      expect((await drs.models.Job.findByPk(id))?.status).to.equal('running');
      await cancel(id);
    });

    it('ends when nobody reads its output any more', async () => {
      const args = [
        'submit',
        await programFile('while :; do echo line; sleep 0.05; done'),
        ...where,
        '--follow',
      ];
      const { child, end, untilPrinted } = startDrs(args, { ...env, DRS_PASSWORD: password });
      await untilPrinted('line');
      child.stdout.destroy();
      expect((await end).code).to.equal(141);
      const [job] = await drs.models.Job.findAll({ order: [['id', 'DESC']], limit: 1 });
      await cancel(job?.id ?? 0);
    });

    /** Resolves when the program is gone, so that nothing outlives the tests. */
    async function cancel(jobId: number): Promise<void> {
      const { attempt } = await drs.cancelJob(jobId);
      const { status } = await waitForEnd(internalsOf(drs), { jobId, attempt });
      expect(status).to.equal('cancelled');
    }
  });

  it('works as a worker of its own until SIGTERM', async () => {
    const own = { ...env, DATABASE_URL: await testDatabase() };
    await runDrs(['migrate'], own);
    const other = createRemoteSubmission({
      databaseUrl: own.DATABASE_URL,
      redisUrl: env.REDIS_URL ?? '',
      secret: env.DRS_SECRET ?? '',
    });
    try {
      const shell = await other.models.Interpreter.create({ name: 'Shell', path: '/bin/sh' });
      const record = await other.models.Server.create({
        title: 'Here',
        hostname: server.hostname,
        port: server.port,
      });
      await record.setInterpreters([shell]);
      const worker = startDrs(['worker', '--concurrency', '2'], own);
      await worker.untilPrinted('ready');
      const args = ['submit', await programFile('echo worked > made.txt; echo done'), ...where, '--follow'];
      const { code, stdout } = await runDrs(args, { ...own, DRS_PASSWORD: password });
      expect(stdout).to.equal('done\n');
      expect(code).to.equal(0);
      const result = await other.models.Result.findOne();
      expect(result?.remoteFilename).to.equal('made.txt');
      worker.child.kill('SIGTERM');
      expect((await worker.end).code).to.equal(0);
    } finally {
      await other.close();
    }
  });

  it('shows the password in no argument list', async () => {
    const { code } = await runDrs(['submit', 'x', ...where, '--password', 'hunter2'], env);
    expect(code).to.equal(64);
    expect(await readFile(new URL('../../lib/cli/program.ts', import.meta.url), 'utf8')).to.not.include(
      '--password <',
    );
  });
});
