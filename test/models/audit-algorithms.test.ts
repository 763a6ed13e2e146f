import { expect } from 'chai';
import { createAudit } from '../../lib/models/audit.js';
import { shared } from '../support/cleanup.js';
import { createTestStore, refusal, type TestStore } from './support.js';

const testStore = shared(createTestStore);

const input = (hostname: string) => ({ title: 'S', hostname, legacyAlgorithms: true });

/** What the audit holds of a machine, the newest first. */
async function told({ sequelize }: TestStore, hostname: string): Promise<string[]> {
  const events = await createAudit(sequelize).ofServer({ id: 0, hostname, port: 22 });
  return events.map(({ username, action, detail }) => `${username} ${action} ${detail}`);
}

const allowed = 'system legacy_algorithms_allowed S';
const forbidden = 'system legacy_algorithms_forbidden S';

describe('old algorithms of a server', () => {
  it('are in the audit when they are allowed and forbidden by the model', async () => {
    const test = await testStore();
    const server = await test.models.Server.create({ ...input('plain'), legacyAlgorithms: false });
    await server.update({ legacyAlgorithms: true });
    await server.update({ legacyAlgorithms: true, title: 'S' });
    await server.set({ legacyAlgorithms: false }).save();

    expect(await told(test, 'plain')).to.deep.equal([forbidden, allowed]);
  });

  it('are in the audit of each server that is made with them or changed with others', async () => {
    const test = await testStore();
    const { Server } = test.models;
    await Server.create(input('made'));
    await Server.bulkCreate([input('one'), { ...input('two'), legacyAlgorithms: false }]);
    expect(await told(test, 'made')).to.deep.equal([allowed]);
    await Server.update({ legacyAlgorithms: false }, { where: { hostname: ['one', 'two'] } });

    expect(await told(test, 'one')).to.deep.equal([forbidden, allowed]);
    expect(await told(test, 'two')).to.deep.equal([]);
  });

  it('are in the audit when a server is made or changed by an upsert', async () => {
    const test = await testStore();
    const { Server } = test.models;
    const [{ id }] = await Server.upsert(input('upsert'));
    await Server.upsert({ ...input('upsert'), id });
    await Server.upsert({ ...input('upsert'), id, legacyAlgorithms: false });

    expect(await told(test, 'upsert')).to.deep.equal([forbidden, allowed]);
  });

  it('are in the audit no more than in the table, when the change is taken back', async () => {
    const test = await testStore();
    const broken = test.sequelize.transaction(async (transaction) => {
      await test.models.Server.create(input('broken'), { transaction });
      throw new Error('broken off');
    });

    expect(await refusal(broken)).to.equal('broken off');
    expect(await told(test, 'broken')).to.deep.equal([]);
  });
});
