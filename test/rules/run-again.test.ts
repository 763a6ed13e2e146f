/** To run a job again repeats its newest attempt, by every door. */

import { expect } from 'chai';
import { internalsOf } from '../../lib/internals.js';
import { openPage } from '../support/browser.js';
import { admin, doorNames, doors, startSite, type Site } from './site.js';

const asked = { timeoutMs: 60_000, logPolicy: 'total' as const, storeResults: ['*.txt', '!a.txt'] };

describe('a job that is run again', () => {
  let site: Site;
  before(async () => {
    site = await startSite({ identity: { privateKey: 'never used here' } });
  });

  /** One that was submitted in its own way, and has ended. */
  const endedJob = async (username: string): Promise<number> => {
    const { drs, target } = site;
    const input = { title: 'A job', program: 'true\n', ...target };
    const { id } = await drs.jobs.create(input, { as: admin });
    await drs.submitJob(id, { ...asked, username, password: 'x' });
    await drs.cancelJob(id);
    return id;
  };
  const lastOf = (id: number) => internalsOf(site.drs).store.newest.submission(id);

  for (const name of doorNames) {
    it(`is run as before, with the name, the limit and the policies of its last attempt: ${name}`, async () => {
      const id = await endedJob('eve');
      const told = await doors[name](site, admin).retry(id, { password: 'x' });
      expect(told).to.include({ refusal: null });
      expect(await lastOf(id)).to.deep.include({ attempt: 2, username: 'eve', isRemote: true, ...asked });
      expect(await site.drs.explainJob(id)).to.include({ retryOf: 1 });
    });
  }

  it('is run as before: the button of <drs-job-log>', async () => {
    const id = await endedJob('ann');
    const { page, close } = await openPage({ extraHTTPHeaders: { 'x-user': admin.username } });
    await page.goto(`${site.url}/drs/ui/jobs/${id}`);
    const accepted = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Run again' }).click();
    expect((await accepted).status()).to.equal(202);
    await close();
    expect(await lastOf(id)).to.deep.include({ attempt: 2, username: 'ann', isRemote: true, ...asked });
    expect(await site.drs.explainJob(id)).to.include({ retryOf: 1 });
  });
});
