/** How a job stands right now, for its page. */

import type { Access, Action } from '../../lib/access.js';
import type { InterpreterModel, ServerModel } from '../../lib/models/define-models.js';
import { explain } from '../../lib/protocol/explanation.js';
import { isActive } from '../../lib/protocol/job-status.js';
import { fillPlaceholders } from '../../lib/protocol/remote-path.js';
import type { User } from '../../lib/protocol/records.js';
import type { PanelContext } from '../resources/context.js';
import { listAttempts } from '../../lib/domain/list-attempts.js';
import { findRecord, withoutProgram } from '../../lib/domain/find-records.js';

/** The job without its program, its attempts, who did what, and where an attempt under way is. @throws NotFoundError */
export async function liveJob(
  { drs, access, audit, sequelize }: PanelContext,
  { id, user }: { id: unknown; user: User },
): Promise<object> {
  const { models } = drs;
  const find = (key: number) =>
    models.Job.findByPk(key, { ...withoutProgram, include: ['server', 'interpreter'] });
  const lookup = { id: Number(id), action: 'job:read', what: 'Job', find } as const;
  const job = await findRecord({ access, call: { as: user } }, lookup);
  const { title, status, attempt, failureReason, exitCode, signal, message, ownerUsername, serverId } = job;
  const { createdAt, startedAt, finishedAt, remoteDirectory, remoteFilename } = job;
  const directory = fillPlaceholders(remoteDirectory, { job: job.id, attempt, owner: ownerUsername });
  return {
    attempts: await listAttempts({ sequelize }, job.id),
    events: await audit.ofJob(job.id),
    explanation: isActive(status) ? await explanationOf(drs, { id: job.id, user }) : null,
    job: {
      id: job.id,
      title,
      status,
      attempt,
      failureReason,
      exitCode,
      signal,
      message,
      ownerUsername,
      serverId,
      createdAt,
      startedAt,
      finishedAt,
      server: await named(access, { user, record: job.server, action: 'server:read' }, `Server ${serverId}`),
      interpreter: await named(
        access,
        { user, record: job.interpreter, action: 'interpreter:read' },
        `Interpreter ${job.interpreterId}`,
      ),
      path: `${directory.replace(/\/$/, '')}/${remoteFilename}`,
    },
  };
}

/** What it is called, for who may read it. */
async function named(
  { isAllowed }: Access,
  {
    user,
    record,
    action,
  }: { user: User; record: ServerModel | InterpreterModel | undefined; action: Action },
  otherwise: string,
): Promise<string> {
  return record && (await isAllowed(user, action, record)) ? record.toString() : otherwise;
}

/** Without the message, which the page shows anyway. */
async function explanationOf(
  drs: PanelContext['drs'],
  { id, user }: { id: number; user: User },
): Promise<string> {
  return explain({ ...(await drs.explainJob(id, { as: user })), message: null }, new Date());
}
