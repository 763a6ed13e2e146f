import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { ensureCommand } from '../../lib/embedded/install.js';
import { startHost } from '../support/host-session.js';
import { isAlive } from '../support/processes.js';
import { until } from '../worker/support.js';
import { benchOn, endOf, shells, type Bench } from './support.js';

/** The command lines of all processes that hold these words. */
async function processesWith(words: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lines)).filter((line) => line.includes(words));
}

for (const shell of shells) {
  describe(`a server with neither setsid nor perl nor python3, and ${shell.command} as sh`, () => {
    let at: Bench;
    before(async () => {
      const sh = await ensureCommand(shell);
      at = benchOn(await startHost({ without: ['setsid', 'perl', 'python3'], sh }));
    });

    it('runs programs, and says nothing of its own', async () => {
      const ran = await at.run(at.planOf('echo out; echo err >&2; exit 3'));
      expect(endOf(ran)).to.deep.include({ code: 3, reason: 'exit', notes: [] });
      expect(ran).to.include({ stdout: 'out\n', stderr: 'err\n' });
    });

    it('ends all that a program started at its timeout', async () => {
      const ran = await at.run(at.planOf('sleep 300 & echo $!; wait', { timeoutMs: 300 }));
      expect(endOf(ran)).to.include({ reason: 'timeout' });
      expect(isAlive(Number(ran.stdout))).to.equal(false);
    });

    it('has nothing that waits for the timeout of a program that has ended', async () => {
      const timeoutMs = 100_000 + Math.floor(Math.random() * 99_999);
      const plan = at.planOf('true', { timeoutMs });
      expect(endOf(await at.run(plan))).to.include({ code: 0 });
      const left = async () => [
        ...(await processesWith(plan.name)),
        ...(await processesWith(String(timeoutMs / 1000))),
      ];
      await until(async () => (await left()).length === 0);
    });
  });
}
