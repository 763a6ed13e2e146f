import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Began, ControlRoot } from '../../lib/protocol/attempt-records.js';
import type { RunPlan } from '../../lib/schedulers/scheduler.js';
import { atEnd } from '../support/cleanup.js';
import { isAlive } from '../support/processes.js';
import { until } from '../worker/support.js';
import { bench, endOf, filesIn, holdCommand, shells, type Bench } from './support.js';

/** As the scripts tell it. */
async function thisMachine(): Promise<string> {
  const text = async (path: string) => (await readFile(path, 'utf8')).trim();
  const first = (await text('/proc/1/stat')).replace(/^.*\) /, '').split(' ')[19];
  return `${await text('/proc/sys/kernel/hostname')}:${await text('/proc/sys/kernel/random/boot_id')}:${first}`;
}

for (const shell of shells) {
  describe(`the one decision about a start, with ${shell.command} as sh`, () => {
    let at: Bench;
    let root: ControlRoot;
    let machine: string;
    before(async () => {
      at = await bench(shell);
      root = await at.makeRoot();
      machine = await thisMachine();
    });

    const counting = (name: string, more = '') => `echo s >>~/${name}; ${more}`;
    const startsOf = (name: string) => readFile(join(at.home, name), 'utf8').catch(() => '');
    const cancel = (plan: RunPlan, began: Began | null = null) =>
      at.scheduler.cancel(at.session, { ...plan, controlRoot: root }, { fence: plan.fence, began });
    const known = (plan: RunPlan, changes: Partial<RunPlan> = {}): RunPlan => ({
      ...plan,
      controlRoot: root,
      ...changes,
    });
    const begunBy = (changes: Partial<Began>): Began => ({
      ...{ machine, pid: 999_999_999, since: '1', listing: { kind: 'made', time: 0 } },
      ...changes,
    });
    const beganOf = async (plan: RunPlan): Promise<Began | null> => {
      const line = await readFile(join(at.controlOf(plan), 'begun'), 'utf8').catch(() => '');
      const [, , where = '', pid, since = ''] = line.trim().split(' ');
      return since === '' ? null : begunBy({ machine: where, pid: Number(pid), since });
    };
    /** As the wrapper does: aside, then renamed. */
    const writeExit = async (plan: RunPlan, text: string) => {
      await writeFile(join(at.controlOf(plan), 'exit.1'), text);
      await rename(join(at.controlOf(plan), 'exit.1'), join(at.controlOf(plan), 'exit'));
    };
    const writeBegun = async (plan: RunPlan, { machine: where, pid, since }: Began) => {
      await mkdir(at.controlOf(plan), { recursive: true });
      await writeFile(join(at.controlOf(plan), 'begun'), `start 1 ${where} ${pid} ${since}\n`);
    };

    it('is one line in one file', async () => {
      const plan = at.planOf('true', { fence: 7 });
      const { began } = await at.run(plan);
      const line = await readFile(join(at.controlOf(plan), 'begun'), 'utf8');
      expect(line).to.equal(`start 7 ${machine} ${began?.pid} ${began?.since}\n`);
    });

    it('is made once: the second start attaches and reports the same end', async () => {
      const plan = at.planOf(counting('twice', 'exit 4'));
      const first = await at.run(plan);
      const second = await at.run(known(plan, { fence: 2 }));
      expect([first.how, second.how]).to.deep.equal([['started'], ['attached']]);
      expect([endOf(second), second.began]).to.deep.equal([endOf(first), first.began]);
      expect(await startsOf('twice')).to.equal('s\n');
    });

    it('is made once when ten start it at the same time', async () => {
      const plan = at.planOf(counting('ten', 'sleep 0.3; exit 4'));
      const all = await Promise.all(Array.from({ length: 10 }, (_, i) => at.run({ ...plan, fence: i + 1 })));
      expect(all.map(endOf)).to.deep.equal(Array(10).fill(all[0] && endOf(all[0])));
      expect(all.flatMap(({ how }) => how).filter((how) => how === 'started')).to.have.length(1);
      expect(await startsOf('ten')).to.equal('s\n');
    });

    it('is made again by nobody who was let go, whenever that was', async () => {
      for (let ms = 0; ms < 60; ms += 6) {
        const plan = at.planOf(counting(`let-go-${ms}`, 'sleep 0.1; exit 5'), { name: `job-${ms}-1` });
        const letGo = new AbortController();
        const first = at.run(plan, { signal: letGo.signal }).catch(() => undefined);
        setTimeout(() => letGo.abort(), ms);
        await first;
        const second = await at.run(known(plan, { fence: 2 }));
        expect(endOf(second)).to.include({ code: 5 });
        expect(await startsOf(`let-go-${ms}`), `let go after ${ms} ms`).to.equal('s\n');
      }
    });

    it('is not made when nobody says go', async () => {
      const plan = at.planOf(counting('no-go'));
      const refused = new Error('no');
      await at.run(plan, { permit: () => Promise.reject(refused) }).catch(() => undefined);
      const { how } = await at.run(known(plan, { fence: 2 }));
      expect(how).to.deep.equal(['started']);
      expect(await startsOf('no-go')).to.equal('s\n');
    });

    it('is not made in another control root, nor where none is', async () => {
      const plan = at.planOf(counting('elsewhere'));
      for (const path of [root.path, join(at.home, 'nowhere')]) {
        const controlRoot = { id: 'f'.repeat(32), path };
        const { report } = await at.run({ ...plan, controlRoot });
        expect(report).to.include({ kind: 'elsewhere' });
        expect(
          await at.scheduler.cancel(at.session, { ...plan, controlRoot }, { fence: 1, began: null }),
        ).to.equal('elsewhere');
      }
      expect(await startsOf('elsewhere')).to.equal('');
      expect(await readdir(at.home)).not.to.include('nowhere');
    });

    it('is not made when the control root goes away between permit and go', async () => {
      const plan = at.planOf(counting('went-away'));
      const { report } = await at.run(known(plan), {
        permit: () => rename(root.path, `${root.path}-away`),
      });
      await rename(`${root.path}-away`, root.path);
      expect(report).to.include({ kind: 'elsewhere' });
      expect(await startsOf('went-away')).to.equal('');
    });

    it('is not made when its control directory goes away between permit and go', async () => {
      const plan = at.planOf(counting('went'));
      const { report } = await at.run(known(plan), {
        permit: () => rename(at.controlOf(plan), join(at.home, 'taken-away')),
      });
      expect(report).to.include({ kind: 'elsewhere' });
      await rm(join(at.home, 'taken-away'), { recursive: true, maxRetries: 5 });
      expect(await startsOf('went')).to.equal('');
    });

    for (const command of ['mkdir', 'find']) {
      it(`stands, and all that belongs to it, when one who stood still in ${command} prepares another`, async () => {
        const plan = at.planOf('echo 1 >new; touch ~/acts; until [ -e ~/act-on ]; do sleep 0.05; done', {
          fence: 1,
        });
        const old = join(at.home, plan.directory.slice(2), command === 'find' ? '.' : '..', 'old');
        await mkdir(dirname(old), { recursive: true });
        await writeFile(old, '');
        const hold = await holdCommand(at, command);
        const late = at.run(known(plan), { permit: () => writeFile(join(at.home, 'act-on'), '') });
        await hold.isHeld;
        const first = at.run(known(plan, { fence: 2 }));
        await until(async () => (await readdir(at.home)).includes('acts'));
        const group = await readFile(join(at.controlOf(plan), 'group.2'), 'utf8');
        await hold.release();
        const [{ began, report }, { how, report: lateReport }] = await Promise.all([first, late]);
        expect(how).to.deep.equal(['attached']);
        expect(lateReport).to.deep.equal(report);
        expect(Number(group)).to.be.greaterThan(1);
        expect(await readFile(join(at.controlOf(plan), 'group.2'), 'utf8')).to.equal(group);
        const before = began?.listing ?? { kind: 'none', time: 0 };
        const made = { filename: plan.filename, program: plan.program, before, without: [] };
        const { files } = await at.scheduler.workspace.listFiles(
          at.session,
          { ...plan, controlRoot: root },
          made,
        );
        expect(files.map(({ name }) => name)).to.deep.equal(['new']);
        for (const name of ['acts', 'act-on']) await rm(join(at.home, name));
      });
    }

    it('stands when a cancel came first', async () => {
      const plan = at.planOf(counting('never'));
      expect(await cancel(plan)).to.equal('never');
      const { report, how } = await at.run(known(plan));
      expect(how).to.deep.equal([]);
      expect(report).to.include({ kind: 'never', why: 'cancel' });
      expect(await cancel(plan)).to.equal('never');
      expect(await startsOf('never')).to.equal('');
    });

    it('goes to the start or to the cancel, and never to both', async () => {
      for (let round = 0; round < 8; round += 1) {
        const plan = at.planOf(counting(`race-${round}`, 'sleep 5'), { name: `race-${round}-1` });
        let answer: Promise<string> | undefined;
        const ran = await at.run(known(plan), {
          permit: async () => {
            answer = delay(round * 2).then(() => cancel(plan));
          },
        });
        const said = await answer;
        const starts = await startsOf(`race-${round}`);
        if (said === 'never') {
          expect(starts).to.equal('');
          expect(ran.report).to.include({ kind: 'never' });
        } else {
          expect(endOf(ran)).to.include({ reason: 'cancel' });
        }
      }
    });

    it('known to the database is attached to, and never made, whatever is found', async () => {
      const plan = at.planOf(counting('known'));
      const { report } = await at.run(known(plan, { began: begunBy({}) }));
      expect(report).to.include({ kind: 'lost' });
      expect(report).to.have.property('detail').that.contains('control directory was removed');
      expect(await startsOf('known')).to.equal('');
    });

    it('is found by a database that lost it', async () => {
      const plan = at.planOf(counting('lost-by-database', 'sleep 0.5; exit 3'));
      const first = at.run(plan);
      await until(async () => (await startsOf('lost-by-database')) !== '');
      const second = await at.run({ ...plan, fence: 2 });
      expect(second.how).to.deep.equal(['attached']);
      expect(endOf(second)).to.deep.equal(endOf(await first));
    });

    it('without process and exit status is lost', async () => {
      const plan = at.planOf(counting('gone'));
      await writeBegun(plan, begunBy({}));
      const { report } = await at.run(known(plan));
      expect(report).to.include({ kind: 'lost' });
      expect(await startsOf('gone')).to.equal('');
    });

    it('before a restart of the server is lost', async () => {
      const plan = at.planOf(counting('restarted'));
      const [host] = machine.split(':');
      await writeBegun(plan, begunBy({ machine: `${host}:another-boot:1` }));
      const { report } = await at.run(known(plan));
      expect(report).to.include({ kind: 'lost' });
      expect(report).to.have.property('detail').that.contains('restarted');
    });

    for (const [what, elsewhere] of [
      ['of another host', 'another-host:boot:1'],
      ['in another container', null],
    ] as const) {
      it(`${what} is followed, and its end believed`, async () => {
        const plan = at.planOf(counting('away'));
        const [host, boot] = machine.split(':');
        await writeBegun(plan, begunBy({ machine: elsewhere ?? `${host}:${boot}:0` }));
        await writeFile(join(at.controlOf(plan), 'out'), 'from afar\n');
        expect(await cancel(plan)).to.equal('elsewhere');
        const ran = await at.run(known(plan), {
          onOutput: () => void writeExit(plan, '3 exit 10 0\n'),
        });
        expect(ran.how).to.deep.equal(['followed']);
        expect(endOf(ran)).to.include({ code: 3 });
        expect(ran.stdout).to.equal('from afar\n');
      });
    }

    it('whose control root was wiped is waited for, and its end comes from its wrapper', async () => {
      const plan = at.planOf(counting('wiped', 'sleep 0.3; rm -rf ~/.drs; sleep 1; exit 3'));
      const first = at.run(plan);
      const began = await until(() => beganOf(plan));
      await until(async () => !(await readdir(at.home)).includes('.drs'));
      const second = await at.run(known(plan, { began, fence: 2 }));
      expect(second.how).to.deep.equal(['attached']);
      expect(endOf(second)).to.deep.include({ code: 3, notes: ['wiped'] });
      expect(endOf(await first)).to.include({ code: 3 });
      expect(await startsOf('wiped')).to.equal('s\n');
      expect(await readFile(join(root.path, 'id'), 'utf8')).to.equal(`${root.id}\n`);
    });

    it('whose control directory was wiped can be cancelled by who knows it', async () => {
      const plan = at.planOf('echo $$; sleep 0.3; rm -rf ~/.drs/*-1; touch ~/wiped-it; sleep 300 & wait');
      const running = at.run(plan);
      const began = await until(() => beganOf(plan));
      await until(async () => (await readdir(at.home)).includes('wiped-it'));
      expect(await cancel(plan, began)).to.equal('ended');
      const ran = await running;
      expect(endOf(ran)).to.include({ reason: 'cancel' });
      expect(isAlive(Number(ran.stdout))).to.be.false;
      await rm(join(at.home, 'wiped-it'));
    });

    it('of a process with the same number is no other one’s', async () => {
      const plan = at.planOf('echo no');
      const other = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
      atEnd(() => void other.kill('SIGKILL'));
      await writeBegun(plan, begunBy({ pid: other.pid ?? 0, since: '1' }));
      await writeFile(join(at.controlOf(plan), 'group.1'), `${other.pid}\n`);
      const ended = once(other, 'exit').then(() => 'ended');
      expect(await cancel(plan)).to.equal('ended');
      expect((await at.run(known(plan))).report).to.include({ kind: 'lost' });
      expect(await Promise.race([ended, Promise.resolve('alive')])).to.equal('alive');
      expect(isAlive(other.pid ?? 0)).to.be.true;
    });

    it('stays when the rest is cleaned up, and goes a day later with the whole', async () => {
      const plan = at.planOf(counting('cleaned', 'exit 3'));
      await at.run(plan);
      const location = { ...plan, controlRoot: root };
      expect(await at.scheduler.workspace.clean(at.session, [{ ...location, isWhole: false }])).to.deep.equal(
        [plan.name],
      );
      expect(await filesIn(at.controlOf(plan))).to.deep.equal(['begun', 'exit']);
      const { how, report } = await at.run(known(plan));
      expect(how).to.deep.equal(['attached']);
      expect(report).to.have.nested.property('ended.code', 3);
      expect(await at.scheduler.workspace.clean(at.session, [{ ...location, isWhole: true }])).to.deep.equal([
        plan.name,
      ]);
      expect(await readdir(root.path)).not.to.include(plan.name);
    });
  });
}
