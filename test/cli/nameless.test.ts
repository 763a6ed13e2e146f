import { expect } from 'chai';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../lib/embedded/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { drsCommand } from './drs-process.js';

describe('drs for a user that is only a number', () => {
  for (const [command, option] of [
    [(file: string) => ['submit', file, '--server', 'S', '--interpreter', 'I'], '--owner'],
    [() => ['test', 'S'], '--username'],
  ] as const) {
    it(`says that it needs ${option}`, async () => {
      const folder = await temporaryFolder('nameless');
      await chmod(folder, 0o755);
      const file = join(folder, 'x.sh');
      await writeFile(file, 'true\n');
      const args = ['--reuid', '54321', '--clear-groups', ...drsCommand, ...command(file)];
      const { code, output } = await runCommand('setpriv', args);
      expect(output).to.contain('User 54321 has no name here').and.contain(option);
      expect(code).to.equal(125);
    });
  }
});
