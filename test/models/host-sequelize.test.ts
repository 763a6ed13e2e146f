import { expect } from 'chai';
import { Sequelize, type Options } from 'sequelize';
import { asker, apps, jobOf } from '../http/support.js';
import { testInstance } from '../support/instance.js';
import { testDatabase } from '../support/postgres.js';

const admin = 'admin';

/** A Sequelize instance as a host may have set it up. */
async function hostSequelize(options: Options, replica?: string): Promise<Sequelize> {
  const database = await testDatabase();
  if (replica === undefined) return new Sequelize(database, { logging: false, ...options });
  const partsOf = (url: string) => {
    const { hostname: host, port, username, password, pathname } = new URL(url);
    return { host, port, username, password, database: pathname.slice(1) };
  };
  return new Sequelize({
    ...{ dialect: 'postgres', logging: false, ...options },
    replication: { write: partsOf(database), read: [partsOf(replica)] },
  });
}

for (const [what, options, hasReplica] of [
  ['gives rows by itself (raw)', { query: { raw: true } }, false],
  ['nests what its queries give', { query: { nest: true } }, false],
  ['reads from a replica that knows nothing yet', {}, true],
] as const) {
  describe(`a Sequelize instance of the host that ${what}`, () => {
    it('serves jobs from their creation to their end, and their records by REST', async () => {
      let replica: string | undefined;
      if (hasReplica) {
        replica = await testDatabase();
        const late = await testInstance({ databaseUrl: replica });
        await late.close();
      }
      const sequelize = await hostSequelize(options, replica);
      const identify = () => ({ id: admin, username: admin, isAdmin: true });
      const drs = await testInstance({ sequelize, identify });
      const job = await jobOf(drs);
      expect(job.get('id')).to.be.a('number');
      const outcome = await drs.runJob(job.id, { remote: false });
      expect(outcome).to.include({ status: 'success' });
      const send = asker((apps['Express 5'] as (typeof apps)[string])(drs));
      const { body } = await send('get', `/jobs/${job.id}`, admin).expect(200);
      expect(body).to.include({ status: 'success', title: 'A job' });
      expect((await send('get', '/servers', admin).expect(200)).body.items).to.have.length(1);
      const changed = await send('patch', `/jobs/${job.id}`, admin).send({ title: 'Another title' });
      expect(changed.body).to.include({ title: 'Another title' });
      expect((await send('get', `/jobs/${job.id}/log`, admin).expect(200)).text).to.equal('1\n');
      await send('delete', `/jobs/${job.id}`, admin).expect(204);
      await drs.close();
      await sequelize.close();
    });
  });
}
