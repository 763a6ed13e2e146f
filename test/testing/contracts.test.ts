import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../lib/embedded/run-command.js';
import { fileStorageContract, memoryStorage, type TestRunner } from '../../lib/testing/index.js';

describe('the suites of the contracts', () => {
  it('run with another test runner than mocha', async () => {
    const file = fileURLToPath(new URL('./node-suite.ts', import.meta.url));
    const { code, output } = await runCommand(process.execPath, ['--import', 'tsx', '--test', file]);
    expect(code, output).to.equal(0);
    expect(output).to.match(/(pass|# pass) 12/);
  });

  it('find what does not keep the contract', async () => {
    const failed: string[] = [];
    const bodies: [string, () => void | Promise<void>][] = [];
    const runner: TestRunner = {
      describe: (_title, body) => body(),
      it: (title, body) => bodies.push([title, body]),
      before: (body) => bodies.push(['before', body]),
      after: () => undefined,
      beforeEach: () => undefined,
      afterEach: () => undefined,
    };
    const forgetful = { ...memoryStorage(), delete: async () => undefined };
    fileStorageContract('forgetful', async () => forgetful, runner);
    for (const [title, body] of bodies) await Promise.resolve(body()).catch(() => failed.push(title));
    expect(failed).to.include('opens nothing that was deleted, and deletes twice without complaint');
  });
});
