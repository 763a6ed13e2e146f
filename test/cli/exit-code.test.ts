import { expect } from 'chai';
import { exitCodeOf } from '../../lib/cli/exit-code.js';
import type { Outcome } from '../../lib/protocol/records.js';

function outcome(ending: Partial<Outcome>): Outcome {
  return {
    status: 'failure',
    exitCode: null,
    signal: null,
    failureReason: null,
    message: null,
    results: {},
    ...ending,
  };
}

describe('the exit code of drs submit --follow', () => {
  it('is 0 after success', () => {
    expect(exitCodeOf(outcome({ status: 'success', exitCode: 0 }))).to.equal(0);
  });

  it("is the program's own code", () => {
    expect(exitCodeOf(outcome({ failureReason: 'exit', exitCode: 42 }))).to.equal(42);
  });

  it('is 128 + n after signal n', () => {
    expect(exitCodeOf(outcome({ failureReason: 'signal', signal: 'SIGKILL' }))).to.equal(137);
    expect(exitCodeOf(outcome({ failureReason: 'signal', signal: 'SIGTERM' }))).to.equal(143);
  });

  it('is 124 after a timeout, as of timeout(1)', () => {
    expect(exitCodeOf(outcome({ failureReason: 'timeout', signal: 'SIGKILL' }))).to.equal(124);
  });

  it('is 130 when the job was cancelled', () => {
    expect(exitCodeOf(outcome({ status: 'cancelled', signal: 'SIGTERM' }))).to.equal(130);
  });

  it('is 127 when the interpreter is not there, as of env(1)', () => {
    expect(exitCodeOf(outcome({ failureReason: 'rejected', exitCode: 127 }))).to.equal(127);
  });

  const others = ['auth', 'host_key', 'unreachable', 'lost', 'limit', 'rejected', 'internal'] as const;
  for (const failureReason of others) {
    it(`is 125 when the job failed with the reason ${failureReason}`, () => {
      expect(exitCodeOf(outcome({ failureReason }))).to.equal(125);
    });
  }
});
