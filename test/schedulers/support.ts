/** Runs attempts with the direct scheduler, with one shell and another as `sh`. */

import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureCommand } from '../../lib/embedded/install.js';
import { direct } from '../../lib/schedulers/direct.js';
import type { ControlRoot } from '../../lib/protocol/attempt-records.js';
import type { RunPlan } from '../../lib/schedulers/scheduler.js';
import { planOf, runAttempt, type Ran, type RunHooks } from '../../lib/testing/contracts/run-attempt.js';
import type { Session } from '../../lib/transports/session.js';
import { shellSession } from '../support/shell-session.js';
import { temporaryFolder } from '../support/temporary-folder.js';

export const shells = [
  { command: 'dash', debianPackage: 'dash' },
  { command: 'bash', debianPackage: 'bash' },
  { command: 'busybox', debianPackage: 'busybox' },
  { command: 'mksh', debianPackage: 'mksh' },
  { command: 'zsh', debianPackage: 'zsh' },
];

/** An account on this machine, and what is run there. */
export interface Bench {
  home: string;
  session: Session;
  scheduler: ReturnType<typeof direct>;
  planOf(program: string, changes?: Partial<RunPlan>): RunPlan;
  run(plan: RunPlan, hooks?: RunHooks): Promise<Ran>;
  /** The control directory of an attempt in `~/.drs`. */
  controlOf(plan: RunPlan): string;
  /** A control root as an attempt before would have left it. */
  makeRoot(): Promise<ControlRoot>;
}

let count = 0;

export async function bench(shell: (typeof shells)[number]): Promise<Bench> {
  const home = await temporaryFolder('direct');
  return benchOn({ home, session: await shellSession(await ensureCommand(shell), home) });
}

/** @param home as this process reaches it */
export function benchOn({ home, session }: Pick<Bench, 'home' | 'session'>): Bench {
  const scheduler = direct();
  const controlOf = ({ name }: RunPlan): string => join(home, '.drs', name);
  return {
    ...{ home, session, scheduler, controlOf },
    planOf: (program, changes = {}) => planOf(program, { directory: `~/work-${(count += 1)}`, ...changes }),
    run: (plan, hooks) => runAttempt({ scheduler, session }, plan, hooks),
    async makeRoot() {
      const root = { id: '0123456789abcdef0123456789abcdef', path: join(home, '.drs') };
      await mkdir(root.path, { recursive: true, mode: 0o700 });
      const { uid, gid } = await stat(home);
      await chown(root.path, uid, gid);
      const made = await readFile(join(root.path, 'id'), 'utf8').catch(() => null);
      if (made !== null) return { ...root, id: made.trim() };
      await writeFile(join(root.path, 'id'), `${root.id}\n`);
      return root;
    },
  };
}

/** How the program ended, as most tests ask. */
export function endOf({ report }: Ran): unknown {
  return report.kind === 'ended' ? report.ended : report;
}

export const filesIn = async (path: string): Promise<string[]> => (await readdir(path)).sort();

/** Lets the next call of a command there stand still until it is released. */
export async function holdCommand(
  { home }: Bench,
  command: string,
): Promise<{ isHeld: Promise<unknown>; release(): Promise<void> }> {
  const own = join(home, '.bin', command);
  const [held, released] = [join(home, `${command}-held`), join(home, `${command}-released`)];
  await promisify(execFile)('mkfifo', [held, released]);
  const script = `#!/bin/sh\nrm "$0"; echo held >${held}; read -r _ <${released}; exec ${command} "$@"\n`;
  await writeFile(own, script, { mode: 0o755 });
  return {
    isHeld: readFile(held),
    release: () => writeFile(released, 'on\n'),
  };
}
