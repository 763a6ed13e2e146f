import { expect } from 'chai';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCommand } from '../../lib/embedded/install.js';
import { atEnd } from '../support/cleanup.js';

/** A folder first in PATH with commands of the test's own; PATH is as before at the end of the run. */
async function folderInPath(commands: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drs-test-path-'));
  for (const [name, script] of Object.entries(commands)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const { PATH } = process.env;
  process.env.PATH = `${folder}:${PATH}`;
  atEnd(async () => {
    process.env.PATH = PATH;
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

describe('ensureCommand()', () => {
  it('finds a command in PATH', async () => {
    const folder = await folderInPath({ 'drs-there': 'exit 0' });

    expect(await ensureCommand({ command: 'drs-there', debianPackage: 'drs-there' })).to.equal(
      join(folder, 'drs-there'),
    );
  });

  it('says how to install what it cannot install', async () => {
    await folderInPath({ 'apt-get': 'echo "E: Unable to locate package"; exit 100' });
    const refused = await ensureCommand({
      command: 'drs-not-there',
      debianPackage: 'drs-package',
      brewFormula: 'drs-brew',
    }).catch((error: Error & { code: string }) => error);

    expect(refused).to.include({ code: 'missing_command' });
    expect(String(refused))
      .to.include('sudo apt-get install drs-package')
      .and.include('brew install drs-brew');
  });
});
