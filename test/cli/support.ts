/** What the tests of reading commands share: an instance with jobs, and `drs` in its environment. */

import { spawn } from 'node:child_process';
import { disk, type RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import type { TestAttempt } from '../http/support.js';
import { testInstance, testSecret } from '../support/instance.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { drsCommand, watch } from './drs-process.js';

/** An instance of its own, and the variables that `drs` finds it by. */
export async function instanceForCommands(): Promise<{ drs: RemoteSubmission; env: NodeJS.ProcessEnv }> {
  const databaseUrl = await testDatabase();
  const directory = await temporaryFolder('cli-results');
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: await testRedis(),
    DRS_SECRET: testSecret,
    DRS_STORAGE: directory,
  };
  return { drs: await testInstance({ databaseUrl, storage: disk({ directory }) }), env };
}

/** Ends an attempt as its program did, and tells it. */
export async function endWith({ drs, claim }: TestAttempt, exitCode: number): Promise<void> {
  const { bus, store } = internalsOf(drs);
  const status = exitCode === 0 ? 'success' : 'failure';
  const failureReason = exitCode === 0 ? null : 'exit';
  await store.attempts.finish(claim, { status, failureReason, exitCode, signal: null, message: null });
  bus.publish({ type: 'status', jobId: claim.jobId, attempt: claim.attempt, status });
}

/** Runs `drs` with a terminal, which script(1) makes: stdout and stderr are one. */
export async function runOnTerminal(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const line = [...drsCommand, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const { PATH, HOME } = process.env;
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { PATH, HOME, ...env }, stdio: 'pipe' });
  child.stdin.end();
  const { stdout } = await watch(child).end;
  return stdout.toString().replaceAll('\r\n', '\n');
}
