/** The application's own key signs in only as the owner, or as `mapUsername` says: by every door. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import request from 'supertest';
import ssh2 from 'ssh2';
import { runDrs } from '../cli/drs-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
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

const { private: privateKey } = ssh2.utils.generateKeyPairSync('ed25519');
const another = {
  code: 'username_not_allowed',
  refusal: "The application's own key signs in only as bob: give a password or a key of eve.",
};

const ways: Record<string, (door: JobDoor, id: number, options: object) => Promise<Told> | undefined> = {
  submit: (door, id, options) => door.submit?.(id, { ...options }),
  copy: (door, id, options) => door.copy?.(id, { ...options }),
  retry: (door, id, options) => door.retry(id, { ...options }),
};

describe("the application's own key", () => {
  let site: Site;
  before(async () => {
    site = await startSite({ identity: { privateKey } });
  });

  /** A job of bob's that was submitted once. */
  const jobIn = async ({ drs, target }: Site): Promise<number> => {
    const input = { title: 'A job', program: 'true\n', ...target };
    const { id } = await drs.jobs.create(input, { as: scientist });
    await drs.submitJob(id, { as: scientist });
    await drs.cancelJob(id);
    return id;
  };

  for (const name of personalDoors) {
    for (const [way, act] of Object.entries(ways)) {
      it(`is refused another name, which needs a password or key of its own: ${way} by ${name}`, async () => {
        const id = await jobIn(site);
        const door = doors[name](site, scientist);
        expect(await act(door, id, { username: 'eve' })).to.include(another);
        expect(await site.drs.jobs.get(id)).to.include({ attempt: 1 });
        expect(await act(door, id, { username: 'eve', password: 'x' })).to.include({ refusal: null });
        expect(await site.drs.explainJob(id)).to.include({ attempt: 2, username: 'eve' });
      });

      it(`is for the owner alone, whom nobody else can speak for: ${way} by ${name}`, async () => {
        const id = await jobIn(site);
        const told = await act(doors[name](site, admin), id, {});
        expect(told).to.include({ code: 'username_not_allowed' });
        expect(told?.refusal).to.match(
          /only as the owner of a job \(here bob\), and somebody else submits it/,
        );
        expect(await site.drs.jobs.get(id)).to.include({ attempt: 1 });
      });

      it(`signs in as mapUsername says, and as nobody else: ${way} by ${name}`, async () => {
        const mapped = await startSite({
          identity: { privateKey },
          mapUsername: ({ username }) => `x-${username}`,
        });
        const id = await jobIn(mapped);
        const door = doors[name](mapped, scientist);
        const told = await act(door, id, { username: 'bob' });
        expect(told).to.include({
          code: 'username_not_allowed',
          refusal: "The application's own key signs in only as x-bob: give a password or a key of bob.",
        });
        expect(await act(door, id, {})).to.include({ refusal: null });
        expect(await mapped.drs.explainJob(id)).to.include({ username: 'x-bob' });
      });
    }
  }

  it('is refused another name at the test of a connection: host code, REST and panel', async () => {
    const { drs, url, target } = site;
    const { serverId } = target;
    const refusal = "The application's own key signs in only as ann: give a password or a key of eve.";
    const byHost: unknown = await drs.servers
      .testConnection(serverId, { as: admin, username: 'eve' })
      .catch((error: unknown) => error);
    expect(byHost).to.include({ code: another.code, message: refusal });
    const post = (path: string) => request(url).post(path).set('x-user', admin.username);
    const { body } = await post(`/drs/servers/${serverId}/test`).send({ username: 'eve' });
    expect(body).to.include({ code: another.code, detail: refusal });
    const path = `/admin/api/resources/drs-servers/records/${serverId}/testConnection`;
    const { body: panel } = await post(path).field('username', 'eve');
    expect(panel.notice).to.include({ type: 'error', code: another.code, message: refusal });
  });

  it('is refused another name than that of the owner: the command', async () => {
    const key = join(await temporaryFolder('identity'), 'key');
    await writeFile(key, privateKey);
    const file = join(await temporaryFolder('program'), 'program');
    await writeFile(file, 'true\n');
    const { serverId, interpreterId } = site.target;
    const where = ['--server', String(serverId), '--interpreter', String(interpreterId)];
    const submit = (...args: string[]) =>
      runDrs(['submit', file, ...where, ...args], { ...site.env, DRS_IDENTITY: key });
    const eve = await submit('--owner', 'bob', '--username', 'eve');
    expect(eve).to.deep.include({ code: 125, stderr: `drs: ${another.refusal}\n` });
    const root = await submit('--owner', 'root');
    expect(root.stderr).to.contain('does not sign in as root, which is an account of the system');
  });
});
