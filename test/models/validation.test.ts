import { expect } from 'chai';
import type { ConflictError } from '../../lib/errors.js';
import { ValidationError } from '../../lib/errors.js';
import { fromModelError } from '../../lib/models/validation.js';
import { shared } from '../support/cleanup.js';
import { createJob, createTestStore, submit } from './support.js';

const testStore = shared(createTestStore);

async function translated(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return fromModelError(error);
  }
  throw new Error('It was not refused.');
}

describe('the errors of the models', () => {
  it('become one ValidationError with every problem', async () => {
    const { models } = await testStore();
    const error = await translated(models.Server.create({ title: {}, hostname: 'h', port: 0 } as never));

    expect(error).to.be.instanceOf(ValidationError);
    expect((error as ValidationError).problems).to.deep.equal([
      { path: 'title', message: 'Give the title as text.' },
      { path: 'port', message: 'The port must be a whole number from 1 to 65535.' },
    ]);
  });

  it('say by what a server or an interpreter is used', async () => {
    const test = await testStore();
    const job = await createJob(test);
    const [server, interpreter] = await Promise.all([job.getServer(), job.getInterpreter()]);
    const errors = [await translated(server.destroy()), await translated(interpreter.destroy())];

    expect(errors.map((error) => (error as ConflictError).code)).to.deep.equal(['in_use', 'in_use']);
    expect(String(errors[0])).to.include('“Remote” is used by 1 job.');
    expect(String(errors[1])).to.include('This interpreter is used by jobs.');
  });

  it('refuse to delete a job that is under way, also in bulk, as every other door does', async () => {
    const test = await testStore();
    const [job, other] = [await createJob(test), await createJob(test)];
    await submit(test, job.id);
    const { Job } = test.models;
    const refused = [job.destroy(), Job.destroy({ where: { id: [job.id, other.id] } })];
    const codes = refused.map((deletion) =>
      deletion.then(
        () => 'deleted',
        ({ code }: { code: string }) => code,
      ),
    );
    expect(await Promise.all(codes)).to.deep.equal(['job_active', 'job_active']);
    await test.store.requests.requestCancel(job.id);
    await job.destroy();
    expect(await Job.findByPk(job.id)).to.equal(null);
  });

  it('say that an interpreter to be added to a server is not there', async () => {
    const { models } = await testStore();
    const server = await models.Server.create({ title: 'Remote', hostname: 'host' });
    const error = await translated(server.setInterpreters([999_999]));

    expect((error as ValidationError).problems).to.deep.equal([
      { path: 'interpreterIds', message: 'There is no such interpreter. Choose one that exists.' },
    ]);
  });

  it('say that a record is there already', async () => {
    const test = await testStore();
    const { uuid } = await createJob(test);

    expect(await translated(createJob(test, { uuid }))).to.include({
      code: 'already_exists',
    });
  });

  it('are left as they are when they are something else', () => {
    const error = new Error('other');
    expect(fromModelError(error)).to.equal(error);
    expect(fromModelError(null)).to.equal(null);
  });
});
