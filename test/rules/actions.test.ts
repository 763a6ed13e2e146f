/** What is done to a job leaves the same entry in the audit, and is announced the same, whoever does it. */

import { userInfo } from 'node:os';
import { expect } from 'chai';
import type { Announcement } from '../../lib/protocol/events.js';
import { auditOf } from '../domain/support.js';
import {
  admin,
  announcedBy,
  doorNames,
  doors,
  startSite,
  type DoorName,
  type Site,
  type Told,
} from './site.js';

const password = 'x';

/** What is done by a way in, to a job in which state, and what remains of it. */
interface Row {
  /** The command makes and submits in one, and changes nothing. */
  isNoCommand?: true;
  before: 'never submitted' | 'submitted' | 'ended';
  act: (door: ReturnType<(typeof doors)[DoorName]>, id: number) => Promise<Told> | undefined;
  entry: { action: string; attempt: number | null; detail: string | null };
  announced: object[];
}

const status = (attempt: number, state: string) => ({ type: 'status', attempt, status: state });

const rows: Record<string, Row> = {
  'a change': {
    isNoCommand: true,
    before: 'never submitted',
    act: (door, id) => door.update?.(id, { title: 'Another' }),
    entry: { action: 'changed', attempt: null, detail: 'title' },
    announced: [status(0, 'initial')],
  },
  'a submit': {
    isNoCommand: true,
    before: 'never submitted',
    act: (door, id) => door.submit?.(id, { password }),
    entry: { action: 'submitted', attempt: 1, detail: 'as ann, with a password' },
    announced: [status(1, 'submitted')],
  },
  'a copy': {
    isNoCommand: true,
    before: 'never submitted',
    act: (door, id) => door.copy?.(id, { password }),
    entry: { action: 'copied', attempt: 1, detail: 'as ann, with a password' },
    announced: [status(1, 'submitted')],
  },
  'a cancel': {
    before: 'submitted',
    act: (door, id) => door.cancel(id),
    entry: { action: 'cancelled', attempt: 1, detail: null },
    announced: [status(1, 'cancelled')],
  },
  'a requeue': {
    before: 'submitted',
    act: (door, id) => door.requeue(id),
    entry: { action: 'requeued', attempt: 1, detail: null },
    announced: [],
  },
  'a retry': {
    before: 'ended',
    act: (door, id) => door.retry(id, { password }),
    entry: { action: 'retried', attempt: 2, detail: 'as ann, with a password' },
    announced: [status(2, 'submitted')],
  },
  'a deletion': {
    isNoCommand: true,
    before: 'ended',
    act: (door, id) => door.remove?.(id),
    entry: { action: 'deleted', attempt: null, detail: 'A job' },
    announced: [],
  },
};

describe('what is done to a job, by every door', () => {
  let site: Site;
  before(async () => {
    site = await startSite();
  });
  const input = () => ({ title: 'A job', program: 'echo 1\n', ...site.target });
  const who = (name: DoorName) =>
    name === 'command'
      ? { username: `${userInfo().username} (drs)`, userId: null }
      : { username: admin.username, userId: String(admin.id) };
  /** Without the job, whose number is another one each time. */
  const plain = (announced: Announcement[]) =>
    announced.map((news) => Object.fromEntries(Object.entries(news).filter(([key]) => key !== 'jobId')));
  const prepare = async (state: Row['before']): Promise<number> => {
    const { id } = await site.drs.jobs.create(input(), { as: admin });
    if (state === 'never submitted') return id;
    await site.drs.submitJob(id, { as: admin, password });
    if (state === 'ended') await site.drs.cancelJob(id);
    return id;
  };

  for (const name of doorNames) {
    it(`a job is made the same, audited and announced: ${name}`, async () => {
      const { drs } = site;
      let id = 0;
      const announced = await announcedBy(drs, async () => {
        const told = await doors[name](site, admin).create(input());
        expect(told.refusal).to.equal(null);
        id = told.id ?? 0;
      });
      const entry = { action: 'created', attempt: null, detail: null, ...who(name) };
      expect((await auditOf(drs, 'job', id)).at(-1)).to.deep.equal(entry);
      expect(plain(announced)[0]).to.deep.equal(status(0, 'initial'));
      const job = await drs.jobs.get(id);
      expect(job).to.include({ ...input(), ownerUsername: 'ann', remoteFilename: 'program' });
      expect(job).to.include({ remoteDirectory: '~/drs-jobs/{job}-{attempt}', timeoutMs: null });
    });

    for (const [what, row] of Object.entries(rows)) {
      if (name === 'command' && row.isNoCommand) continue;
      it(`${what} is audited and announced: ${name}`, async () => {
        const id = await prepare(row.before);
        const heard = await announcedBy(site.drs, async () => {
          const told = await row.act(doors[name](site, admin), id);
          expect(told).to.include({ refusal: null });
        });
        expect((await auditOf(site.drs, 'job', id))[0]).to.deep.equal({ ...row.entry, ...who(name) });
        expect(plain(heard)).to.deep.equal(row.announced);
      });
    }
  }
});
