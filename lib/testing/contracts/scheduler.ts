/** What every scheduler does, whether it starts programs at once or asks a batch system to. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { ControlRoot, Ended } from '../../protocol/attempt-records.js';
import type { AttemptLocation, Listing, RunPlan, Scheduler } from '../../schedulers/scheduler.js';
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

/** Prints a line on each stream, and another one once `go` lies in its directory, or after five seconds. */
const patient = [
  'echo one; echo uno >&2; n=0',
  'until [ -e go ] || [ $n -ge 50 ]; do n=$((n + 1)); sleep 0.1 2>/dev/null || sleep 1; done',
  'echo two; echo due >&2',
].join('\n');

const otherId = 'ffffffffffffffffffffffffffffffff';

function locationOf(
  { directory, name, controlDirectory }: RunPlan,
  controlRoot: ControlRoot | null,
): AttemptLocation {
  return { directory, name, controlDirectory, controlRoot };
}

/** Of a file in the directory of the attempt, from the home directory on. */
function pathOf({ name }: RunPlan, file: string): string {
  return `drs-contract/${name}/${file}`;
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
    const release = async (plan: RunPlan): Promise<void> => {
      await runScript(at.session, 'cd && : >"$1"', [pathOf(plan, 'go')]);
    };
    const listOf = (plan: RunPlan, { root, began }: Pick<Ran, 'root' | 'began'>): Promise<Listing> =>
      at.scheduler.workspace.listFiles(at.session, locationOf(plan, root), {
        filename: plan.filename,
        program: plan.program,
        before: began?.listing ?? { kind: 'cut', time: 0 },
        without: [],
      });

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

    it('says where it prepares an attempt before it asks for the permit, and runs it there', async () => {
      const plan = countedPlan('pwd -P');
      let asked: Parameters<RunPlan['permit']>[0] | undefined;
      const ran = await runAttempt(at, plan, { permit: async (prepared) => void (asked = prepared) });
      assert.deepEqual([asked?.controlRoot, `${asked?.directory}\n`], [ran.root, ran.stdout]);
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

    it('never starts what the database knows began, whatever is found there', async () => {
      const plan = countedPlan('true');
      const { root, began } = await runAttempt(at, plan);
      await runScript(at.session, 'rm -rf "$1"', [`${root?.path}/${plan.name}`]);
      let isAsked = false;
      const permit = async () => void (isAsked = true);
      await runAttempt(at, { ...plan, controlRoot: root, began, fence: 2 }, { permit });
      assert.deepEqual([await startsOf(plan), isAsked], ['s\n', false]);
    });

    it('knows nothing, starts nothing and ends nothing where another control root lies', async () => {
      const { root } = await runAttempt(at, countedPlan('true'));
      assert.ok(root);
      const plan = countedPlan('true', { controlRoot: { ...root, id: otherId } });
      const ran = await runAttempt(at, plan);
      assert.equal(ran.report.kind, 'elsewhere');
      assert.equal(await startsOf(plan), '');
      assert.equal(await cancel(plan, { root: plan.controlRoot, began: null }), 'elsewhere');
    });

    it('lets go of the program at a signal, which runs on, and passes on what follows when it attaches', async () => {
      const plan = countedPlan(patient);
      const controller = new AbortController();
      const seen: Pick<Ran, 'root' | 'began'> = { root: null, began: null };
      const isLetGo = runAttempt(at, plan, {
        signal: controller.signal,
        onBegan: (known) => void Object.assign(seen, known),
        onOutput: (stdout) => stdout === 'one\n' && controller.abort(new Error('let go')),
      });
      await errorOf(isLetGo);
      const known = { controlRoot: seen.root, began: seen.began, fence: 2, from: { stdout: 4, stderr: 4 } };
      const ran = await runAttempt(at, { ...plan, ...known }, { onBegan: () => release(plan) });
      assert.deepEqual([ran.stdout, ran.stderr, endOf(ran).code], ['two\n', 'due\n', 0]);
      assert.equal(await startsOf(plan), 's\n');
    });

    it('passes no output on before it is written down that the program runs', async () => {
      const plan = countedPlan('echo early; : >printed; sleep 1');
      let isKnown = false;
      let isEarly = false;
      const ran = await runAttempt(at, plan, {
        async onBegan() {
          await runScript(at.session, 'cd && until [ -e "$1" ]; do sleep 1; done', [pathOf(plan, 'printed')]);
          isKnown = true;
        },
        onOutput: () => void (isEarly ||= !isKnown),
      });
      assert.deepEqual([ran.stdout, isEarly], ['early\n', false]);
    });

    it('fails where it cannot be written down that the program runs, which runs on', async () => {
      const plan = countedPlan(patient);
      const refused = new Error('somebody else holds it');
      const seen: Pick<Ran, 'root' | 'began'> = { root: null, began: null };
      const onBegan = (known: Pick<Ran, 'root' | 'began'>) => {
        Object.assign(seen, known);
        return Promise.reject(refused);
      };
      assert.equal(await errorOf(runAttempt(at, plan, { onBegan })), refused);
      const known = { controlRoot: seen.root, began: seen.began, fence: 2 };
      const ran = await runAttempt(at, { ...plan, ...known }, { onBegan: () => release(plan) });
      assert.deepEqual([ran.stdout, endOf(ran).reason], ['one\ntwo\n', 'exit']);
    });

    it('passes nothing on where it is not live, and keeps it for the end', async () => {
      let isPassedOn = false;
      const ran = await runAttempt(at, countedPlan('echo out; sleep 1', { isLive: false }), {
        onOutput: () => void (isPassedOn = true),
      });
      assert.deepEqual([ran.stdout, isPassedOn], ['out\n', false]);
    });

    it('ends the program at its time limit', async () => {
      const ran = await runAttempt(at, countedPlan('sleep 5', { timeoutMs: 500 }));
      assert.equal(endOf(ran).reason, 'timeout');
    });

    it('ends the program, and what it started, at a cancel', async () => {
      const plan = countedPlan('sleep 300 & echo $!; wait');
      const seen: Pick<Ran, 'root' | 'began'> = { root: null, began: null };
      let answer: Promise<string> | undefined;
      const ran = await runAttempt(at, plan, {
        onBegan: (known) => void Object.assign(seen, known),
        onOutput: () => void (answer ??= cancel(plan, seen)),
      });
      assert.equal(await answer, 'ended');
      assert.equal(endOf(ran).reason, 'cancel');
      const { stdout } = await runScript(at.session, 'kill -0 "$1" 2>/dev/null && echo alive', [
        ran.stdout.trim(),
      ]);
      assert.equal(stdout, '');
    });

    it('says of what has ended that there was nothing to cancel', async () => {
      const plan = countedPlan('true');
      assert.equal(await cancel(plan, await runAttempt(at, plan)), 'ended-before');
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
      const listing = await listOf(plan, ran);
      assert.deepEqual(listing.files.map((file) => file.name).sort(), ['deep/five.txt', 'starts']);
      const brought = new Map<string, string>();
      const fetched = await at.scheduler.workspace.fetchFiles(at.session, location, {
        files: listing.files,
        onFile: async (file, content) => void brought.set(file.name, await text(content)),
      });
      assert.deepEqual(fetched, { changed: [], missing: [], problem: null });
      assert.equal(brought.get('deep/five.txt'), '12345');
    });

    it('does not bring what was changed since it was listed, and says so', async () => {
      const plan = countedPlan('echo 1 >one; echo 2 >two');
      const ran = await runAttempt(at, plan);
      const location = locationOf(plan, ran.root);
      const listing = await listOf(plan, ran);
      await runScript(at.session, 'cd && echo more >>"$1"; rm "$2"', [
        pathOf(plan, 'one'),
        pathOf(plan, 'two'),
      ]);
      const fetched = await at.scheduler.workspace.fetchFiles(at.session, location, {
        files: listing.files,
        onFile: async (_file, content) => void (await text(content).catch(() => undefined)),
      });
      assert.deepEqual(
        fetched.changed.map(({ name: file, size }) => [file, size]),
        [['one', 7]],
      );
      assert.deepEqual(fetched.missing, ['two']);
    });

    it('reads the bytes of the output that are asked for, and no others', async () => {
      const plan = countedPlan('printf 0123456789; printf abcdefghij >&2');
      const { root } = await runAttempt(at, plan);
      const read = { stdout: '', stderr: '' };
      await at.scheduler.workspace.readOutput(at.session, locationOf(plan, root), {
        from: { stdout: 3, stderr: 8 },
        bytes: { stdout: 4, stderr: 2 },
        onOutput: (stream, bytes) => void (read[stream] += bytes.toString()),
      });
      assert.deepEqual(read, { stdout: '3456', stderr: 'ij' });
    });

    it('copies a program and does not run it', async () => {
      const plan = countedPlan('echo ran');
      const report = await at.scheduler.workspace.copy(at.session, plan);
      assert.equal(report.kind, 'copied');
      const { stdout } = await runScript(at.session, 'cat "$1"', ['path' in report ? report.path : '']);
      assert.equal(stdout, plan.program.toString());
      assert.equal(await startsOf(plan), '');
    });

    it('leaves what still runs alone when it cleans up', async () => {
      const plan = countedPlan(patient);
      let cleaned: string[] | undefined;
      const ran = await runAttempt(at, plan, {
        async onBegan({ root }) {
          const locations = [{ ...locationOf(plan, root), isWhole: true }];
          cleaned = await at.scheduler.workspace.clean(at.session, locations);
          await release(plan);
        },
      });
      assert.deepEqual([cleaned, ran.stdout, endOf(ran).code], [[], 'one\ntwo\n', 0]);
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
