import { expect } from 'chai';
import { appendFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost, type Host } from '../support/host-session.js';
import { fetchOn, listOf, runOn, scheduler } from './listing.js';

const odd = [
  "printf 1 >'a\\b.csv'; printf 2 >'a\nb'; printf 3 >./-rf; printf 4 >\"it's\"; printf 5 >' x '; printf 6 >'*'",
  "mkdir 'd\\n'; printf 7 >'d\\n/[a]'; printf 8 >Łāłą; printf 9 >'$(exit)`x`\"'; : >empty; ln Łāłą second; ln Łāłą third",
].join('\n');

for (const [tools, options] of [
  ['the GNU tools', {}],
  ['busybox alone', { hasBusyboxAlone: true }],
  ['no tar', { without: ['tar'] }],
  ['neither find nor stat nor tar', { without: ['find', 'stat', 'tar', 'xargs'] }],
] as const) {
  describe(`files fetched from a server with ${tools}`, () => {
    let host: Host;
    before(async () => {
      host = await startHost(options);
    });

    it('come whole under odd names, and under each of their names', async () => {
      const made = await runOn(host, odd);
      const { files } = await listOf(host, made);
      expect(await fetchOn(host, made, files)).to.deep.equal({
        ...{ changed: [], missing: [], problem: null },
        contents: {
          ...{ 'a\\b.csv': '1', 'a\nb': '2', '-rf': '3', "it's": '4', ' x ': '5', '*': '6', 'd\\n/[a]': '7' },
          ...{ Łāłą: '8', second: '8', third: '8', '$(exit)`x`"': '9', empty: '' },
        },
      });
    });

    it('are told apart from those that grew, shrank, were edited or are gone since they were listed', async () => {
      const made = await runOn(
        host,
        'for name in grown shrunk edited gone same; do echo before >$name; done',
      );
      const { files } = await listOf(host, made);
      const path = (name: string): string => join(made.path, name);
      await appendFile(path('grown'), 'more');
      await truncate(path('shrunk'), 2);
      const { atime, mtime } = await stat(path('edited'));
      await writeFile(path('edited'), 'after.\n');
      await utimes(path('edited'), atime, mtime);
      await rm(path('gone'));
      const { changed, missing, contents } = await fetchOn(host, made, files);
      expect(changed.map(({ name, size }) => [name, size]).sort()).to.deep.equal([
        ['edited', 7],
        ['grown', 11],
        ['shrunk', 2],
      ]);
      expect(missing).to.deep.equal(['gone']);
      expect(contents).to.include({ same: 'before\n' }).and.not.have.any.keys('grown', 'shrunk', 'gone');
    });

    it('with a time to come count as they are', async () => {
      const made = await runOn(host, 'echo 1 >later; touch -t 203001010000 later');
      const { files } = await listOf(host, made);
      expect(await fetchOn(host, made, files)).to.deep.include({ changed: [], contents: { later: '1\n' } });
    });
  });
}

describe('files fetched', () => {
  it('come in more than one batch when they are many', async () => {
    const host = await startHost();
    const made = await runOn(host, 'i=0; while [ $i -lt 1200 ]; do echo $i >file-$i; i=$((i+1)); done');
    const { files } = await listOf(host, made);
    const { contents, changed, missing } = await fetchOn(host, made, files.slice(0, 700));
    expect(Object.keys(contents)).to.have.length(700);
    expect([changed, missing]).to.deep.equal([[], []]);
  });

  it('bring nothing else over the wire', async () => {
    const host = await startHost();
    const made = await runOn(host, 'truncate -s 2G big.bin; echo ok >small.txt');
    const { files } = await listOf(host, made);
    const before = host.bytes();
    const small = files.filter(({ size }) => size < 1_000_000);
    expect((await fetchOn(host, made, small)).contents).to.deep.equal({ 'small.txt': 'ok\n' });
    expect(host.bytes() - before).to.be.lessThan(20_000);
  });

  it('leave out, and name, one that may not be read', async () => {
    const host = await startHost({ uid: 65534 });
    const made = await runOn(host, 'echo 1 >a; echo 2 >b; chmod 000 a');
    const { files } = await listOf(host, made);
    expect(await fetchOn(host, made, files)).to.deep.include({ missing: ['a'], contents: { b: '2\n' } });
  });

  it('fail with whoever takes them', async () => {
    const host = await startHost();
    const made = await runOn(host, 'head -c 3000000 /dev/zero >a; echo 2 >b');
    const { files } = await listOf(host, made);
    const full = new Error('the disk is full');
    const error: unknown = await scheduler.workspace
      .fetchFiles(host.session, made.location, {
        files,
        onFile: () => Promise.reject(full),
      })
      .catch((reason: unknown) => reason);
    expect(error).to.equal(full);
  });
});
