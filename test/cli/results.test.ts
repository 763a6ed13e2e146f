import { access, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { TestAttempt } from '../http/support.js';
import { makeJob } from '../support/instance.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runDrs } from './drs-process.js';
import { instanceForCommands } from './support.js';

describe('drs results', function () {
  this.timeout(60_000);
  let drs: RemoteSubmission;
  let env: NodeJS.ProcessEnv;
  let folder: string;

  before(async () => {
    ({ drs, env } = await instanceForCommands());
  });

  beforeEach(async () => {
    folder = join(await temporaryFolder('saved'), 'new');
  });

  async function leave(files: Record<string, string>): Promise<string> {
    const attempt = await TestAttempt.start(drs, (await makeJob(drs, { program: 'true' })).id);
    await attempt.leave(files);
    await attempt.finish();
    return `${attempt.claim.jobId}`;
  }

  const save = (jobId: string, ...flags: string[]) =>
    runDrs(['results', jobId, '--to', folder, ...flags], env);

  it('lists names and sizes', async () => {
    const jobId = await leave({ 'b.txt': 'bb', 'a/c.txt': 'ccc' });
    const plain = await runDrs(['results', jobId], env);
    expect(plain).to.deep.equal({ code: 0, stdout: 'a/c.txt\t3\nb.txt\t2\n', stderr: '' });
    const listed = JSON.parse((await runDrs(['results', jobId, '--json'], env)).stdout) as object[];
    expect(Object.keys(listed[0] ?? {})).to.have.members([
      ...['id', 'jobId', 'attempt', 'remoteFilename', 'size', 'createdAt'],
    ]);
    expect(listed[0]).to.include({ remoteFilename: 'a/c.txt', size: 3, attempt: 1 });
  });

  it('writes files with their folders, and leaves nothing besides', async () => {
    const jobId = await leave({ 'b.txt': 'bb', 'a/deep/c.txt': 'ccc', empty: '' });
    const written = await save(jobId);
    expect(written).to.deep.equal({ code: 0, stdout: `wrote 3 files to ${folder}\n`, stderr: '' });
    expect(await contentsOf(folder)).to.deep.equal({ 'a/deep/c.txt': 'ccc', 'b.txt': 'bb', empty: '' });
    const again = JSON.parse((await save(jobId, '--force', '--json')).stdout) as { path: string }[];
    expect(again.map(({ path }) => path)).to.have.members(
      ['a/deep/c.txt', 'b.txt', 'empty'].map((name) => join(folder, name)),
    );
  });

  it('replaces files only with --force, and otherwise names each and writes nothing', async () => {
    const jobId = await leave({ 'a.txt': 'new', 'b.txt': 'new', 'c.txt': 'new' });
    await mkdir(folder);
    await writeFile(join(folder, 'b.txt'), 'old');
    const { code, stdout, stderr } = await save(jobId);
    expect(stderr).to.equal(
      `drs: Nothing was written to ${folder}.\n  b.txt: is there already; --force replaces it\n`,
    );
    expect([code, stdout]).to.deep.equal([125, '']);
    expect(await contentsOf(folder)).to.deep.equal({ 'b.txt': 'old' });
    expect((await save(jobId, '--force')).code).to.equal(0);
    expect(await contentsOf(folder)).to.deep.equal({ 'a.txt': 'new', 'b.txt': 'new', 'c.txt': 'new' });
  });

  it('follows no link, neither on the way nor at its end', async () => {
    const outside = await temporaryFolder('outside');
    await writeFile(join(outside, 'kept'), 'kept');
    const jobId = await leave({ 'way/x.txt': 'x', end: 'e' });
    await mkdir(folder);
    await symlink(outside, join(folder, 'way'));
    await symlink(join(outside, 'kept'), join(folder, 'end'));
    const refused = await save(jobId, '--force');
    expect(refused.stderr).to.include('way/x.txt: way is a link, no folder').and.not.include('end:');
    expect(refused.code).to.equal(125);
    const other = await leave({ end: 'e' });
    expect((await save(other, '--force')).code).to.equal(0);
    expect(await readFile(join(folder, 'end'), 'utf8')).to.equal('e');
    expect(await contentsOf(outside)).to.deep.equal({ kept: 'kept' });
  });

  it('writes nothing outside of the folder', async () => {
    const jobId = await leave({
      'fine.txt': 'fine',
      '../above': 'x',
      '/tmp/drs-absolute': 'x',
      'a/../../b': 'x',
    });
    const { code, stderr } = await save(jobId);
    expect(code).to.equal(125);
    for (const name of ['../above', '/tmp/drs-absolute', 'a/../../b']) {
      expect(stderr).to.include(`\n  ${name}: would be outside of the folder`);
    }
    expect(await isThere(folder)).to.equal(false);
    expect(await isThere('/tmp/drs-absolute')).to.equal(false);
  });

  it('writes none when the last one is not whole or not there', async () => {
    const jobId = await leave({ 'a.txt': 'aaaa', 'z.txt': 'zzzz' });
    const last = await drs.models.Result.findOne({ where: { jobId, remoteFilename: 'z.txt' } });
    await internalsOf(drs).sequelize.query(`UPDATE drs_results SET size = 5 WHERE id = ${last?.id}`);
    const short = await save(jobId);
    expect(short.stderr).to.equal(
      'drs: Cannot bring z.txt: 4 bytes came, and 5 were promised. Nothing was written.\n',
    );
    await internalsOf(drs).storage.delete(last?.storageKey ?? '');
    const gone = await save(jobId);
    expect(gone.stderr).to.include('Cannot bring z.txt: The stored file was not found. Nothing was written.');
    expect([short.code, gone.code]).to.deep.equal([125, 125]);
    expect(await contentsOf(folder)).to.deep.equal({});
  });
});

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const contents = files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')]);
  return Object.fromEntries(await Promise.all(contents)) as Record<string, string>;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
