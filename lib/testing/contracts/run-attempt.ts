/** One attempt on a scheduler, as tests make it: its plan, and all that came of it. */

import { randomUUID } from 'node:crypto';
import type { Began, ControlRoot } from '../../protocol/attempt-records.js';
import type { RunReport } from '../../schedulers/run-report.js';
import type { RunPlan, Scheduler } from '../../schedulers/scheduler.js';
import type { Session } from '../../transports/session.js';

/** How an attempt went. */
export interface Ran {
  report: RunReport;
  /** What was followed, then read at the end. */
  stdout: string;
  stderr: string;
  how: string[];
  began: Began | null;
  root: ControlRoot | null;
}

export interface RunHooks {
  permit?: RunPlan['permit'];
  /** Called when it runs; what follows waits for it. */
  onBegan?(seen: Pick<Ran, 'began' | 'root'>): void | Promise<void>;
  /** Called with what came on standard output so far. */
  onOutput?(stdout: string): void;
  signal?: AbortSignal;
}

/** A shell program's first attempt, as on a scheduler that knows nothing of it; `directory` and more by `changes`. */
export function planOf(program: string, changes: Partial<RunPlan> & Pick<RunPlan, 'directory'>): RunPlan {
  return {
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
  };
}

/** Follows it from where it is known to its end, and reads what was printed last: it may not have been followed to there. */
export async function runAttempt(
  { scheduler, session }: { scheduler: Scheduler; session: Session },
  plan: RunPlan,
  { permit = plan.permit, onBegan, onOutput, signal }: RunHooks = {},
): Promise<Ran> {
  const output = { stdout: '', stderr: '' };
  const seen: Pick<Ran, 'how' | 'began' | 'root'> = { how: [], began: null, root: plan.controlRoot };
  const report = await scheduler.run(
    session,
    { ...plan, permit },
    {
      onLocated: (root) => void (seen.root = root),
      async onBegan(how, began) {
        seen.how.push(how);
        seen.began = began;
        await onBegan?.(seen);
      },
      onOutput(stream, bytes) {
        output[stream] += bytes.toString();
        onOutput?.(output.stdout);
      },
      ...(signal ? { signal } : {}),
    },
  );
  if (report.kind === 'ended') {
    const from = {
      stdout: plan.from.stdout + Buffer.byteLength(output.stdout),
      stderr: plan.from.stderr + Buffer.byteLength(output.stderr),
    };
    const { sizes } = report.ended;
    await scheduler.workspace.readOutput(
      session,
      { ...plan, controlRoot: seen.root },
      {
        from,
        bytes: { stdout: sizes.stdout - from.stdout, stderr: sizes.stderr - from.stderr },
        onOutput: (stream, bytes) => void (output[stream] += bytes.toString()),
      },
    );
  }
  return { report, ...seen, ...output };
}
