/** Follows run.sh from its first line to its report. */

import type { Stream } from '../protocol/log-policy.js';
import { DrsError } from '../errors.js';
import { beganOf, parseReport, type RunReport } from './run-report.js';
import type { ControlRoot } from '../protocol/attempt-records.js';
import type { RunFollower, RunPlan } from './scheduler.js';
import { readScript, type ScriptCall } from './script-call.js';

/** Our script says some twenty lines, each of which holds a path at the most; a server may say anything. */
const mostLines = 100;
const mostLineCharacters = 16 * 1024;

/**
 * Answers what the script asks, passes the program's output on, and reads the report that comes after it. The script's
 * own end is not waited for: Linux takes 15 ms to let a killed `tail` go, which keeps the streams open so long.
 * @throws what `plan.permit` and `follower.onBegan` throw; TransportError; DrsError `script_broken`
 */
export async function followRun(call: ScriptCall, plan: RunPlan, follower: RunFollower): Promise<RunReport> {
  const conversation = new Conversation(call, plan, follower);
  const reading = readScript(call, {
    onLine: (stream, line) => conversation.hear(stream, line),
    onOutput: (stream, bytes) => conversation.pass(stream, bytes),
  });
  reading.catch(() => undefined);
  try {
    await Promise.race([reading, conversation.over, conversation.failed]);
    await conversation.began;
  } finally {
    call.script.close();
  }
  return parseReport(conversation.lines);
}

/** What was said so far between this process and the script. */
class Conversation {
  readonly #call: ScriptCall;
  readonly #plan: RunPlan;
  readonly #follower: RunFollower;
  readonly lines: string[] = [];
  /** Resolves when all is said. */
  readonly over: Promise<void>;
  /** Rejects when it cannot go on at this end. */
  readonly failed: Promise<never>;
  /** Resolves when it is written down that the program runs. */
  began: Promise<void> = Promise.resolve();
  #root: ControlRoot | null;
  #heard = 0;
  #isStderrOver = false;
  #tellOver: () => void = () => undefined;
  #fail: (reason: unknown) => void = () => undefined;

  constructor(call: ScriptCall, plan: RunPlan, follower: RunFollower) {
    this.#call = call;
    this.#plan = plan;
    this.#follower = follower;
    this.#root = plan.controlRoot;
    this.over = new Promise((resolve) => (this.#tellOver = resolve));
    this.failed = new Promise((_resolve, reject) => (this.#fail = reject));
    this.failed.catch(() => undefined);
  }

  /** @throws DrsError `script_broken` when it says what our script never does */
  hear(stream: Stream, line: string): void {
    this.#heard += 1;
    if (this.#heard > mostLines || line.length > mostLineCharacters) {
      throw new DrsError('script_broken', 'The server said more than the script that serves the job does.');
    }
    if (stream === 'stderr') this.#isStderrOver ||= line === 'end';
    else this.#answer(line);
    if (this.#isStderrOver && this.lines.at(-1) === 'done') this.#tellOver();
  }

  /** Nothing is output before the program began. */
  async pass(stream: Stream, bytes: Buffer): Promise<void> {
    await this.began;
    if (stream === 'stderr' && this.#isStderrOver) return;
    await this.#follower.onOutput(stream, bytes);
  }

  #answer(line: string): void {
    this.lines.push(line);
    const [word, ...fields] = line.split(' ');
    if (word === 'located') this.#locate(fields);
    else if (word === 'send') this.#call.script.stdin.write(this.#plan.program);
    else if (word === 'ready') void this.#go(fields.slice(2).join(' '));
    else if (word === 'started' || word === 'attached' || word === 'followed') this.#begin(word, fields);
  }

  #locate([id = '', ...path]: readonly string[]): void {
    this.#root = { id, path: path.join(' ') };
    this.#follower.onLocated?.(this.#root);
  }

  async #go(directory: string): Promise<void> {
    try {
      if (this.#root === null) throw new Error('The server did not say where the attempt is prepared.');
      await this.#plan.permit({ controlRoot: this.#root, directory });
      this.#call.script.stdin.write('go\n');
    } catch (error) {
      this.#fail(error);
    }
  }

  #begin(how: 'started' | 'attached' | 'followed', fields: readonly string[]): void {
    this.began = this.#follower.onBegan(how, beganOf(fields, this.#plan.began));
    this.began.catch((error: unknown) => this.#fail(error));
  }
}
