import { expect } from 'chai';
import { createHostKeys } from '../../lib/store/host-key-store.js';
import { shared } from '../support/cleanup.js';
import { createTestStore } from '../models/support.js';

const testStore = shared(createTestStore);
const admin = { id: '1', username: 'admin' };
const key = { type: 'ssh-ed25519', key: 'AAAA', fingerprint: 'SHA256:a', isApproved: false };

describe('the stored host keys', () => {
  it('keep the first key of a machine, also of two seen at once', async () => {
    const keys = createHostKeys((await testStore()).sequelize);
    const seen = await Promise.all(
      ['a', 'b', 'c', 'd'].map((blob) => keys.remember('Host.example', 22, { ...key, key: blob })),
    );
    const pinned = await keys.find('host.EXAMPLE', 22);

    expect(seen).to.deep.equal(seen.map(() => pinned));
    expect(await keys.find('host.example', 2222)).to.equal(null);
  });

  it('are approved by their fingerprint, and forgotten', async () => {
    const keys = createHostKeys((await testStore()).sequelize);
    const machine = { hostname: 'approved', port: 22 };
    const { fingerprint } = key;
    await keys.remember('approved', 22, key);

    expect(await keys.approve(machine, { fingerprint: 'SHA256:b', by: admin })).to.equal(false);
    expect(await keys.approve(machine, { fingerprint, by: admin })).to.equal(true);
    expect(await keys.find('approved', 22)).to.deep.equal({ ...key, isApproved: true });
    const [listed] = (await keys.list()).filter(({ hostname }) => hostname === 'approved');
    expect(listed).to.include({ hostname: 'approved', port: 22, offered: null });
    expect(listed?.hostKey).to.include({ fingerprint, approvedBy: 'admin' });
    expect(listed?.hostKey?.approvedAt).to.be.instanceOf(Date);
    expect(await keys.forget(machine, { fingerprint: 'SHA256:b', by: admin })).to.equal(false);
    expect(await keys.forget(machine, { by: admin })).to.equal(true);
    expect(await keys.find('approved', 22)).to.equal(null);
    expect(await keys.forget(machine, { by: admin })).to.equal(false);
    expect(await keys.approve(machine, { fingerprint, by: admin })).to.equal(false);
  });

  it('hold the key that was offered, for somebody to approve, while none is approved', async () => {
    const keys = createHostKeys((await testStore()).sequelize);
    const machine = { hostname: 'moved', port: 22 };
    const other = { ...key, key: 'BBBB', fingerprint: 'SHA256:b' };
    const approve = { fingerprint: 'SHA256:b', by: admin };
    await keys.remember('moved', 22, { ...key, isTrusted: true });
    await keys.noteChange?.('Moved', 22, other);

    expect((await keys.stateOf(machine)).offered).to.include({
      type: 'ssh-ed25519',
      fingerprint: 'SHA256:b',
    });
    expect(await keys.approve(machine, approve)).to.equal(false);
    await keys.forget(machine, { by: admin });
    expect(await keys.stateOf(machine)).to.deep.include({ hostKey: null });
    expect((await keys.list()).filter(({ hostname }) => hostname === 'moved')).to.have.length(1);
    expect(await keys.approve(machine, approve)).to.equal(true);
    expect(await keys.find('moved', 22)).to.deep.equal({ ...other, isApproved: true });
    expect((await keys.stateOf(machine)).offered).to.equal(null);
  });

  it('give an unapproved key up for the offered one that somebody approves, and a new one forgets the offer', async () => {
    const keys = createHostKeys((await testStore()).sequelize);
    const machine = { hostname: 'seen', port: 22 };
    const other = { ...key, key: 'BBBB', fingerprint: 'SHA256:b' };
    await keys.remember('seen', 22, key);
    await keys.noteChange?.('seen', 22, other);
    expect(await keys.approve(machine, { fingerprint: 'SHA256:b', by: admin })).to.equal(true);
    expect(await keys.find('seen', 22)).to.deep.equal({ ...other, isApproved: true });
    await keys.noteChange?.('seen', 22, key);
    await keys.forget(machine, { by: admin });
    await keys.remember('seen', 22, { ...key, key: 'CCCC', fingerprint: 'SHA256:c' });
    const { hostKey, offered } = await keys.stateOf(machine);
    expect([hostKey?.fingerprint, offered]).to.deep.equal(['SHA256:c', null]);
  });
});
