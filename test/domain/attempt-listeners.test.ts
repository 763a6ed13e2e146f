import { expect } from 'chai';
import { pino } from 'pino';
import type { AttemptEvents } from '../../lib/protocol/attempt-events.js';
import { createAttemptListeners } from '../../lib/domain/attempt-listeners.js';
import { makeJob, testInstance } from '../support/instance.js';

const ended: AttemptEvents['attempt:ended'] = {
  ...{ jobId: 1, attempt: 1, status: 'success', exitCode: 0 },
  ...{ signal: null, failureReason: null, message: null },
};

describe('what a process tells of its attempts', () => {
  it('is that they were started, and how they ended, to those who still listen', async () => {
    const drs = await testInstance();
    const heard: unknown[] = [];
    const stopStarted = drs.on('attempt:started', (event) => heard.push(event));
    drs.on('attempt:ended', (event) => heard.push(event));
    const { id: jobId } = await makeJob(drs, { program: 'raise SystemExit(3)' });
    const outcome = await drs.runJob(jobId, { remote: false });
    const ending = { status: 'failure', failureReason: 'exit', exitCode: 3, signal: null };
    const message = 'The program ended with exit code 3.';
    expect(outcome).to.deep.equal({ ...ending, message, results: {} });
    expect(heard).to.deep.equal([
      { jobId, attempt: 1 },
      { jobId, attempt: 1, ...ending, message },
    ]);
    stopStarted();
    await drs.runJob(jobId, { remote: false });
    expect(heard.slice(2)).to.deep.equal([{ jobId, attempt: 2, ...ending, message }]);
    await drs.close();
  });

  it('disturbs nobody when a listener fails', async () => {
    const { on, tell } = createAttemptListeners(pino({ level: 'silent' }));
    on('attempt:ended', () => {
      throw new Error('at once');
    });
    on('attempt:ended', () => Promise.reject(new Error('later')));
    const heard = new Promise((resolve) => on('attempt:ended', resolve));
    tell('attempt:ended', ended);
    expect(await heard).to.deep.equal(ended);
  });

  it('is refused under a name that is none, and to what is no function', () => {
    const { on } = createAttemptListeners(pino({ level: 'silent' }));
    expect(() => on('attempt:done' as never, () => 1)).to.throw('attempt:started, attempt:ended');
    expect(() => on('attempt:ended', 7 as never)).to.throw('must be a function');
  });
});
