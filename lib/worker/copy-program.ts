/** Puts a program on the server and does not run it. */

import type { Session } from '../transports/session.js';
import type { Ending } from '../store/attempt-store.js';
import { endingOf, type FinalReport } from './endings.js';
import type { ActiveAttempt, WorkerDependencies } from './worker-dependencies.js';
import { locationOf } from './location-of.js';
import { schedulerOf } from './chosen-by-server.js';

/** Ends as `success`, with one log row that says where the program is. @throws TransportError, ClaimLostError */
export async function copyProgram(
  deps: WorkerDependencies,
  { claim, detached }: ActiveAttempt,
  session: Session,
): Promise<Ending> {
  const { store } = deps;
  const { workspace } = schedulerOf(deps, claim);
  await store.markRunning(claim, null);
  const plan = { ...locationOf(claim), filename: claim.remoteFilename, program: Buffer.from(claim.program) };
  const report = await workspace.copy(session, plan, { signal: detached });
  const head = await store.logHead(claim);
  if (report.kind === 'copied' && head.seq === 0) {
    const where = claim.isRemote ? `on ${claim.server.hostname}` : 'on this machine';
    const content = Buffer.from(`The program is at ${report.path} ${where}. It was not run.\n`);
    await store.appendLog(claim, head, [{ stream: 'stdout', offset: 0, time: new Date(), content }]);
  }
  return endingOf(report as FinalReport, claim);
}
