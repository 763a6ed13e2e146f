/** A run on the machine of the worker is for administrators, where `allowLocal` is on: by every door. */

import { expect } from 'chai';
import type { User } from '../../lib/index.js';
import {
  admin,
  doors,
  personalDoors,
  scientist,
  startSite,
  type JobDoor,
  type Site,
  type Told,
} from './site.js';

const refused = {
  code: 'local_not_allowed',
  refusal:
    '`agent` and `remote: false`, also where it is taken over from the last attempt, are for administrators, where the option allowLocal is on.',
};
const done = { refusal: null };

/** Ways to run something here. A retry takes it over from an attempt that host code made. */
const ways: Record<string, (door: JobDoor, id: number) => Promise<Told> | undefined> = {
  submit: (door, id) => door.submit?.(id, { remote: false }),
  copy: (door, id) => door.copy?.(id, { remote: false }),
  retry: (door, id) => door.retry(id, {}),
  'retry that says so': (door, id) => door.retry(id, { remote: false }),
};

for (const allowLocal of [false, true]) {
  describe(`a run on this machine, with allowLocal ${allowLocal ? 'on' : 'off'}`, () => {
    let site: Site;
    before(async () => {
      site = await startSite({ allowLocal });
    });

    /** A job of somebody's that ran here once. */
    const localJob = async (as: User): Promise<number> => {
      const { drs, target } = site;
      const { id } = await drs.jobs.create({ title: 'A job', program: 'true\n', ...target }, { as });
      await drs.submitJob(id, { remote: false });
      await drs.cancelJob(id);
      return id;
    };

    for (const name of personalDoors) {
      for (const [way, run] of Object.entries(ways)) {
        it(`is for administrators at most: ${way} by ${name}`, async () => {
          const [own, other] = [await localJob(scientist), await localJob(admin)];
          const byScientist = await run(doors[name](site, scientist), own);
          const byAdmin = await run(doors[name](site, admin), other);
          expect(byScientist).to.include(refused);
          expect(byAdmin).to.include(allowLocal ? done : refused);
          const attempts = [await site.drs.jobs.get(own), await site.drs.jobs.get(other)];
          expect(attempts.map(({ attempt }) => attempt)).to.deep.equal([1, allowLocal ? 2 : 1]);
        });
      }
    }

    it('is for administrators at most: without the queue', async () => {
      const id = await localJob(scientist);
      const run = site.drs.runJob(id, { as: scientist, remote: false });
      const error: unknown = await run.catch((reason: unknown) => reason);
      expect(error).to.include({ code: refused.code, message: refused.refusal });
    });

    it('is not asked of host code that acts for nobody, nor of the command', async () => {
      const id = await localJob(scientist);
      await site.drs.retryJob(id);
      await site.drs.cancelJob(id);
      expect(await doors.command(site).retry(id, {})).to.include(done);
      expect(await site.drs.explainJob(id)).to.include({ attempt: 3, isRemote: false });
    });
  });
}

describe("an agent's socket", () => {
  it('is for administrators, where allowLocal is on, and taken from no form', async () => {
    const site = await startSite({ allowLocal: true });
    const { id } = await site.drs.jobs.create(
      { title: 'A job', program: 'true\n', ...site.target },
      { as: scientist },
    );
    const agent = '/tmp/agent';
    for (const name of ['host code', 'REST'] as const) {
      expect(await doors[name](site, scientist).submit?.(id, { agent })).to.include(refused);
    }
    const { refusal } = (await doors.panel(site, admin).submit?.(id, { agent })) ?? {};
    expect(refusal).to.contain('agent: is not known here');
    expect(await site.drs.jobs.get(id)).to.include({ attempt: 0 });
  });
});
