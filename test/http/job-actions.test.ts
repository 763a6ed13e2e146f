import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import {
  explanationSchema,
  retrySchema,
  submissionSchema,
} from '../../lib/protocol/schemas/attempt-schemas.js';
import { ask, instance, jobOf, sharedInstance, TestAttempt, type Ask } from './support.js';

describe('the doors for a second look at a job', () => {
  let drs: RemoteSubmission;
  let send: Ask;
  before(async () => {
    drs = await sharedInstance();
    send = await ask(drs);
  });

  const ended = async () => {
    const job = await jobOf(drs);
    await (await TestAttempt.start(drs, job.id)).finish();
    return job;
  };

  it('run a job again, and say which attempt is repeated', async () => {
    const job = await ended();
    const { status, body } = await send('post', `/jobs/${job.id}/retry`, 'ann').send({ password: 'p' });
    expect(status).to.equal(202);
    expect(retrySchema.strict().parse(body)).to.deep.equal({
      jobId: job.id,
      attempt: 2,
      status: 'submitted',
      retryOf: 1,
    });
    expect((await send('get', `/jobs/${job.id}`, 'ann')).body.message).to.equal('Run again after attempt 1.');
    await drs.cancelJob(job.id);
  });

  it('do not run a job again that is under way, or that never ran', async () => {
    const job = await jobOf(drs);
    expect((await send('post', `/jobs/${job.id}/retry`, 'ann')).body.code).to.equal('job_never_submitted');
    await TestAttempt.start(drs, job.id);
    const active = await send('post', `/jobs/${job.id}/retry`, 'ann').send({ password: 'p' });
    expect(active.body.code).to.equal('job_active');
  });

  it('do not repeat for a user what ran on this machine', async () => {
    const local = await instance({ allowLocal: true });
    const sendLocal = await ask(local);
    const job = await jobOf(local);
    await local.runJob(job.id, { remote: false });
    const refused = await sendLocal('post', `/jobs/${job.id}/retry`, 'ann');
    expect(refused.body).to.include({ code: 'local_not_allowed', status: 403 });
    expect((await sendLocal('post', `/jobs/${job.id}/retry`, 'admin')).status).to.equal(202);
    await local.cancelJob(job.id);
  });

  it('tell the owner where an attempt is', async () => {
    const job = await jobOf(drs);
    await TestAttempt.start(drs, job.id);
    const { status, body } = await send('get', `/jobs/${job.id}/explanation`, 'ann');
    expect(status).to.equal(200);
    const explanation = explanationSchema.strict().parse(body);
    expect(explanation).to.include({ attempt: 1, status: 'running', isHeld: true, workerId: 'test' });
    const controlDirectory = `/home/ann/.drs/${job.uuid}-1`;
    expect(explanation).to.include({ controlDirectory, machine: 'host:0f3c:12', endedAt: null });
    expect(explanation.permittedAt).to.be.a('string');
    expect(explanation.summary).to.contain('The worker test follows it');
  });

  it('queue an attempt again for administrators, not for its owner', async () => {
    const job = await jobOf(drs);
    await TestAttempt.start(drs, job.id);
    const refused = await send('post', `/jobs/${job.id}/requeue`, 'ann');
    expect(refused.body).to.include({ code: 'forbidden', status: 403 });
    const { status, body } = await send('post', `/jobs/${job.id}/requeue`, 'admin');
    expect(status).to.equal(202);
    const accepted = { jobId: job.id, attempt: 1, status: 'running' };
    expect(submissionSchema.strict().parse(body)).to.deep.equal(accepted);
  });

  it('queue nothing again that has ended', async () => {
    const job = await ended();
    const { status, body } = await send('post', `/jobs/${job.id}/requeue`, 'admin');
    expect(status).to.equal(409);
    expect(body).to.include({ code: 'job_not_active' });
  });

  it('are described', async () => {
    const { body } = await send('get', '/openapi.json', 'ann');
    expect(body.paths).to.include.all.keys(
      '/jobs/{id}/retry',
      '/jobs/{id}/requeue',
      '/jobs/{id}/explanation',
    );
  });
});
