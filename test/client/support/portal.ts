/** A portal as a user would run it, with the real routes and sockets, which can be killed and started again. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RemoteSubmission } from '../../../lib/index.js';
import { instance } from '../../http/support.js';
import { atEnd } from '../../support/cleanup.js';
import { testSecret } from '../../support/instance.js';
import { testDatabase } from '../../support/postgres.js';
import { testRedis } from '../../support/redis.js';
import { clientFile } from './client-file.js';

const script = fileURLToPath(new URL('./portal-process.ts', import.meta.url));

export interface Portal {
  /** An instance on the same database, to make jobs and to print with. */
  readonly drs: RemoteSubmission;
  readonly origin: string;
  /** As a crash does it: nobody is told. */
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
}

/** Starts a portal where everybody is ann; it ends with the run. */
export async function startPortal(): Promise<Portal> {
  const databaseUrl = await testDatabase();
  const drs = await instance({ databaseUrl });
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: await testRedis(),
    DRS_SECRET: testSecret,
    CLIENT_FILE: await clientFile(),
  };
  let child = await startProcess({ ...env, PORT: '0' });
  atEnd(() => kill(child.process));
  return {
    drs,
    origin: child.origin,
    kill: () => kill(child.process),
    async start() {
      child = await startProcess({ ...env, PORT: new URL(child.origin).port });
    },
  };
}

async function startProcess(env: NodeJS.ProcessEnv): Promise<{ process: ChildProcess; origin: string }> {
  const started = spawn(process.execPath, ['--import', 'tsx', script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await new Promise<string>((resolve, reject) => {
    started.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    started.once('exit', (code) => reject(new Error(`The portal ended with ${code}.`)));
  });
  return { process: started, origin };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
