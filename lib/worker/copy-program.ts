/** Puts a program on the server and does not run it. */

import type { AttemptPlace } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import type { Ending } from './attempt-store.js';
import { endingOf } from './endings.js';
import type { ActiveAttempt, WorkerParts } from './parts.js';

/** Ends as `success`, with one log row that says where the program is. @throws TransportError, ClaimLostError */
export async function copyProgram(
  { store, scheduler }: WorkerParts,
  { claim, letGo }: ActiveAttempt,
  { session, place }: { session: Session; place: AttemptPlace },
): Promise<Ending> {
  await store.markRunning(claim);
  claim.isTakenOver = true;
  const plan = { ...place, filename: claim.remoteFilename, program: Buffer.from(claim.program) };
  const report = await scheduler.copy(session, plan, { signal: letGo });
  const head = await store.logHead(claim);
  if (report.kind === 'copied' && head.seq === 0) {
    const where = claim.isRemote ? `on ${claim.server.hostname}` : 'on this machine';
    const content = Buffer.from(`The program is at ${report.path} ${where}. It was not run.\n`);
    await store.appendLog(claim, head, [{ stream: 'stdout', offset: 0, time: new Date(), content }]);
  }
  return endingOf(report, claim);
}
