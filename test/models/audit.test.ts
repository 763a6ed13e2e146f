import { expect } from 'chai';
import type { Sequelize } from 'sequelize';
import { createAudit } from '../../lib/models/audit.js';
import { createHostKeys } from '../../lib/store/host-key-store.js';
import { shared } from '../support/cleanup.js';
import { createJob, createTestStore, refusal, submit } from './support.js';

const testStore = shared(createTestStore);
const ann = { id: '1', username: 'ann' };
const key = { type: 'ssh-ed25519', key: 'AAAA', fingerprint: 'SHA256:a', isApproved: true };
const told = async (sequelize: Sequelize, hostname: string) =>
  (await createAudit(sequelize).ofServer({ id: 0, hostname, port: 22 })).map(
    ({ username, action, detail }) => ({ username, action, detail }),
  );

describe('the audit', () => {
  it('tells who submitted and who cancelled a job, newest first', async () => {
    const { store, sequelize, ...test } = await testStore();
    const job = await createJob(test);
    const audit = { by: ann, action: 'submitted', detail: 'as ann\0' } as const;
    await submit({ store, sequelize, ...test }, job.id, { audit });
    await store.requests.requestCancel(job.id);
    const events = await createAudit(sequelize).ofJob(job.id);
    expect(events[0]).to.include({ username: 'system', userId: null, action: 'cancelled', attempt: 1 });
    expect(events[1]).to.include({ username: 'ann', userId: '1', action: 'submitted', attempt: 1 });
    expect(events[1]?.detail).to.equal('as ann\ufffd');
    expect(events[1]?.time).to.be.instanceOf(Date);
  });

  it('tells nothing of a submit that was refused', async () => {
    const test = await testStore();
    const job = await createJob(test);
    await submit(test, job.id);
    expect(await refusal(submit(test, job.id))).to.equal('job_active');
    expect(await createAudit(test.sequelize).ofJob(job.id)).to.have.length(1);
  });

  it('goes with the transaction that it is part of', async () => {
    const { sequelize } = await testStore();
    const audit = createAudit(sequelize);
    const entry = { subject: 'interpreter', id: 77, by: ann, action: 'changed' } as const;
    const broken = sequelize.transaction(async (transaction) => {
      await audit.record(entry, transaction);
      throw new Error('broken off');
    });
    expect(await refusal(broken)).to.equal('broken off');
    expect(await audit.ofInterpreter(77)).to.deep.equal([]);
  });

  it('tells the story of a host key, with who and when', async () => {
    const { sequelize } = await testStore();
    const keys = createHostKeys(sequelize);
    await keys.remember('Story.example', 22, key);
    await keys.remember('story.example', 22, key);
    await keys.approve({ hostname: 'story.example', port: 22 }, { fingerprint: 'SHA256:a', by: ann });
    await keys.forget({ hostname: 'story.example', port: 22 }, { by: ann });
    expect(await told(sequelize, 'STORY.example')).to.deep.equal([
      { username: 'ann', action: 'host_key_forgotten', detail: 'SHA256:a' },
      { username: 'ann', action: 'host_key_approved', detail: 'SHA256:a' },
      { username: 'system', action: 'host_key_seen', detail: 'ssh-ed25519 SHA256:a' },
    ]);
  });

  it('tells what happened to a machine on every server there, and what became of a server on its own', async () => {
    const { sequelize } = await testStore();
    const audit = createAudit(sequelize);
    const machine = { subject: 'server', hostname: 'shared.example', port: 22, by: ann } as const;
    for (const action of ['created', 'changed', 'key_copied', 'deleted'] as const)
      await audit.record({ ...machine, id: 901, action });
    const actions = async (id: number) =>
      (await audit.ofServer({ id, hostname: 'shared.example', port: 22 })).map(({ action }) => action);
    expect(await actions(902)).to.deep.equal(['key_copied']);
    expect(await actions(901)).to.deep.equal(['deleted', 'key_copied', 'changed', 'created']);
  });

  it('tells once of a machine that keeps showing another key', async () => {
    const { sequelize } = await testStore();
    const keys = createHostKeys(sequelize);
    await keys.remember('other.example', 22, key);
    for (const fingerprint of ['SHA256:b', 'SHA256:b', 'SHA256:c']) {
      await keys.noteChange?.('other.example', 22, { ...key, fingerprint });
    }
    const changes = (await told(sequelize, 'other.example')).map(({ detail }) => detail);
    expect(changes).to.deep.equal(['ssh-ed25519 SHA256:c', 'ssh-ed25519 SHA256:b', 'ssh-ed25519 SHA256:a']);
  });

  it('forgets what is older than asked, and nothing younger', async () => {
    const { store, sequelize } = await testStore();
    const audit = createAudit(sequelize);
    const entry = { subject: 'interpreter', id: 88, by: ann, action: 'changed' } as const;
    await audit.record({ ...entry, detail: 'long ago' });
    await sequelize.query(
      `UPDATE drs_audit SET time = now() - interval '2 hours' WHERE subject_id = 88 AND subject = 'interpreter'`,
    );
    await audit.record({ ...entry, detail: 'lately' });
    await store.retention.deleteAudit(3_600_000);
    expect((await audit.ofInterpreter(88)).map(({ detail }) => detail)).to.deep.equal(['lately']);
  });
});
