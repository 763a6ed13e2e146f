import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { saveFiles, type RemoteFile } from '../../lib/cli/save-files.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('files that are saved', () => {
  let directory: string;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    directory = await temporaryFolder('saving');
  });

  /** A file of one byte; `meanwhile` happens when it is brought. */
  const file = (name: string, meanwhile = async () => {}): RemoteFile => ({
    name,
    size: 1,
    async open() {
      await meanwhile();
      return Readable.from([Buffer.from('x')]);
    },
  });

  const refusalOf = (files: RemoteFile[], isForced = false): Promise<string> =>
    saveFiles(files, { directory, isForced, signal }).then(
      () => 'nothing was refused',
      (error: Error) => error.message,
    );

  it('leave nothing behind when they are broken off', async () => {
    const stop = new AbortController();
    const endless = async (): Promise<Readable> => new Readable({ read: () => stop.abort() });
    const files = [file('a'), { name: 'b', size: 1, open: endless }];
    expect(await saveFiles(files, { directory, isForced: false, signal: stop.signal })).to.equal('stopped');
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('go over no file that came meanwhile', async () => {
    const came = file('b', () => writeFile(join(directory, 'b'), 'theirs'));
    expect(await refusalOf([file('a'), came])).to.match(
      /^Cannot write b: EEXIST.*1 of 2 files were written\.$/,
    );
    expect(await readFile(join(directory, 'b'), 'utf8')).to.equal('theirs');
    expect((await readdir(directory)).sort()).to.deep.equal(['a', 'b']);
  });

  it('go through no link that came in the place of a folder meanwhile', async () => {
    const outside = await temporaryFolder('outside');
    await mkdir(join(directory, 'way'));
    const swap = async () => {
      await rename(join(directory, 'way'), join(directory, 'moved'));
      await symlink(outside, join(directory, 'way'));
    };
    expect(await refusalOf([file('way/a', swap)], true)).to.match(/^Cannot write way\/a: EEXIST/);
    expect(await readdir(outside)).to.deep.equal([]);
  });

  it('are refused where one would have to be a folder for another', async () => {
    expect(await refusalOf([file('a'), file('a/b')])).to.include(
      'a/b: there is a result a, which would have to be a folder',
    );
    await mkdir(join(directory, 'c'));
    await writeFile(join(directory, 'd'), '');
    expect(await refusalOf([file('c')], true)).to.include('c: there is a folder of this name');
    expect(await refusalOf([file('d/e')], true)).to.include('d/e: d is a file, no folder');
  });

  it('are refused under names that lead out, or to nothing', async () => {
    for (const name of ['..', '../a', 'a/../../b', '/a', 'a//b', './a', '', 'a\0b']) {
      expect(await refusalOf([file(name)], true)).to.include('would be outside of the folder');
    }
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('say why a folder cannot be written to', async () => {
    await writeFile(join(directory, 'file'), '');
    const within = { directory: join(directory, 'file', 'below'), isForced: false, signal };
    const refused = await saveFiles([file('a')], within).catch((error: Error) => error.message);
    expect(refused).to.match(/^Cannot write to .*below: ENOTDIR/);
  });
});
