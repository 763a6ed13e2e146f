/** What is wrong with the fields of a job is told by the same rule, in the same words, by every door. */

import { expect } from 'chai';
import { admin, doors, personalDoors, startSite, type Site, type Told } from './site.js';

const long = (length: number): string => 'x'.repeat(length);

/** Inputs that are wrong in one field, or in two. */
const wrongs: Record<string, Record<string, string | number | string[]>> = {
  'a title of spaces': { title: '  ' },
  'a title that is too long': { title: long(256) },
  'a directory that is relative': { remoteDirectory: 'jobs' },
  'a directory with a line break': { remoteDirectory: '~/a\nb' },
  'a file name with a slash': { remoteFilename: 'a/b' },
  'a file name that is too long': { remoteFilename: long(256) },
  'a time limit below 0': { timeoutMs: -1 },
  'a time limit of 0': { timeoutMs: 0 },
  'a time limit that is too high': { timeoutMs: 2 ** 31 },
  'a policy that is not known': { logPolicy: 'loud' },
  'a pattern that leads out': { storeResults: ['../x'] },
  'a server that is none': { serverId: 0 },
  'a server that is not there': { serverId: 99_999 },
  'an interpreter that is not there': { interpreterId: 99_999 },
  'a name that looks like an option': { owner: '7', ownerUsername: '-x' },
  'an owner without a name': { owner: '7' },
  'several at once': { title: ' ', remoteDirectory: 'jobs', timeoutMs: -1, logPolicy: 'loud' },
};

/** Those that the command has options for, which it does not judge itself. */
const typed = ['a directory that is relative'];

describe('the fields of a job', () => {
  let site: Site;
  before(async () => {
    site = await startSite();
  });
  const input = () => ({ title: 'A job', program: 'true\n', ...site.target });
  const byHost = (wrong: object): Promise<Told> =>
    doors['host code'](site, admin).create({ ...input(), ...wrong });

  for (const [what, wrong] of Object.entries(wrongs)) {
    it(`are refused with the same problems at the same places: ${what}`, async () => {
      const expected = await byHost(wrong);
      expect(expected.problems).not.to.deep.equal({});
      const { id } = await site.drs.jobs.create(input(), { as: admin });
      for (const name of personalDoors) {
        const door = doors[name](site, admin);
        const made = await door.create({ ...input(), ...wrong });
        const changed = await door.update?.(id, wrong);
        expect(made.problems, `${name}, made`).to.deep.equal(expected.problems);
        expect(changed?.problems, `${name}, changed`).to.deep.equal(expected.problems);
      }
      expect(await site.drs.jobs.get(id)).to.include(input());
    });
  }

  for (const what of typed) {
    it(`are refused in the same words by the command: ${what}`, async () => {
      const wrong = wrongs[what] ?? {};
      const { refusal } = await byHost(wrong);
      expect(await doors.command(site).create({ ...input(), ...wrong })).to.include({ refusal });
    });
  }

  it('are refused by the models in the same words', async () => {
    const one = { ...input(), owner: '1', ownerUsername: 'ann', remoteDirectory: '~', remoteFilename: 'p' };
    for (const what of ['a title of spaces', 'a file name with a slash', 'a time limit of 0']) {
      const wrong = wrongs[what] ?? {};
      const { problems } = await byHost(wrong);
      const error: unknown = await site.drs.models.Job.create({ ...one, ...wrong }).catch(
        (reason: unknown) => reason,
      );
      const [[path, message] = []] = Object.entries(problems);
      expect(error).to.have.nested.property('errors[0].path', path);
      expect(error).to.have.nested.property('errors[0].message', message);
    }
  });
});
