import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import type { StatusEvent } from '../../lib/protocol/events.js';
import type { JobStatus } from '../../lib/protocol/job-status.js';
import type { JobState } from '../../lib/store/read-statuses.js';
import { AnnouncedStates } from '../../lib/live/announced-states.js';

/** How jobs stand, and what was read and told of them. */
class Site {
  readonly reads: number[] = [];
  readonly told: StatusEvent[] = [];
  missed = 0;
  state: Partial<JobState> & { status: JobStatus; modified: string } = { status: 'initial', modified: '0' };
  readonly states = new AnnouncedStates({
    find: async (jobIds) => {
      this.reads.push(jobIds.length);
      await setImmediate();
      const { status, modified, submittedAt = null, startedAt = null } = this.state;
      const known = { attempt: 1, title: 'A job', status, failureReason: null, modified };
      return jobIds.map((jobId) => ({ event: { ...known, jobId }, owner: 'ann', submittedAt, startedAt }));
    },
    tell: async (event) => void this.told.push(event),
    onMissed: () => void (this.missed += 1),
    onError: (error) => expect.fail(String(error)),
  });

  async settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  }
}

describe('states that are announced', () => {
  it('are read once for all that come meanwhile, and told once', async () => {
    const site = new Site();
    for (let count = 0; count < 50; count += 1) {
      for (const jobId of [1, 2, 3]) site.states.hear({ jobId, status: 'running' });
    }
    await site.settled();
    expect(site.reads).to.deep.equal([1, 3]);
    expect(site.told.map(({ jobId }) => jobId)).to.deep.equal([1, 2, 3]);
  });

  it('are looked up anew where more come than can be', async () => {
    const site = new Site();
    for (let jobId = 1; jobId <= 5_000; jobId += 1) site.states.hear({ jobId, status: 'running' });
    await site.settled();
    expect(Math.max(...site.reads)).to.be.at.most(1_000);
    expect(site.missed).to.be.greaterThan(0);
  });

  it('are all told of a job that was quicker than the read', async () => {
    const site = new Site();
    const [submittedAt, startedAt] = [new Date(1_000), new Date(2_000)];
    site.state = { status: 'success', modified: new Date(3_000).toISOString(), submittedAt, startedAt };
    for (const status of ['submitted', 'running', 'success'] as const) site.states.hear({ jobId: 1, status });
    await site.settled();
    expect(site.told.map(({ status }) => status)).to.deep.equal(['submitted', 'running', 'success']);
  });

  it('are not told of a job that has left them behind, whatever is announced', async () => {
    const site = new Site();
    const [submittedAt, startedAt] = [new Date(1_000), new Date(2_000)];
    site.state = { status: 'running', modified: startedAt.toISOString(), submittedAt, startedAt };
    site.states.hear({ jobId: 1, status: 'running' });
    await site.settled();
    for (const status of ['submitted', 'success', 'cancelled'] as const)
      site.states.hear({ jobId: 1, status });
    await site.settled();
    expect(site.told.map(({ status }) => status)).to.deep.equal(['running']);
  });
});
