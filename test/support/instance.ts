/** Instances on real services, and jobs for them. */

import { pino } from 'pino';
import {
  createRemoteSubmission,
  disk,
  type RemoteSubmission,
  type RemoteSubmissionOptions,
} from '../../lib/index.js';
import type { ServerInput } from '../../lib/models/define-models.js';
import type { InstanceOf } from './types.js';
import { atEnd } from './cleanup.js';
import { testDatabase } from './postgres.js';
import { testRedis } from './redis.js';
import { temporaryFolder } from './temporary-folder.js';

export const testSecret = 'a secret for tests, long enough';

/** An instance with a database of its own, migrated; it is closed at the end of the run at the latest. */
export async function testInstance(
  options: Partial<RemoteSubmissionOptions> = {},
): Promise<RemoteSubmission> {
  const drs = createRemoteSubmission({
    ...(options.sequelize ? {} : { databaseUrl: await testDatabase() }),
    redisUrl: await testRedis(),
    secret: testSecret,
    logger: pino({ level: 'silent' }),
    storage: disk({ directory: await temporaryFolder('results') }),
    ...options,
  });
  await drs.migrate();
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (!isClosed) await original();
    isClosed = true;
  };
  const original = drs.close.bind(drs);
  drs.close = close;
  atEnd(close);
  return drs;
}

export interface JobFixture {
  program: string;
  /** The path of the interpreter, and its arguments. Default python3 -u */
  interpreter?: { path: string; arguments?: string[] };
  server?: Partial<ServerInput> & { hostname: string };
  owner?: string;
  title?: string;
  remoteDirectory?: string;
  remoteFilename?: string;
}

/** A job with a server and an interpreter of its own. */
export async function makeJob(drs: RemoteSubmission, fixture: JobFixture): Promise<InstanceOf<'Job'>> {
  const { Interpreter, Server, Job } = drs.models;
  const { path = 'python3', arguments: args = ['-u'] } = fixture.interpreter ?? {};
  const interpreter = await Interpreter.create({ name: 'Test interpreter', path, arguments: args });
  const server = await Server.create({
    title: 'Test server',
    hostname: '127.0.0.1',
    port: 22,
    ...fixture.server,
  });
  await server.setInterpreters([interpreter]);
  return Job.create({
    title: fixture.title ?? 'A test job',
    program: fixture.program,
    remoteDirectory: fixture.remoteDirectory ?? '~/drs-test/{job}',
    remoteFilename: fixture.remoteFilename ?? 'program.py',
    owner: fixture.owner ?? 'ann',
    serverId: server.id,
    interpreterId: interpreter.id,
  });
}
