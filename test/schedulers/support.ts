/** Runs attempts with the direct scheduler, with one shell and another as `sh`. */

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureCommand } from '../../lib/embedded/install.js';
import { direct } from '../../lib/schedulers/direct.js';
import type { RunReport } from '../../lib/schedulers/run-report.js';
import type { Began, ControlRoot } from '../../lib/protocol/attempt-records.js';
import type { RunPlan } from '../../lib/schedulers/scheduler.js';
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

/** How a run went. */
export interface Ran {
  report: RunReport;
  /** Of both streams, as it was followed and then read at the end. */
  stdout: string;
  stderr: string;
  how: string[];
  began: Began | null;
  root: ControlRoot | null;
}

export interface RunHooks {
  onOutput?(text: string): void;
  permit?: RunPlan['permit'];
  signal?: AbortSignal;
}

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
    planOf: (program, changes = {}) => ({
      directory: `~/work-${(count += 1)}`,
      name: `${randomUUID()}-1`,
      controlRoot: null,
      controlDirectory: null,
      fence: 1,
      filename: 'program.sh',
      program: Buffer.from(program),
      interpreter: { path: 'sh', arguments: [] },
      timeoutMs: null,
      isLive: true,
      isListing: true,
      from: { stdout: 0, stderr: 0 },
      began: null,
      permit: async () => undefined,
      ...changes,
    }),
    run: (plan, hooks = {}) => run({ scheduler, session }, plan, hooks),
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

async function run(
  { scheduler, session }: Pick<Bench, 'scheduler' | 'session'>,
  plan: RunPlan,
  hooks: RunHooks,
): Promise<Ran> {
  const output = { stdout: '', stderr: '' };
  const ran: Ran = { report: { kind: 'lost', detail: '' }, ...output, how: [], began: null, root: null };
  ran.report = await scheduler.run(
    session,
    { ...plan, permit: hooks.permit ?? plan.permit },
    {
      onLocated: (root) => (ran.root = root),
      async onBegan(how, began) {
        ran.how.push(how);
        ran.began = began;
      },
      onOutput(stream, bytes) {
        output[stream] += bytes.toString();
        hooks.onOutput?.(output.stdout);
      },
      ...(hooks.signal ? { signal: hooks.signal } : {}),
    },
  );
  // What was printed last may not have been followed to its end.
  if (ran.report.kind === 'ended') {
    const from = { stdout: Buffer.byteLength(output.stdout), stderr: Buffer.byteLength(output.stderr) };
    const { sizes } = ran.report.ended;
    await scheduler.workspace.readOutput(
      session,
      { ...plan, controlRoot: ran.root },
      {
        from,
        bytes: { stdout: sizes.stdout - from.stdout, stderr: sizes.stderr - from.stderr },
        onOutput: (stream, bytes) => void (output[stream] += bytes.toString()),
      },
    );
  }
  return Object.assign(ran, output);
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
