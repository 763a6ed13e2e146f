import { expect } from 'chai';
import { mkdir, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost, type Host } from '../support/host-session.js';
import { listOf, namesOf, resultsOf, runOn } from './listing.js';

const hosts = [
  ['the GNU tools', {}],
  ['busybox alone', { hasBusyboxAlone: true }],
  ['no find', { without: ['find'] }],
  ['neither find nor stat', { without: ['find', 'stat'] }],
] as const;

for (const [tools, options] of hosts) {
  describe(`what a program made, on a server with ${tools}`, () => {
    let host: Host;
    before(async () => {
      host = await startHost(options);
    });

    it('is nothing when it made nothing', async () => {
      expect(await resultsOf(host, 'true')).to.deep.equal([]);
    });

    for (const [what, program, names] of [
      [
        'an old time',
        'touch -t 200101010000 old.csv; cp -p /etc/hostname copied.txt',
        ['copied.txt', 'old.csv'],
      ],
      ['a time to come', 'touch -t 203001010000 later.csv', ['later.csv']],
      ['a name that was moved', 'cp -p /etc/hostname a; mv a b', ['b']],
      ['been touched, all of them', 'echo 1 >a.csv; find . -type f -exec touch {} +; touch *', ['a.csv']],
      ['outlived the deletion of all that is empty', 'echo 1 >a; find . -type f -empty -delete; true', ['a']],
      ['a backslash in its name', "echo 1 >'a\\b.csv'", ['a\\b.csv']],
      ['a line end in its name', "echo 1 >'a\nb'; mkdir 'c\nd'; echo 1 >'c\nd/*'", ['a\nb', 'c\nd/*']],
      ['a quote and a star in its name', 'echo 1 >"it\'s *"', ["it's *"]],
      ['a name that looks like an option', 'echo 1 >./-rf', ['-rf']],
      ['a hidden name', 'echo 1 >.a; echo 1 >..b; mkdir .c; echo 1 >.c/d', ['..b', '.a', '.c/d']],
      ['letters beyond ASCII in its name', 'echo 1 >"Łāłą ☃"', ['Łāłą ☃']],
      ['the name of the program, which was changed', 'echo "#" >>job.sh', ['job.sh']],
    ] as const) {
      it(`is each file that has ${what}`, async () => {
        expect(await resultsOf(host, program)).to.include.members([...names]);
      });
    }

    it('tells of links, pipes and names that are no UTF-8', async () => {
      const program =
        'ln -s /etc/passwd latest.csv; mkfifo pipe; echo 1 >"$(printf \'caf\\351.csv\')"; echo 1 >ok';
      const listing = await listOf(host, await runOn(host, program));
      expect(listing).to.deep.include({
        links: { count: 1, names: ['latest.csv'] },
        special: { count: 1, names: ['pipe'] },
        nameless: { count: 1, names: ['caf\\xe9.csv'] },
        problem: null,
      });
      expect(namesOf(listing)).to.deep.equal(['ok']);
    });

    it('is only what differs from what was there before', async () => {
      const path = join(host.home, 'there');
      await mkdir(join(path, 'data'), { recursive: true });
      for (const name of ['same', 'replaced', 'edited', 'data/old', 'deleted', 'appended']) {
        await writeFile(join(path, name), 'before');
      }
      const long = new Date('2001-01-01');
      for (const name of ['replaced', 'edited']) await utimes(join(path, name), long, long);
      const program = [
        'printf "after." >new; touch -r replaced new; mv new replaced',
        'touch -r edited stamp; printf "after." >edited; touch -r stamp edited; rm stamp',
        'rm deleted; echo more >>appended; cp -p /etc/hostname data/copied; cat data/old >/dev/null',
      ];
      const names = await resultsOf(host, program.join('\n'), 'there');
      expect(names).to.deep.equal(['appended', 'data/copied', 'edited', 'replaced']);
    });
  });
}

describe('what a program made in a directory of many files', () => {
  let host: Host;
  before(async () => {
    host = await startHost();
    await mkdir(join(host.home, 'many'));
    for (let i = 0; i < 5000; i += 1) await writeFile(join(host.home, 'many', `file-${i}`), '');
  });

  it('is the one that it changed', async () => {
    expect(await resultsOf(host, 'echo 1 >>file-77', 'many')).to.deep.equal(['file-77']);
  });

  it('is told by the time of the change where the list is gone', async () => {
    const made = await runOn(host, 'echo 1 >>file-78; touch -t 200101010000 old', 'many');
    const { controlRoot, name } = made.location;
    await rm(join(controlRoot?.path ?? '', name, 'before.1'));
    const listing = await listOf(host, made);
    expect(namesOf(listing)).to.deep.equal(['file-78', 'old']);
    expect(listing.isByTime).to.be.true;
  });

  it('is told by the time of the change where the list is cut', async () => {
    const made = await runOn(host, 'echo 1 >>file-79', 'many');
    const path = join(made.location.controlRoot?.path ?? '', made.location.name, 'before.1');
    const { size } = await stat(path);
    await truncate(path, Math.floor(size / 2));
    const listing = await listOf(host, made);
    expect(namesOf(listing)).to.deep.equal(['file-79']);
    expect(listing.isByTime).to.be.true;
  });
});

describe('what a program made, as another account', () => {
  let host: Host;
  before(async () => {
    host = await startHost({ uid: 65534 });
  });

  it('is listed beside a folder that cannot be read, which is named', async () => {
    const listing = await listOf(
      host,
      await runOn(host, 'mkdir sub; chmod 000 sub; echo 1 >a.csv; echo out'),
    );
    expect(namesOf(listing)).to.deep.equal(['a.csv']);
    expect(listing.unreadable).to.deep.equal({ count: 1, names: ['sub'] });
  });

  it('is told to be gone where the directory was moved away', async () => {
    const made = await runOn(host, 'echo 1 >a');
    await rename(made.path, `${made.path}.done`);
    const listing = await listOf(host, made);
    expect(listing.files).to.deep.equal([]);
    expect(listing.problem).to.equal('The remote directory is gone, and what was in it.');
  });
});
