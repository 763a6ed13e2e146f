import { expect } from 'chai';
import { createHostKeys } from '../../lib/models/host-key-store.js';
import { shared } from '../support/cleanup.js';
import { createTestStore } from './support.js';

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

  it('are approved by name, and forgotten', async () => {
    const keys = createHostKeys((await testStore()).sequelize);
    await keys.remember('approved', 22, key);

    expect(await keys.approve('approved', 22, admin)).to.equal(true);
    expect(await keys.find('approved', 22)).to.deep.equal({ ...key, isApproved: true });
    const [listed] = (await keys.list()).filter(({ hostname }) => hostname === 'approved');
    expect(listed).to.include({
      hostname: 'approved',
      port: 22,
      fingerprint: 'SHA256:a',
      approvedBy: 'admin',
    });
    expect(listed?.approvedAt).to.be.instanceOf(Date);
    expect(await keys.forget('approved', 22, admin)).to.equal(true);
    expect(await keys.find('approved', 22)).to.equal(null);
    expect(await keys.forget('approved', 22, admin)).to.equal(false);
    expect(await keys.approve('approved', 22, admin)).to.equal(false);
  });
});
