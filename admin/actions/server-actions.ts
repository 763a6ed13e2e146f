/** What can be done with servers in the panel: try the connection, decide on the host key, put the app's key there. */

import type { ActionContext, ActionRequest, ResourceOptions } from 'adminjs';
import type { Action } from '../../lib/access.js';
import { DrsError, NotFoundError, ValidationError } from '../../lib/errors.js';
import { stepWords } from '../../lib/protocol/connection-steps.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import { component } from '../component-names.js';
import { requireUser, requires, type PanelContext } from '../resources/context.js';
import { resourceId } from '../resources/ids.js';
import { choices } from './choices.js';
import { history } from './history.js';
import { hiddenAction } from './job-actions.js';
import { signInForm } from './sign-in.js';

interface ServerActionRequest {
  panel: PanelContext;
  server: ServerModel;
  request: ActionRequest;
  context: ActionContext;
}

/** The actions of the servers resource. */
export function serverActions(panel: PanelContext): NonNullable<ResourceOptions['actions']> {
  const key = (kind: 'copyKey' | 'deleteKey', icon: string) =>
    recordAction(panel, 'server:keys', {
      icon,
      component: component.keyForm,
      custom: { kind },
      handle: (input) => changeKey(kind, input),
    });
  return {
    show: {
      component: component.serverPage,
      custom: { jobsId: resourceId.jobs, interpretersId: resourceId.interpreters },
    },
    testConnection: recordAction(panel, 'server:keys', {
      icon: 'Activity',
      component: component.testConnection,
      custom: { hasOwnKey: panel.options.identity !== null },
      handle: tryConnection,
    }),
    hostKey: recordAction(panel, 'server:keys', {
      icon: 'Key',
      component: component.hostKeyPage,
      custom: { policy: panel.options.hostKeys },
      handle: decideOnHostKey,
    }),
    copyKey: key('copyKey', 'Upload'),
    deleteKey: key('deleteKey', 'UserX'),
    history: history(panel, 'server'),
    choices: hiddenAction((_request, context) => choices(panel, requireUser(panel, context))),
  };
}

/** An action with a form: a GET shows it, a POST answers `{ record, … }` with what `handle` says, or a notice. */
function recordAction(
  panel: PanelContext,
  right: Action,
  {
    handle,
    ...look
  }: {
    icon: string;
    component: string;
    custom: object;
    handle: (input: ServerActionRequest) => Promise<object>;
  },
): object {
  return {
    ...look,
    actionType: 'record',
    before: requires(panel, right),
    async handler(request: ActionRequest, _response: unknown, context: ActionContext) {
      const record = context.record?.toJSON(context.currentAdmin);
      if (request.method !== 'post') return { record };
      try {
        const server = await panel.drs.models.Server.findByPk(Number(record?.id));
        if (!server) throw new NotFoundError('The server');
        return { record, ...(await handle({ panel, server, request, context })) };
      } catch (error) {
        if (!(error instanceof DrsError)) throw error;
        return { record, notice: { type: 'error', message: error.message, code: error.code } };
      }
    },
  };
}

async function tryConnection({ panel, server, request, context }: ServerActionRequest): Promise<object> {
  const options = { ...signInForm(request.payload), as: requireUser(panel, context) };
  const { steps } = await panel.drs.servers.testConnection(server.id, options);
  return { steps: steps.map((step) => ({ ...step, name: stepWords[step.name] })) };
}

/** Decides on the key that the administrator saw, where one was named, and tells how it stands. */
async function decideOnHostKey({ panel, server, request, context }: ServerActionRequest): Promise<object> {
  const { hostKeys } = panel.drs;
  const { decision, fingerprint } = (request.payload ?? {}) as Record<string, unknown>;
  const as = requireUser(panel, context);
  if (typeof fingerprint === 'string' && decision === 'approve') {
    await hostKeys.approve(server.id, { fingerprint }, { as });
  }
  if (typeof fingerprint === 'string' && decision === 'forget') {
    await hostKeys.forget(server.id, { as, fingerprint });
  }
  return { ...(await hostKeys.get(server.id, { as })) };
}

async function changeKey(
  kind: 'copyKey' | 'deleteKey',
  { panel, server, request, context }: ServerActionRequest,
): Promise<object> {
  const { username, ...secrets } = signInForm(request.payload);
  if (username === undefined)
    throw new ValidationError([{ path: '', message: 'Give the user name on the server.' }]);
  if (secrets.password === undefined && secrets.privateKey === undefined) {
    throw new ValidationError([
      { path: '', message: `Give the password or the private key of ${username}.` },
    ]);
  }
  const { hostname, port } = server;
  const { isChanged } = await panel.drs[kind]({
    hostname,
    port,
    username,
    ...secrets,
    as: requireUser(panel, context),
  });
  const done = kind === 'copyKey' ? 'The key is there now' : 'The key is gone';
  const already = kind === 'copyKey' ? 'The key was there already' : 'The key was not there';
  return { message: `${isChanged ? done : already}: ${username} on ${hostname}.` };
}
