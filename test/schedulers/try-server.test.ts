/** What is tried on a server before a job runs there, with one shell and another as `sh`. */

import { expect } from 'chai';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { direct } from '../../lib/schedulers/direct.js';
import { bench, shells, type Bench } from './support.js';

for (const shell of shells) {
  describe(`what is tried with ${shell.command}`, () => {
    const scheduler = direct();
    let home: string;
    let session: Bench['session'];
    before(async () => {
      ({ home, session } = await bench(shell));
    });

    it('tells which interpreters are there', async () => {
      const asked = [
        { name: 'Shell', path: 'sh' },
        { name: 'Odd', path: `~/it's "odd"` },
        { name: 'Gone', path: '/opt/gone $(id)' },
      ];
      await writeFile(join(home, `it's "odd"`), '', { mode: 0o755 });
      const { missing, interpreters } = (await scheduler.workspace.tryCommands?.(session, asked)) ?? {};
      expect(missing).to.deep.equal([]);
      expect(interpreters?.map(({ path }) => path)).to.deep.equal([
        interpreters?.[0]?.path,
        join(home, `it's "odd"`),
        null,
      ]);
      expect(interpreters?.[0]?.path).to.match(/sh$/);
    });

    it('makes the control root once, where it is wanted', async () => {
      const first = await scheduler.workspace.tryDirectory?.(session, null);
      expect(first).to.deep.equal({ path: join(home, '.drs'), why: null });
      expect(await scheduler.workspace.tryDirectory?.(session, null)).to.deep.equal(first);
      expect(await readdir(join(home, '.drs'))).to.deep.equal(['id']);
      await mkdir(join(home, 'other'));
      const other = await scheduler.workspace.tryDirectory?.(session, '~/other/root');
      expect(other).to.deep.equal({ path: join(home, 'other/root'), why: null });
    });

    it('says why another control root is taken than the wanted one', async () => {
      const { path, why } = (await scheduler.workspace.tryDirectory?.(session, '/proc/drs')) ?? {};
      expect(path).to.equal(`/var/tmp/drs-${process.getuid?.()}`);
      expect(why).to.include('/proc/drs');
    });
  });
}
