import { expect } from 'chai';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommand } from '../../lib/embedded/install.js';
import { direct } from '../../lib/schedulers/direct.js';
import type { RunPlan } from '../../lib/schedulers/scheduler.js';
import type { Session } from '../../lib/transports/session.js';
import { shellSession } from '../support/shell-session.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const shells = [
  { command: 'dash', debianPackage: 'dash' },
  { command: 'bash', debianPackage: 'bash' },
  { command: 'busybox', debianPackage: 'busybox' },
];

for (const shell of shells) {
  describe(`cleaning up with ${shell.command} as sh`, () => {
    const scheduler = direct();
    let home: string;
    let session: Session;
    let count = 0;
    before(async () => {
      home = await temporaryFolder('clean');
      session = await shellSession(await ensureCommand(shell), home);
    });

    const planOf = (program: string, directory = '~/work'): RunPlan => ({
      directory,
      name: `job-${(count += 1)}`,
      filename: 'program.sh',
      program: Buffer.from(program),
      interpreter: { path: 'sh', arguments: [] },
      timeoutMs: 60_000,
      isLive: true,
      isListing: true,
      from: { stdout: 0, stderr: 0 },
      allowed: Promise.resolve(),
    });

    async function run(plan: RunPlan, onOutput: () => void = () => undefined) {
      const ready: string[] = [];
      const report = await scheduler.run(session, plan, { onReady: (how) => ready.push(how), onOutput });
      return { report, ready };
    }

    const controlOf = ({ directory, name }: RunPlan) => join(directory.replace('~', home), '.drs', name);
    const leftOf = async (plan: RunPlan) => (await readdir(controlOf(plan))).sort();

    it('leaves the claim and how it ended, and so no second start', async () => {
      const plan = planOf('echo x; echo y >&2; exit 3');
      await run(plan);
      expect(await scheduler.clean(session, [plan])).to.deep.equal([plan.name]);
      expect(await leftOf(plan)).to.deep.equal(['claim', 'exit']);
      const { ready, report } = await run(plan);
      expect(ready).to.deep.equal(['attached']);
      expect(report).to.include({ kind: 'ended', code: 3 });
    });

    it('takes many directories at a time, odd ones and those that are gone', async () => {
      const plans = ['~/some where ', '~/else$where/[*]', '~/gone'].map((directory) =>
        planOf('echo x', directory),
      );
      for (const plan of plans) await run(plan);
      await rm(join(home, 'gone'), { recursive: true });
      expect(await scheduler.clean(session, plans)).to.deep.equal(plans.map(({ name }) => name));
      for (const plan of plans.slice(0, 2)) expect(await leftOf(plan)).to.deep.equal(['claim', 'exit']);
    });

    it('leaves alone what still runs', async () => {
      const plan = planOf('echo one; while ! [ -e done ]; do sleep 0.05; done; echo two');
      let cleaned: Promise<string[]> | undefined;
      const { report } = await run(plan, () => {
        cleaned ??= scheduler
          .clean(session, [plan])
          .finally(() => void writeFile(join(home, 'work', 'done'), ''));
      });
      expect(await cleaned).to.deep.equal([]);
      expect(report).to.deep.include({ kind: 'ended', sizes: { stdout: 8, stderr: 0 } });
    });

    it('still keeps a starter that comes late from its program', async () => {
      const plan = planOf('echo x >too-late');
      const control = controlOf(plan);
      await mkdir(join(control, 'claim'), { recursive: true });
      await writeFile(join(control, 'pid'), 'none none none\n');
      await writeFile(join(control, 'out'), '');
      await scheduler.clean(session, [plan]);
      expect(await leftOf(plan)).to.deep.equal(['claim', 'pid']);
    });

    it('keeps what was refused from a start that comes late', async () => {
      const plan = { ...planOf('echo x'), interpreter: { path: '/no/such', arguments: [] } };
      await run(plan);
      await scheduler.clean(session, [plan]);
      expect(await leftOf(plan)).to.deep.equal(['claim']);
    });

    it('is not needed for results: control directories are none, wherever they are', async () => {
      const program =
        'mkdir -p child/.drs/other; echo x >child/.drs/other/out; echo y >child/mine; echo z >.drs/z';
      const { report } = await run(planOf(program, '~/parent'));
      expect(report).to.deep.include({ files: ['child/mine'] });
    });
  });
}
