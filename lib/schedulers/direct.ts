/** Starts programs on a server directly: a wrapper in POSIX sh stays with each. `direct/README.md` tells how. */

import { randomBytes } from 'node:crypto';
import { DrsError } from '../errors.js';
import { cksumOf } from './cksum.js';
import { followRun } from './follow-run.js';
import { callScript, lastLineOf, type ScriptCall } from './script-call.js';
import type { CancelAnswer, RunPlan, Scheduler } from './scheduler.js';
import { loadScripts, type Scripts } from './scripts.js';
import { shellWorkspace } from './workspace.js';

/** Seconds between TERM and KILL. */
const graceSeconds = 5;

/** A longer program, or one with a NUL, is no text that a shell could hold: it comes on its own. */
const mostTextBytes = 64 * 1024;

/** A find on a share that hangs, or a machine without memory: its process lives, and never says anything. */
const defaultSilenceMs = 5 * 60_000;

/** How programs are started directly. */
export interface DirectOptions {
  /**
   * How long the server may say nothing while something is asked of it; then the attempt waits for it as for one that is
   * out of reach. A program that runs may be silent as long as it likes. Default 5 minutes.
   */
  silenceMs?: number;
}

/**
 * Makes the scheduler that starts programs directly, without a batch system. Its scripts are read once.
 *
 * @param options.silenceMs how long a server may leave a script unanswered, in milliseconds. Default 300,000
 * @returns a scheduler, for the option `schedulers`
 * @example
 * createRemoteSubmission({ schedulers: { direct: direct({ silenceMs: 60_000 }) }, … });
 */
export function direct({ silenceMs = defaultSilenceMs }: DirectOptions = {}): Scheduler {
  const scripts = loadScripts();
  return {
    workspace: shellWorkspace(scripts, silenceMs),
    async run(session, plan, follower) {
      const { signal } = follower;
      const call = await callScript(session, scripts.run, { args: runArguments(plan, scripts), signal });
      return followRun(call, plan, follower);
    },
    async cancel(session, { name, controlRoot }, { fence, began, signal }) {
      const { machine = '', pid = '', since = '' } = began ?? {};
      const { id, path } = controlRoot ?? { id: '', path: '' };
      const args = [name, id, path, String(fence), machine, String(pid), since, String(graceSeconds)];
      const silence = { mostMs: silenceMs, doing: 'the program was to be ended' };
      return cancelAnswer(
        await callScript(session, scripts.cancel, { args, signal, endsItself: true, silence }),
      );
    },
  };
}

/** The arguments of run.sh, in its order. */
function runArguments(plan: RunPlan, scripts: Scripts): string[] {
  const { program, began, controlRoot, timeoutMs } = plan;
  // An attempt that began is attached to: its program is not needed.
  const isText =
    began !== null || (program.length <= mostTextBytes && !program.includes(0) && isUtf8(program));
  const seconds = timeoutMs === null ? null : timeoutMs / 1000;
  return [
    ...[
      plan.directory,
      plan.name,
      controlRoot?.id ?? '',
      controlRoot?.path ?? '',
      plan.controlDirectory ?? '',
    ],
    ...[randomBytes(16).toString('hex'), String(plan.fence), plan.filename],
    isText && began === null ? program.toString('utf8') : '',
    isText ? '' : String(program.length),
    cksumOf(program),
    plan.isLive ? 'live' : 'quiet',
    plan.isListing ? 'files' : 'none',
    ...[String(plan.from.stdout), String(plan.from.stderr)],
    ...[began?.machine ?? '', began === null ? '' : String(began.pid), began?.since ?? ''],
    ...[scripts.wrapper, scripts.program, scripts.timer],
    seconds === null ? '' : seconds.toFixed(3),
    seconds === null ? '' : String(Math.ceil(seconds)),
    String(graceSeconds),
    plan.interpreter.path,
    ...plan.interpreter.arguments,
  ];
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8')).equals(bytes);
}

async function cancelAnswer(call: ScriptCall): Promise<CancelAnswer> {
  const answer = await lastLineOf(call);
  if (answer === 'never' || answer === 'ended-before' || answer === 'ended' || answer === 'elsewhere')
    return answer;
  throw new DrsError('cancel_failed', 'The server did not say whether the program was ended.');
}
