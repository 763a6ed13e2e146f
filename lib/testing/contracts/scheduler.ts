/** What every scheduler does, whether it starts programs at once or asks a batch system to. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Began, ControlRoot, Ended } from '../../protocol/attempt-records.js';
import type { AttemptLocation, RunPlan, Scheduler } from '../../schedulers/scheduler.js';
import type { Session } from '../../transports/session.js';
import { planOf, runAttempt, type Ran } from './run-attempt.js';
import { errorOf, runScript } from './run-script.js';
import { globalRunner, type TestRunner } from './test-runner.js';

/** A scheduler, and the machine that it is tried on: one with a POSIX shell, and room in the home directory. */
export interface SchedulerUnderTest {
  scheduler: Scheduler;
  session: Session;
  /** Called after the suite. */
  close?(): Promise<void>;
}

/** An attempt of its own directory, which appends a line to `starts` each time that it begins. */
function countedPlan(program: string, changes: Partial<RunPlan> = {}): RunPlan {
  const name = `${randomUUID()}-1`;
  return planOf(`echo s >>starts\n${program}`, { directory: `~/drs-contract/${name}`, name, ...changes });
}

function locationOf(
  { directory, name, controlDirectory }: RunPlan,
  controlRoot: ControlRoot | null,
): AttemptLocation {
  return { directory, name, controlDirectory, controlRoot };
}

function endOf({ report }: Ran): Ended {
  assert.equal(report.kind, 'ended', JSON.stringify(report));
  return report.ended;
}

/**
 * Defines the tests of a scheduler.
 *
 * @param name its name in the titles
 * @param open makes it, and a session on a machine where it works
 * @param runner default: the global functions of mocha
 * @throws TypeError when there is no test runner
 * @example schedulerContract('slurm', openCluster);
 */
export function schedulerContract(
  name: string,
  open: () => Promise<SchedulerUnderTest>,
  runner: TestRunner = globalRunner(),
): void {
  const { describe, it, before, after } = runner;
  describe(`${name} is a scheduler`, () => {
    let at: SchedulerUnderTest;
    before(async () => {
      at = await open();
    });
    after(async () => {
      await runScript(at.session, 'rm -rf ~/drs-contract');
      await at.close?.();
    });
    const startsOf = async ({ name: attempt }: RunPlan): Promise<string> =>
      (await runScript(at.session, `cat ~/drs-contract/"$1"/starts 2>/dev/null`, [attempt])).stdout;
    const cancel = (plan: RunPlan, { root, began }: Pick<Ran, 'root' | 'began'>) =>
      at.scheduler.cancel(at.session, locationOf(plan, root), { fence: plan.fence, began });

    it('gives output and exit code', async () => {
      const ran = await runAttempt(at, countedPlan('echo out; echo error >&2; exit 3'));
      assert.deepEqual([ran.stdout, ran.stderr, ran.how], ['out\n', 'error\n', ['started']]);
      const { code, reason, sizes } = endOf(ran);
      assert.deepEqual({ code, reason, sizes }, { code: 3, reason: 'exit', sizes: { stdout: 4, stderr: 6 } });
    });

    it('starts nothing that is not permitted', async () => {
      const plan = countedPlan('true');
      const refused = new Error('somebody else holds it');
      const error = await errorOf(runAttempt(at, plan, { permit: () => Promise.reject(refused) }));
      assert.equal(error, refused);
      assert.equal(await startsOf(plan), '');
    });

    it('attaches to what has begun, and starts nothing twice', async () => {
      const plan = countedPlan('echo out; exit 4');
      const first = await runAttempt(at, plan);
      const again = await runAttempt(at, { ...plan, controlRoot: first.root, began: first.began, fence: 2 });
      assert.equal(endOf(again).code, 4);
      assert.equal(again.stdout, 'out\n');
      const unknown = await runAttempt(at, { ...plan, controlRoot: first.root, fence: 3 });
      assert.equal(endOf(unknown).code, 4);
      assert.equal(await startsOf(plan), 's\n');
    });

    it('ends the program at its time limit', async () => {
      const ran = await runAttempt(at, countedPlan('sleep 300', { timeoutMs: 500 }));
      assert.equal(endOf(ran).reason, 'timeout');
    });

    it('ends the program, and what it started, at a cancel', async () => {
      const plan = countedPlan('sleep 300 & echo $!; wait');
      const hear: { began: Began | null; root: ControlRoot | null } = { began: null, root: null };
      let answer: Promise<string> | undefined;
      const running = at.scheduler.run(at.session, plan, {
        onLocated: (root) => void (hear.root = root),
        onBegan: async (_how, began) => void (hear.began = began),
        onOutput: () => void (answer ??= cancel(plan, hear)),
      });
      const report = await running;
      assert.equal(await answer, 'ended');
      assert.equal(endOf({ report } as Ran).reason, 'cancel');
    });

    it('never starts what was cancelled before', async () => {
      const plan = countedPlan('true');
      let root: ControlRoot | null = null;
      await errorOf(
        runAttempt(at, plan, {
          permit: (prepared) => Promise.reject(((root = prepared.controlRoot), new Error('not yet'))),
        }),
      );
      assert.equal(await cancel(plan, { root, began: null }), 'never');
      assert.equal((await runAttempt(at, { ...plan, controlRoot: root })).report.kind, 'never');
      assert.equal(await startsOf(plan), '');
    });

    it('lists what was made, and brings it whole', async () => {
      const plan = countedPlan('mkdir deep; printf 12345 >deep/five.txt');
      const ran = await runAttempt(at, plan);
      const location = locationOf(plan, ran.root);
      const { workspace } = at.scheduler;
      const listing = await workspace.listFiles(at.session, location, {
        filename: plan.filename,
        program: plan.program,
        before: ran.began?.listing ?? { kind: 'cut', time: 0 },
        without: [],
      });
      assert.deepEqual(listing.files.map((file) => file.name).sort(), ['deep/five.txt', 'starts']);
      const brought = new Map<string, string>();
      const fetched = await workspace.fetchFiles(at.session, location, {
        files: listing.files,
        onFile: async (file, content) => void brought.set(file.name, await text(content)),
      });
      assert.deepEqual(fetched, { changed: [], missing: [], problem: null });
      assert.equal(brought.get('deep/five.txt'), '12345');
    });

    it('copies a program and does not run it', async () => {
      const plan = countedPlan('echo ran');
      const report = await at.scheduler.workspace.copy(at.session, plan);
      assert.equal(report.kind, 'copied');
      const { stdout } = await runScript(at.session, 'cat "$1"', ['path' in report ? report.path : '']);
      assert.equal(stdout, plan.program.toString());
      assert.equal(await startsOf(plan), '');
    });

    it('cleans up after an attempt that has ended, also when asked twice', async () => {
      const plan = countedPlan('true');
      const { root } = await runAttempt(at, plan);
      const locations = [{ ...locationOf(plan, root), isWhole: true }];
      assert.deepEqual(await at.scheduler.workspace.clean(at.session, locations), [plan.name]);
      assert.deepEqual(await at.scheduler.workspace.clean(at.session, locations), [plan.name]);
    });
  });
}
