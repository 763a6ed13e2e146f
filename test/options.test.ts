import { expect } from 'chai';
import { Sequelize } from 'sequelize';
import { createRemoteSubmission, direct, drsRouter, OptionsError } from '../lib/index.js';
import { makeJob, testInstance } from './support/instance.js';

const good = { databaseUrl: 'postgres://ann@127.0.0.1/portal', redisUrl: 'redis://127.0.0.1:1' };

function problemsOf(options: unknown, make: (options: never) => unknown = createRemoteSubmission): string[] {
  try {
    make(options as never);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    expect(error.code).to.equal('invalid_options');
    return error.problems.map(({ path }) => path);
  }
  return [];
}

describe('options', () => {
  const missing = ['options', 'databaseUrl', 'redisUrl'];
  for (const nothing of [undefined, null, 5, 'postgres://x']) {
    it(`that are ${JSON.stringify(nothing) ?? 'not given'} are refused with every problem`, () => {
      expect(problemsOf(nothing)).to.deep.equal(missing);
    });
  }

  for (const nothing of [null, 5, 'postgres://x']) {
    it(`that are ${JSON.stringify(nothing)} are refused by the router alike`, () => {
      expect(problemsOf(nothing, drsRouter)).to.deep.equal(missing);
    });
  }

  const bad: Record<string, unknown[]> = {
    identity: [5, 'key', null, {}, { privateKeyPath: 5 }],
    sequelize: [5, null, {}, new Sequelize({ dialect: 'postgres' }).models],
    storage: [5, null, {}, { save() {} }],
    origins: [5, 'https://spa.example', {}],
    'origins.0': ['*', 'spa.example', 'https://spa.example/', 'https://*.example', 'ftp://h', 5].map(
      (origin) => [origin],
    ),
    logger: [5, {}, { info() {} }],
    databaseUrl: ['mysql://h/x', 'postgres://h:99999999/x'],
    redisUrl: ['http://h', 'redis://h:999999', 'redis://[/'],
    'schedulers.direct': [5, {}].map((direct) => ({ direct })),
    'transports.ssh': [5, {}].map((ssh) => ({ ssh })),
  };
  for (const [path, values] of Object.entries(bad)) {
    it(`name ${path} where it does not fit`, () => {
      for (const value of values) {
        expect(problemsOf({ ...good, [path.split('.')[0] ?? '']: value }), String(value)).to.deep.equal([
          path,
        ]);
      }
    });
  }

  it('say nothing of the password in an address that can not be read', () => {
    const databaseUrl = 'postgres://ann:tell-nobody@h:99999999/x';
    expect(() => createRemoteSubmission({ ...good, databaseUrl }))
      .to.throw(OptionsError)
      .with.property('stack')
      .that.does.not.include('tell-nobody');
  });

  it('may bring another way to start programs', async () => {
    const copied: string[] = [];
    const scheduler = direct();
    const drs = await testInstance({
      identity: undefined,
      schedulers: {
        direct: {
          ...scheduler,
          async copy(_session, { filename }) {
            copied.push(filename);
            return { kind: 'copied', path: `/there/${filename}` };
          },
        },
      },
    });
    const job = await makeJob(drs, { program: '' });
    const worker = await drs.work();
    const { finished } = await drs.copyJob(job.id, { remote: false });
    expect(await finished()).to.include({ status: 'success' });
    expect(copied).to.deep.equal(['program.py']);
    await worker.stop();
  });
});
