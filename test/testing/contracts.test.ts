import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../lib/embedded/run-command.js';

describe('the suites of the contracts', () => {
  it('run with another test runner than mocha', async () => {
    const file = fileURLToPath(new URL('./node-suite.ts', import.meta.url));
    const { code, output } = await runCommand(process.execPath, ['--import', 'tsx', '--test', file]);
    expect(code, output).to.equal(0);
    expect(output).to.match(/(pass|# pass) 17/);
  });
});
