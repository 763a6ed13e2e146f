/** What the resources of one panel share, and the rights that AdminJS's own actions need. */

import {
  ForbiddenError as AdminForbiddenError,
  type ActionContext,
  type ActionRequest,
  type ResourceOptions,
} from 'adminjs';
import type { Sequelize } from 'sequelize';
import type { Access, Action } from '../../lib/access.js';
import type { User } from '../../lib/protocol/records.js';
import { UnauthenticatedError } from '../../lib/errors.js';
import type { Audit } from '../../lib/models/audit.js';
import type { ResolvedOptions } from '../../lib/options.js';
import type { Offers } from '../../lib/domain/server-choices.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { deleteSelected } from '../actions/delete-selected.js';
import type { UserOf } from '../current-admin.js';

/** What the resources of one panel share. */
export interface PanelContext {
  drs: RemoteSubmission;
  access: Access;
  audit: Audit;
  sequelize: Sequelize;
  options: Pick<ResolvedOptions, 'allowLocal' | 'hostKeys' | 'identity' | 'logger'>;
  /** What a server can choose, by name. */
  transports: Offers['transports'];
  schedulers: Offers['schedulers'];
  userOf: UserOf;
  /** Where `drsRouter()` is mounted, as the browser sees it. */
  mountPath: string;
  /** The heading above the resources in the sidebar; null for none. */
  navigation: string | null;
}

/** The person who acts. @throws UnauthenticatedError */
export function requireUser(
  { userOf }: PanelContext,
  { currentAdmin }: Pick<ActionContext, 'currentAdmin'>,
): User {
  const user = userOf(currentAdmin);
  if (!user) throw new UnauthenticatedError();
  return user;
}

type Before = (request: ActionRequest, context: ActionContext) => Promise<ActionRequest>;

/** Asks `authorize` before an action. @throws AdminJS's ForbiddenError, which it shows as a notice */
export function requires(panel: PanelContext, action: Action): Before {
  return async (request, { currentAdmin, record, records }) => {
    const user = panel.userOf(currentAdmin);
    const targets = record ? [record] : (records ?? [null]);
    for (const target of targets) {
      const isAllowed = await panel.access.isAllowed(user, action, target?.params ?? null);
      if (!isAllowed) throw new AdminForbiddenError('You may not do this here.');
    }
    return request;
  };
}

/** AdminJS's own actions on a kind of record, each with the right that it needs. */
export function guarded(
  panel: PanelContext,
  kind: 'interpreter' | 'server' | 'job',
): NonNullable<ResourceOptions['actions']> {
  return {
    new: { before: requires(panel, `${kind}:create`) },
    edit: { before: requires(panel, `${kind}:update`) },
    delete: { before: requires(panel, `${kind}:delete`), guard: 'confirmDelete' },
    bulkDelete: { before: requires(panel, `${kind}:delete`), handler: deleteSelected },
  };
}
