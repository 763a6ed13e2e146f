import { expect } from 'chai';
import type { RemoteSubmission, User } from '../../lib/index.js';
import { ask, instance, jobOf, TestAttempt } from '../http/support.js';
import { serveSockets, Viewer } from './support.js';

describe('statuses over the namespace', () => {
  let drs: RemoteSubmission;
  let url: string;

  before(async () => {
    drs = await instance();
    url = await serveSockets(drs);
  });

  it('begin with the jobs that changed last', async () => {
    const jobs = [await jobOf(drs, 'ann', 'One'), await jobOf(drs, 'ann', 'Two')];
    await jobOf(drs, 'bob', 'Of Bob');
    const ann = await Viewer.connect(url, 'ann');
    const { ok, jobs: recent } = (await ann.ask('watch:jobs', { limit: 2 })) as {
      ok: boolean;
      jobs: object[];
    };
    expect(ok).to.equal(true);
    expect(recent.map((event) => ({ ...event, modified: '' }))).to.deep.equal(
      [jobs[1], jobs[0]].map((job) => ({
        jobId: job?.id,
        attempt: 0,
        title: job?.title,
        status: 'initial',
        failureReason: null,
        modified: '',
      })),
    );
    const admin = await Viewer.connect(url, 'admin');
    expect(((await admin.ask('watch:jobs', { limit: 3 })) as { jobs: object[] }).jobs).to.have.length(3);
  });

  it('follow each change, in order', async () => {
    const job = await jobOf(drs, 'ann');
    const ann = await Viewer.connect(url, 'ann');
    await ann.ask('watch:jobs');
    await (await TestAttempt.start(drs, job.id)).finish();
    await ann.until(({ statuses }) => statuses.at(-1)?.status === 'success');
    expect(ann.statuses.map(({ jobId, attempt, status }) => [jobId, attempt, status])).to.deep.equal([
      [job.id, 1, 'submitted'],
      [job.id, 1, 'running'],
      [job.id, 1, 'success'],
    ]);
  });

  it('tell of new jobs and new titles', async () => {
    const like = await jobOf(drs, 'ann');
    const ann = await Viewer.connect(url, 'ann');
    await ann.ask('watch:jobs');
    const send = await ask(drs);
    const { serverId, interpreterId } = like;
    const body = { program: '', remoteDirectory: '~/x', remoteFilename: 'x', serverId, interpreterId };
    const { body: made } = await send('post', '/jobs', 'ann').send({ title: 'New', ...body });
    await send('patch', `/jobs/${made.id}`, 'ann').send({ title: 'Newer' });
    await ann.until(({ statuses }) => statuses.length === 2);
    expect(ann.statuses.map(({ title }) => title)).to.deep.equal(['New', 'Newer']);
  });

  it('come to whoever watches the log of the job too', async () => {
    const job = await jobOf(drs, 'ann');
    const ann = await Viewer.connect(url, 'ann');
    await ann.ask('watch:log', { jobId: job.id });
    await (await TestAttempt.start(drs, job.id)).finish();
    await ann.until(({ statuses }) => statuses.at(-1)?.status === 'success');
    expect(ann.statuses).to.have.length(3);
  });

  it('obey the rules of the host', async () => {
    const authorize = (user: User | null, _action: string, record: object | null) =>
      user !== null && record !== null && 'title' in record && record.title === `For ${user.username}`;
    const ruled = await instance({ authorize });
    const mine = await jobOf(ruled, 'nobody', 'For ann');
    const other = await jobOf(ruled, 'nobody', 'For bob');
    const ann = await Viewer.connect(await serveSockets(ruled), 'ann');
    const { jobs } = (await ann.ask('watch:jobs')) as { jobs: { jobId: number }[] };
    expect(jobs.map(({ jobId }) => jobId)).to.deep.equal([mine.id]);
    await TestAttempt.start(ruled, other.id);
    await (await TestAttempt.start(ruled, mine.id)).finish();
    await ann.until(({ statuses }) => statuses.at(-1)?.status === 'success');
    expect(new Set(ann.statuses.map(({ jobId }) => jobId))).to.deep.equal(new Set([mine.id]));
  });
});
