/** A server that goes away and comes back, and jobs on it. */

import type { RemoteSubmission } from '../../lib/index.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { atEnd } from '../support/cleanup.js';
import { makeJob } from '../support/instance.js';
import type { InstanceOf } from '../support/types.js';
import { temporaryFolder } from '../support/temporary-folder.js';

export const signIn = { username: 'ann', password: 'the password of ann' };

export interface FlakyServer {
  readonly hostname: '127.0.0.1';
  readonly port: number;
  readonly home: string;
  /** What runs there runs on. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export async function startFlakyServer(): Promise<FlakyServer> {
  const homeDirectory = await temporaryFolder('flaky');
  const options = { users: [signIn], homeDirectory };
  const first = await startSshServer(options);
  const { hostname, port, privateHostKey: hostKey } = first;
  let server: SshServer | null = first;
  const goAway = async (): Promise<void> => {
    server?.cut();
    await server?.close();
    server = null;
  };
  atEnd(goAway);
  return {
    ...{ hostname, port, goAway },
    home: first.homeOf(signIn.username),
    async comeBack() {
      server = await startSshServer({ ...options, port, hostKey });
    },
  };
}

export function shellJob(
  drs: RemoteSubmission,
  { hostname, port }: FlakyServer,
  program: string,
): Promise<InstanceOf<'Job'>> {
  return makeJob(drs, {
    program,
    interpreter: { path: 'sh' },
    server: { hostname, port },
    remoteFilename: 'program.sh',
  });
}

/** Looks until `find` finds something. */
export async function until<T>(find: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves when the attempt has printed something, to what that was. */
export async function firstOutput(drs: RemoteSubmission, jobId: number): Promise<string> {
  const row = await until(() => drs.models.Log.findOne({ where: { jobId }, order: ['seq'] }));
  return row.content.toString();
}
