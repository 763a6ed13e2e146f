import { expect } from 'chai';
import { DataTypes, Sequelize, type Model, type ModelStatic } from 'sequelize';
import { defineModels } from '../../lib/models/define-models.js';
import { migrate } from '../../lib/models/migrate.js';
import { shared } from '../support/cleanup.js';
import { testDatabase } from '../support/postgres.js';
import { connect, createJob, createTestStore } from './support.js';

const testStore = shared(createTestStore);

/** The messages of a refused record, by field. */
async function problems(promise: Promise<unknown>): Promise<Record<string, string>> {
  try {
    await promise;
  } catch (error) {
    const { errors } = error as { errors?: { path: string; message: string }[] };
    if (errors) return Object.fromEntries(errors.map(({ path, message }) => [path, message]));
    throw error;
  }
  return {};
}

describe('the models', () => {
  it('have the string forms of the original', async () => {
    const { models } = await testStore();
    const { Interpreter, Server, Job, Log, Result } = models;
    const when = { jobId: 1, attempt: 1 };

    expect(String(Interpreter.build({ name: 'Python 3', path: '/usr/bin/python3' }))).to.equal(
      'Python 3 (/usr/bin/python3)',
    );
    expect(String(Interpreter.build({ name: 'P', path: '/p', arguments: ['-u', 'x'] }))).to.equal(
      'P (/p -u x)',
    );
    expect(String(Server.build({ title: 'Remote', hostname: 'host' }))).to.equal('Remote <host:22>');
    expect(String(Job.build({ title: 'A job' } as never))).to.equal('A job');
    expect(String(Result.build({ ...when, remoteFilename: 'a/b.csv', size: 1, storageKey: 'k' }))).to.equal(
      'a/b.csv',
    );
    const log = Log.build({
      ...when,
      seq: 1,
      stream: 'stdout',
      offset: 0,
      time: new Date(),
      content: Buffer.from('é\xff', 'latin1'),
    });
    expect(String(log)).to.equal('\ufffd\ufffd');
  });

  it('fill in what a new job leaves out', async () => {
    const test = await testStore();
    const job = await createJob(test, { owner: 5, ownerUsername: undefined });

    expect(job.owner).to.equal('5');
    expect(job.ownerUsername).to.equal('5');
    expect(job.status).to.equal('initial');
    expect(job.attempt).to.equal(0);
    expect(job.uuid).to.match(/^[0-9a-f-]{36}$/);
    const stored = await test.models.Job.findByPk(job.id, { include: ['server', 'interpreter'] });
    expect(String(stored?.server)).to.equal('Remote <host:22>');
    expect(stored?.interpreter?.arguments).to.deep.equal(['-u']);
  });

  it('take a title with characters of every Unicode plane', async () => {
    const test = await testStore();
    const title = 'é漢\u{1F680}\u{20000}\u{30000}\u{E0001}\u{F0000}\u{100000}'
      .padEnd(260, '\u{1F680}')
      .slice(0, 400);
    const job = await createJob(test, { title });

    expect((await test.models.Job.findByPk(job.id))?.title).to.equal(title);
  });

  it('refuse a job without a value for each required field, all at once', async () => {
    const { models } = await testStore();

    expect(await problems(models.Job.create({} as never))).to.have.all.keys(
      ...['title', 'program', 'owner', 'ownerUsername', 'serverId', 'interpreterId'],
    );
  });

  const refused: [model: 'Server' | 'Job' | 'Interpreter', field: string, value: unknown, message: RegExp][] =
    [
      ['Server', 'title', ' ', /Give the title/],
      ['Server', 'title', 'x'.repeat(256), /Shorten the title/],
      ['Server', 'title', 'a\0b', /NUL/],
      ['Server', 'title', { a: 1 }, /Give the title as text/],
      ['Server', 'port', 0, /whole number from 1 to 65535/],
      ['Server', 'port', 65536, /whole number from 1 to 65535/],
      ['Server', 'port', 'ssh', /whole number from 1 to 65535/],
      ['Server', 'port', 22.5, /whole number from 1 to 65535/],
      ['Server', 'hostname', '', /Give the host name/],
      ['Server', 'hostname', 'a b', /spaces/],
      ['Server', 'hostname', '-oProxyCommand=x', /begin with "-"/],
      ['Server', 'hostname', 'x'.repeat(254), /at most 253/],
      ['Server', 'controlDirectory', 'drs', /begin with "\/" or "~\/"/],
      ['Server', 'controlDirectory', '~', /begin with "\/" or "~\/"/],
      ['Server', 'controlDirectory', '~ann/drs', /begin with "\/" or "~\/"/],
      ['Server', 'controlDirectory', '/a/../b', /"\.\."/],
      ['Server', 'controlDirectory', '/drs/{job}', /placeholders/],
      ['Server', 'controlDirectory', '/a\nb', /control characters/],
      ['Server', 'controlDirectory', '/a\0b', /NUL/],
      ['Server', 'controlDirectory', `/${'é'.repeat(500)}`, /at most 1000 bytes/],
      ['Server', 'legacyAlgorithms', 'yes', /legacyAlgorithms must be true or false/],
      ['Server', 'legacyAlgorithms', null, /legacyAlgorithms must be true or false/],
      ['Interpreter', 'path', '', /Give the path/],
      ['Interpreter', 'path', '/bin/sh\n', /control characters/],
      ['Interpreter', 'arguments', '-u', /list of texts/],
      ['Interpreter', 'arguments', ['a\0'], /NUL/],
      ['Job', 'remoteDirectory', 'relative', /must begin with/],
      ['Job', 'remoteDirectory', '~ann/x', /must begin with/],
      ['Job', 'remoteDirectory', '/a/../b', /"\.\."/],
      ['Job', 'remoteDirectory', '/a/{user}', /\{user\}/],
      ['Job', 'remoteDirectory', '/a\nb', /control characters/],
      ['Job', 'remoteFilename', '../x', /must not contain "\/"/],
      ['Job', 'remoteFilename', '..', /not "\." or "\.\."/],
      ['Job', 'remoteFilename', '.drs', /is the name of/],
      ['Job', 'remoteFilename', '-x', /begin with "-"/],
      ['Job', 'remoteFilename', 'é'.repeat(128), /at most 255 bytes/],
      ['Job', 'program', 'a\0b', /NUL/],
      ['Job', 'timeoutMs', 0, /milliseconds/],
      ['Job', 'timeoutMs', 2 ** 31, /milliseconds/],
      ['Job', 'logPolicy', 'some', /none, live, total/],
      ['Job', 'storeResults', ['../*'], /"\.\."/],
      ['Job', 'storeResults', ['!a/../b'], /"\.\."/],
      ['Job', 'storeResults', [''], /empty/],
      ['Job', 'ownerUsername', '-l', /begin with "-"/],
    ];
  for (const [model, field, value, message] of refused) {
    it(`refuse ${JSON.stringify(value).slice(0, 40)} as ${field}`, async () => {
      const { models } = await testStore();
      const { [model]: Model } = models as unknown as Record<string, ModelStatic<Model>>;
      const record = Model?.build({ [field]: value });

      expect((await problems(record?.validate() ?? Promise.reject(new Error())))[field]).to.match(message);
    });
  }

  const taken: [model: 'Server' | 'Job' | 'Interpreter', field: string, value: unknown][] = [
    ['Server', 'port', '2222'],
    ['Server', 'hostname', '::1'],
    ['Server', 'controlDirectory', '/scratch/a b/.drs'],
    ['Server', 'controlDirectory', '~/.drs'],
    ['Server', 'controlDirectory', ''],
    ['Server', 'controlDirectory', null],
    ['Job', 'remoteDirectory', '~'],
    ['Job', 'remoteDirectory', '~/a b/{job}-{attempt}'],
    ['Job', 'remoteDirectory', '{owner}/x'],
    ['Job', 'remoteDirectory', '/a..b'],
    ['Job', 'remoteFilename', 'weird \'"$ name.py'],
    ['Job', 'program', ''],
    ['Job', 'timeoutMs', ''],
    ['Job', 'storeResults', ['*', '![34].txt']],
    ['Job', 'storeResults', []],
  ];
  for (const [model, field, value] of taken) {
    it(`take ${JSON.stringify(value)} as ${field}`, async () => {
      const { models } = await testStore();
      const { [model]: Model } = models as unknown as Record<string, ModelStatic<Model>>;
      const record = Model?.build({ [field]: value });

      expect(await problems(record?.validate() ?? Promise.reject(new Error()))).not.to.have.property(field);
    });
  }

  it('refuse an interpreter that the server does not have, and name those that it has', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const perl = await test.models.Interpreter.create({ name: 'Perl', path: '/usr/bin/perl' });

    expect((await problems(job.update({ interpreterId: perl.id }))).interpreterId).to.equal(
      "Interpreter 'Perl' is not available on server 'Remote'. Choose one of: Python 3.",
    );
    const values = job
      .reload()
      .then((it) => ({ ...it.get(), id: undefined, uuid: undefined, interpreterId: perl.id }));
    const many = test.models.Job.bulkCreate([(await values) as never]);
    expect(Object.keys(await problems(many))).to.deep.equal(['interpreterId']);
  });

  it('see a server that the same transaction made', async () => {
    const { models, sequelize } = await testStore();
    await sequelize.transaction(async (transaction) => {
      const interpreter = await models.Interpreter.create({ name: 'sh', path: '/bin/sh' }, { transaction });
      const server = await models.Server.create({ title: 'New', hostname: 'new' }, { transaction });
      await server.setInterpreters([interpreter], { transaction });
      const fields = { title: 'T', program: '', remoteDirectory: '~', remoteFilename: 'a', owner: 1 };
      await models.Job.create(
        { ...fields, serverId: server.id, interpreterId: interpreter.id },
        { transaction },
      );
    });
  });

  it('give sizes and ids as numbers', async () => {
    const { models } = await testStore();
    const job = await createJob({ models });
    await models.Result.create({
      jobId: job.id,
      attempt: 1,
      remoteFilename: 'big',
      size: 5e9,
      storageKey: 'k',
    });
    const [result] = await job.getResults();

    expect(result?.toJSON()).to.include({ size: 5e9, remoteFilename: 'big' });
    expect(result?.id).to.be.a('number');
  });

  it("live beside the host's own models of the same names, whatever the host set for all models", async () => {
    const define = {
      paranoid: true,
      timestamps: false,
      underscored: false,
      schema: 'host',
      version: true,
    } as const;
    const sequelize = connect(await testDatabase(), { define });
    await sequelize.createSchema('host', {});
    const Own = sequelize.define('Job', { mine: DataTypes.TEXT });
    await migrate(sequelize);
    const models = defineModels(sequelize);
    const job = await createJob({ models });
    await sequelize.sync({ force: true });
    await sequelize.sync({ alter: true });
    await Own.create({ mine: 'yes' });

    expect(sequelize.model('Job')).to.equal(Own);
    expect(await Own.count()).to.equal(1);
    expect(await models.Job.findByPk(job.id)).to.include({ title: 'A job' });
    expect(defineModels(sequelize).Job).to.equal(models.Job);
  });

  it('of two instances in one process do not know each other', async () => {
    const [first, second] = await Promise.all([createTestStore(), createTestStore()]);
    const job = await createJob(first);

    expect(await second.models.Job.findByPk(job.id)).to.equal(null);
    expect(first.models.Job.sequelize).to.be.instanceOf(Sequelize).and.not.equal(second.models.Job.sequelize);
  });
});
