/** A right that is taken away between two steps of a job's life counts for the next step, by every door. */

import { expect } from 'chai';
import request from 'supertest';
import { defaultAuthorize, type Action } from '../../lib/index.js';
import { TestAttempt } from '../http/support.js';
import { Viewer } from '../sockets/support.js';
import {
  doors,
  personalDoors,
  scientist,
  startSite,
  type DoorName,
  type JobDoor,
  type Site,
  type Told,
} from './site.js';

const password = 'x';

/** The steps before an attempt runs, each with the right that is gone by then. */
const steps: Record<
  string,
  { right: Action; act: (door: JobDoor, id: number) => Promise<Told> | undefined }
> = {
  'made, then changed': { right: 'job:update', act: (door, id) => door.update?.(id, { title: 'Another' }) },
  'made, then submitted': { right: 'job:submit', act: (door, id) => door.submit?.(id, { password }) },
  'made, then copied': { right: 'job:copy', act: (door, id) => door.copy?.(id, { password }) },
  'made, then deleted': { right: 'job:delete', act: (door, id) => door.remove?.(id) },
};
/** Those while it runs, or after its end. */
const laterSteps: typeof steps = {
  'running, then cancelled': { right: 'job:cancel', act: (door, id) => door.cancel(id) },
  'ended, then run again': { right: 'job:submit', act: (door, id) => door.retry(id, { password }) },
  'ended, then copied': { right: 'job:copy', act: (door, id) => door.copy?.(id, { password }) },
};

describe('a right that is taken away between two steps', () => {
  let site: Site;
  const gone = new Set<string>();
  before(async () => {
    site = await startSite({
      authorize: (user, action, record) =>
        !gone.has(action) &&
        ((user !== null && action === 'panel:enter') || defaultAuthorize(user, action, record)),
    });
  });
  afterEach(() => gone.clear());

  const make = async (): Promise<number> => {
    const input = { title: 'A job', program: 'true\n', ...site.target };
    return (await site.drs.jobs.create(input, { as: scientist })).id;
  };
  const refusedBy = async (name: DoorName, step: (typeof steps)[string], id: number): Promise<void> => {
    const before = await site.drs.jobs.get(id);
    gone.add(step.right);
    const { refusal } = (await step.act(doors[name](site, scientist), id)) ?? {};
    expect(refusal).to.match(/You may not do this/);
    expect(await site.drs.jobs.get(id)).to.deep.equal(before);
  };

  for (const name of personalDoors) {
    for (const [what, step] of Object.entries(steps)) {
      it(`refuses the next one: ${what}, ${name}`, async () => refusedBy(name, step, await make()));
    }
    for (const [what, step] of Object.entries(laterSteps)) {
      it(`refuses the next one: ${what}, ${name}`, async () => {
        const id = await make();
        const attempt = await TestAttempt.start(site.drs, id);
        if (what.startsWith('ended')) await attempt.finish();
        await refusedBy(name, step, id);
      });
    }
  }

  it('shows no output and no files any more, while it runs and after its end: REST, sockets, host code', async () => {
    const { drs, url } = site;
    const id = await make();
    const attempt = await TestAttempt.start(drs, id);
    await attempt.print('secret');
    await attempt.leave({ 'a.txt': 'secret' });
    const result = await drs.models.Result.findOne({ where: { jobId: id }, rejectOnEmpty: true });
    const viewer = await Viewer.connect(url, scientist.username);
    const look = async (): Promise<unknown[]> => {
      const paths = ['logs', 'log', 'search?q=s', 'events', 'results', 'results.zip'].map(
        (path) => `jobs/${id}/${path}`,
      );
      const answers = [];
      for (const path of [...paths, `results/${result.id}/file`]) {
        const { status, text } = await request(url).get(`/drs/${path}`).set('x-user', scientist.username);
        answers.push([status, text.includes('secret')]);
      }
      answers.push([(await viewer.ask('watch:log', { jobId: id })).code]);
      for (const open of [
        drs.logs.open(id, { as: scientist }),
        drs.results.open(result.id, undefined, { as: scientist }),
      ]) {
        answers.push([
          await open.then(
            () => 'open',
            ({ code }: { code: string }) => code,
          ),
        ]);
      }
      return answers;
    };
    for (const action of ['log:read', 'result:read']) gone.add(action);
    const refused = [
      ...Array.from({ length: 7 }, () => [404, false]),
      ['not_found'],
      ['not_found'],
      ['not_found'],
    ];
    expect(await look()).to.deep.equal(refused);
    await attempt.finish();
    expect(await look()).to.deep.equal(refused);
  });
});
