import { expect } from 'chai';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlRoot } from '../../lib/protocol/attempt-records.js';
import type { RunPlan } from '../../lib/schedulers/scheduler.js';
import { bench, filesIn, shells, type Bench } from './support.js';

for (const shell of shells) {
  describe(`cleaning up with ${shell.command} as sh`, () => {
    let at: Bench;
    let root: ControlRoot;
    before(async () => {
      at = await bench(shell);
      root = await at.makeRoot();
    });

    const clean = (plans: readonly RunPlan[], { isWhole = false, controlRoot = root } = {}) =>
      at.scheduler.workspace.clean(
        at.session,
        plans.map((plan) => ({ ...plan, controlRoot, isWhole })),
      );

    it('leaves the decision and how it ended, and so no second start', async () => {
      const plan = at.planOf('echo x; echo y >&2; echo s >>~/once; exit 3', { timeoutMs: 60_000 });
      await at.run(plan);
      expect(await clean([plan])).to.deep.equal([plan.name]);
      expect(await filesIn(at.controlOf(plan))).to.deep.equal(['begun', 'exit']);
      const { how, report } = await at.run({ ...plan, fence: 2 });
      expect(how).to.deep.equal(['attached']);
      expect(report).to.have.nested.property('ended.code', 3);
      expect(await readFile(join(at.home, 'once'), 'utf8')).to.equal('s\n');
    });

    it('takes many directories at a time, and those that are gone', async () => {
      const plans = ['a', 'b', 'c'].map((name) => at.planOf('echo x', { name: `${name}-1` }));
      for (const plan of plans) await at.run(plan);
      await rm(join(root.path, 'b-1'), { recursive: true });
      expect(await clean(plans)).to.deep.equal(['a-1', 'b-1', 'c-1']);
      expect(await filesIn(join(root.path, 'a-1'))).to.deep.equal(['begun', 'exit']);
      expect(await clean(plans, { isWhole: true })).to.deep.equal(['a-1', 'b-1', 'c-1']);
      expect(await readdir(root.path)).not.to.include.members(['a-1']);
    });

    it('touches nothing in a control root that is another one', async () => {
      const plan = at.planOf('echo x');
      await at.run(plan);
      const controlRoot = { ...root, id: 'f'.repeat(32) };
      expect(await clean([plan], { isWhole: true, controlRoot })).to.deep.equal([]);
      expect(await filesIn(at.controlOf(plan))).to.include('out');
    });

    it('leaves alone what still runs', async () => {
      const plan = at.planOf('echo one; while ! [ -e ~/done ]; do sleep 0.05; done; echo two');
      let cleaned: Promise<string[]> | undefined;
      const ran = await at.run(plan, {
        onOutput() {
          cleaned ??= clean([plan], { isWhole: true }).finally(
            () => void writeFile(join(at.home, 'done'), ''),
          );
        },
      });
      expect(await cleaned).to.deep.equal([]);
      expect(ran.stdout).to.equal('one\ntwo\n');
      await rm(join(at.home, 'done'));
    });

    it('removes what was prepared and never began', async () => {
      const plan = at.planOf('echo x');
      const refused = new Error('no');
      await at.run(plan, { permit: () => Promise.reject(refused) }).catch(() => undefined);
      await mkdir(at.controlOf(plan), { recursive: true });
      expect(await clean([plan], { isWhole: true })).to.deep.equal([plan.name]);
      expect(await readdir(root.path)).not.to.include(plan.name);
    });
  });
}
