import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { makeJob, testInstance } from '../support/instance.js';
import type { InstanceOf } from '../support/types.js';

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  );

describe('what host code hands in', () => {
  let drs: RemoteSubmission;
  let job: InstanceOf<'Job'>;

  before(async () => {
    drs = await testInstance({ identity: { privateKey: 'never used here' } });
    job = await makeJob(drs, { program: 'print(1)', owner: 'ann' });
  });

  const bad: Record<string, unknown[]> = {
    timeoutMs: ['5', -1, 0, 1.5, NaN, 2 ** 40, null],
    logPolicy: ['loud', 5, null],
    storeResults: [
      null,
      5,
      '*',
      [5],
      [''],
      ['!'],
      ['../x'],
      ['a\0'],
      ['x'.repeat(10_001)],
      Array(1001).fill('x'),
    ],
    username: [5, '', 'a\0b', '-x', 'x'.repeat(300), null],
    password: [5, {}, null],
    privateKey: [5, null],
    passphrase: [5, null],
    agent: [5, null],
    remote: ['no', 0, null],
    as: ['ann', {}, { id: 1 }, { username: 'ann' }],
    by: [5, 'a\0b', null],
    bogus: [1],
  };
  for (const [name, values] of Object.entries(bad)) {
    it(`is refused where ${name} does not fit, and makes no attempt`, async () => {
      for (const value of values) {
        for (const call of [drs.submitJob, drs.copyJob, drs.runJob, drs.retryJob]) {
          const error = await call(job.id, { password: 'x', [name]: value }).catch((e: unknown) => e);
          expect(error, JSON.stringify(value)).to.include({ code: 'invalid_input', status: 400 });
          expect(error).to.have.nested.property('problems[0].path', name);
        }
      }
      await job.reload();
      expect(job.attempt).to.equal(0);
    });
  }

  it('is refused where a passphrase comes without its key', async () => {
    const alone = { passphrase: 'x' };
    for (const given of [
      alone,
      { ...alone, password: 'x' },
      { ...alone, agent: '/a' },
      { ...alone, privateKey: '' },
    ]) {
      for (const call of [drs.submitJob, drs.copyJob, drs.runJob, drs.retryJob]) {
        const error = await call(job.id, given).catch((reason: unknown) => reason);
        expect(error)
          .to.include({ code: 'invalid_input' })
          .and.have.nested.property('problems[0].path', 'passphrase');
      }
    }
    const key = { hostname: 'h', username: 'ann', ...alone };
    expect(await codeOf(drs.copyKey(key))).to.equal('invalid_input');
  });

  it('is refused where the options are no object', async () => {
    for (const options of [null, 5, 'x', []] as never[]) {
      const calls = [drs.submitJob, drs.runJob, drs.copyJob, drs.retryJob, drs.cancelJob, drs.requeueJob];
      for (const call of [...calls, drs.explainJob]) {
        expect(await codeOf(call(job.id, options))).to.equal('invalid_input');
      }
      for (const call of [drs.copyKey, drs.deleteKey, drs.work, drs.prune]) {
        expect(await codeOf(call(options))).to.equal('invalid_input');
      }
    }
  });

  it('acts for nobody when nobody is signed in', async () => {
    const { user } = {} as { user?: never };
    for (const as of [user, null as never]) {
      for (const call of [
        drs.submitJob,
        drs.runJob,
        drs.copyJob,
        drs.retryJob,
        drs.cancelJob,
        drs.explainJob,
      ]) {
        expect(await codeOf(call(job.id, { as }))).to.equal('unauthenticated');
      }
      expect(await codeOf(drs.copyKey({ hostname: 'h', username: 'ann', as }))).to.equal('unauthenticated');
    }
  });

  it('about keys is looked at before anybody signs in', async () => {
    const there = { hostname: '127.0.0.1', port: 1, username: 'ann', password: 'x' };
    for (const wrong of [
      { hostname: undefined },
      { hostname: 5 },
      { port: 99_999 },
      { username: '' },
      { password: null },
      { privateKey: null },
      { x: 1 },
    ]) {
      expect(await codeOf(drs.copyKey({ ...there, ...wrong } as never))).to.equal('invalid_input');
    }
    expect(await codeOf(drs.deleteKey({ ...there, publicKey: 'junk' }))).to.equal('invalid_public_key');
  });

  it('about workers and ages must be numbers that make sense', async () => {
    for (const concurrency of [0, -1, 1.5, '4', NaN] as never[]) {
      expect(await codeOf(drs.work({ concurrency }))).to.equal('invalid_input');
    }
    for (const olderThanMs of [-1, '5', NaN] as never[]) {
      expect(await codeOf(drs.prune({ olderThanMs }))).to.equal('invalid_input');
    }
    expect(await codeOf(drs.prune({ olderThanMs: 1e300 }))).to.equal('done');
  });
});
