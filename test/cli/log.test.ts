import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { TestAttempt } from '../http/support.js';
import { makeJob } from '../support/instance.js';
import { runDrs, startDrs } from './drs-process.js';
import { endWith, instanceForCommands } from './support.js';

describe('drs log', function () {
  this.timeout(60_000);
  let drs: RemoteSubmission;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    ({ drs, env } = await instanceForCommands());
  });

  const start = async () => TestAttempt.start(drs, (await makeJob(drs, { program: 'true' })).id);
  const run = async (jobId: number, ...flags: string[]) => {
    const started = startDrs(['log', `${jobId}`, ...flags], env);
    started.child.stdin.end();
    return started.end;
  };

  const bytes = Buffer.from('a\0\xff\r\n\xe2\x82', 'latin1');

  it('gives both streams byte for byte, each to its own, or the one that is named', async () => {
    const attempt = await start();
    const { jobId } = attempt.claim;
    await attempt.print({ content: bytes }, { stream: 'stderr', content: 'e' }, { content: 'z' });
    const whole = Buffer.concat([bytes, Buffer.from('z')]);
    const both = await run(jobId);
    expect(both.stdout).to.deep.equal(whole);
    expect(both.stderr.toString()).to.equal('e');
    expect(both.code).to.equal(0);
    const stdout = await run(jobId, '--stream', 'stdout');
    expect([stdout.stdout, stdout.stderr.length]).to.deep.equal([whole, 0]);
    const stderr = await run(jobId, '--stream', 'stderr');
    expect([stderr.stdout.length, stderr.stderr.toString()]).to.deep.equal([0, 'e']);
    await attempt.finish();
  });

  it('goes on live until the attempt has ended, and exits as its program did', async () => {
    const attempt = await start();
    const { jobId, attempt: number } = attempt.claim;
    await attempt.print('one\n', { stream: 'stderr', content: 'not wanted\n' });
    const started = startDrs(['log', `${jobId}`, '--follow', '--stream', 'stdout'], env);
    await started.untilPrinted('one\n');
    await attempt.print('two\n');
    internalsOf(drs).bus.publish({ type: 'log', jobId, attempt: number, seq: 3 });
    await started.untilPrinted('two\n');
    await endWith(attempt, 7);
    const { code, stdout, stderr } = await started.end;
    expect(stdout.toString()).to.equal('one\ntwo\n');
    expect(stderr.toString()).to.equal('');
    expect(code).to.equal(7);
  });

  it('gives an earlier attempt, and its own end, while a newer one is under way', async () => {
    const first = await start();
    const { jobId } = first.claim;
    await first.print('first\n');
    await endWith(first, 3);
    const second = await TestAttempt.start(drs, jobId);
    await second.print('second\n');
    const followed = await run(jobId, '--attempt', '1', '--follow');
    expect([followed.code, followed.stdout.toString()]).to.deep.equal([3, 'first\n']);
    expect((await run(jobId)).stdout.toString()).to.equal('second\n');
    await second.finish();
  });

  it('goes on without a viewer after Ctrl-C', async () => {
    const attempt = await start();
    const { jobId } = attempt.claim;
    await attempt.print('begun\n');
    const started = startDrs(['log', `${jobId}`, '--follow'], env);
    await started.untilPrinted('begun\n');
    started.child.kill('SIGINT');
    const { code, stderr } = await started.end;
    expect(code).to.equal(130);
    expect(stderr.toString()).to.equal(`drs: job ${jobId} goes on. \`drs cancel ${jobId}\` ends it.\n`);
    await attempt.finish();
  });

  it('says clearly what is not there', async () => {
    const attempt = await start();
    const { jobId } = attempt.claim;
    await attempt.finish();
    const fresh = await makeJob(drs, { program: 'true' });
    for (const [args, sentence] of [
      [['999999'], 'Job 999999 was not found.'],
      [[`${jobId}`, '--attempt', '2'], `Attempt 2 of job ${jobId} was not found.`],
      [[`${fresh.id}`], `Job ${fresh.id} was never submitted: there is no attempt of it.`],
    ] as const) {
      for (const command of ['log', 'results']) {
        const { code, stdout, stderr } = await runDrs([command, ...args], env);
        expect({ code, stdout, stderr }).to.deep.equal({
          code: 125,
          stdout: '',
          stderr: `drs: ${sentence}\n`,
        });
      }
    }
    expect((await runDrs(['log', `${jobId}`, '--stream', 'stdin'], env)).code).to.equal(64);
  });

  it('keeps warnings out of what was asked', async () => {
    const attempt = await start();
    const { jobId } = attempt.claim;
    const away = { ...env, REDIS_URL: 'redis://127.0.0.1:1' };
    const { code, stdout, stderr } = await runDrs(['cancel', `${jobId}`, '--json'], away);
    expect(JSON.parse(stdout)).to.deep.equal({ jobId, attempt: 1, status: 'running' });
    expect(stderr).to.include('A ticket could not be added');
    expect(code).to.equal(0);
    await attempt.finish();
  });
});
