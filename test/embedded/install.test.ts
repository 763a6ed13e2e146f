import { expect } from 'chai';
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCommand, updateLists } from '../../lib/embedded/install.js';

let folders: string[] = [];

/** A folder first in PATH with commands of the test's own. */
async function folderInPath(commands: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drs-test-path-'));
  for (const [name, script] of Object.entries(commands)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  process.env.PATH = `${folder}:${process.env.PATH}`;
  folders.push(folder);
  return folder;
}

describe('ensureCommand()', () => {
  let path: string | undefined;

  before(() => {
    path = process.env.PATH;
  });

  // At once: the tests that follow install with the real apt-get.
  afterEach(async () => {
    process.env.PATH = path;
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    folders = [];
  });

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

  it('waits while another apt-get holds the lists', async () => {
    const locked = 'echo "E: Could not get lock /var/lib/apt/lists/lock."; exit 100';
    const folder = await folderInPath({ 'apt-get': `[ -e "$0.again" ] || { >"$0.again"; ${locked}; }` });

    expect(await updateLists(process.env)).to.equal(true);
    await access(join(folder, 'apt-get.again'));
    await folderInPath({ 'apt-get': 'echo "E: no network"; exit 100' });
    expect(await updateLists(process.env)).to.equal(false);
  });
});
