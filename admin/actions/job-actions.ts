/** What can be done with jobs in the panel: submit, run again, cancel, copy, queue again, and look on. */

import type {
  Action,
  ActionContext,
  ActionRequest,
  ActionResponse,
  RecordJSON,
  ResourceOptions,
} from 'adminjs';
import type { Action as Right } from '../../lib/access.js';
import { isActive, type JobStatus } from '../../lib/protocol/job-status.js';
import type { User } from '../../lib/protocol/records.js';
import { DrsError } from '../../lib/errors.js';
import { submitBody } from '../../lib/protocol/schemas/submit-schema.js';
import { parseInput } from '../../lib/parse-input.js';
import type { SubmitOptions } from '../../lib/domain/make-attempt.js';
import { component } from '../component-names.js';
import { requireUser, requires, type PanelContext } from '../resources/context.js';
import { resourceId } from '../resources/ids.js';
import { choices } from './choices.js';
import { liveJob } from './live-job.js';
import { liveRows } from './live-rows.js';

type Kind = 'submit' | 'copy' | 'cancel' | 'retry' | 'requeue';

/** To run a job again asks for the same right as to submit it. */
const actionMeta: Record<Kind, { icon: string; right: Right }> = {
  submit: { icon: 'Send', right: 'job:submit' },
  retry: { icon: 'RotateCw', right: 'job:submit' },
  cancel: { icon: 'XCircle', right: 'job:cancel' },
  copy: { icon: 'Copy', right: 'job:copy' },
  requeue: { icon: 'Inbox', right: 'job:requeue' },
};

/** The actions of the jobs resource. */
export function jobActions(panel: PanelContext): NonNullable<ResourceOptions['actions']> {
  return {
    show: {
      component: component.jobPage,
      custom: { mountPath: panel.mountPath, serversId: resourceId.servers },
    },
    ...recordAndBulk(panel, 'submit'),
    ...recordAndBulk(panel, 'retry'),
    ...recordAndBulk(panel, 'cancel'),
    ...recordAndBulk(panel, 'copy'),
    ...recordAndBulk(panel, 'requeue'),
    choices: hiddenAction((_request, context) => choices(panel, requireUser(panel, context))),
    live: hiddenAction((request, context) =>
      liveJob(panel, { id: request.query?.['job'], user: requireUser(panel, context) }),
    ),
    liveRows: hiddenAction((request, context) =>
      liveRows(panel, { list: request.query?.['jobs'], user: requireUser(panel, context) }),
    ),
  };
}

type HiddenHandler = (request: ActionRequest, context: ActionContext) => Promise<unknown>;

/** An action that components ask, and no menu shows. */
export function hiddenAction(handle: HiddenHandler): Partial<Action<ActionResponse>> {
  return {
    actionType: 'resource',
    isVisible: false,
    handler: (request: ActionRequest, _response: unknown, context: ActionContext) => handle(request, context),
  };
}

/** The action on one job and on a selection. */
function recordAndBulk(panel: PanelContext, kind: Kind): NonNullable<ResourceOptions['actions']> {
  const shared = {
    icon: actionMeta[kind].icon,
    component: component.jobAction,
    before: requires(panel, actionMeta[kind].right),
    custom: { kind, allowLocal: panel.options.allowLocal },
    handler: (request: ActionRequest, _response: unknown, context: ActionContext) =>
      act(panel, kind, { request, context }),
  };
  const bulkName = `${kind}Selected`;
  return {
    [kind]: {
      ...shared,
      actionType: 'record',
      isVisible: ({ record }: ActionContext) => makesSense(kind, record),
    },
    [bulkName]: { ...shared, actionType: 'bulk' },
  };
}

/** Buttons that could only be refused are left out; the rest says why in words, since the state may change meanwhile. */
function makesSense(kind: Kind, record: ActionContext['record']): boolean {
  if (kind === 'retry') return Number(record?.params['attempt']) > 0;
  if (kind === 'requeue') return isActive(record?.params['status'] as JobStatus);
  return true;
}

interface Outcome {
  id: number;
  title: string;
  isDone: boolean;
  message: string;
  /** Of a refusal: the stable code that REST answers, too. */
  code?: string;
}

interface Answer {
  record?: RecordJSON;
  records?: RecordJSON[];
  outcomes: Outcome[];
}

/** Does it to each job in turn, so that one refusal does not keep the others from it. A GET only shows the form. */
async function act(
  panel: PanelContext,
  kind: Kind,
  { request, context }: { request: ActionRequest; context: ActionContext },
): Promise<Answer> {
  const { record, records = [], currentAdmin } = context;
  const jobs = record ? [record] : records;
  const outcomes: Outcome[] = [];
  if (request.method === 'post') {
    const user = requireUser(panel, context);
    for (const job of jobs) {
      const { id, title } = job.params as { id: number; title: string };
      outcomes.push({ id, title, ...(await attempt(panel, kind, { id, user, payload: request.payload })) });
    }
  }
  const json = jobs.map((job) => job.toJSON(currentAdmin));
  return record ? { record: json[0], outcomes } : { records: json, outcomes };
}

async function attempt(
  panel: PanelContext,
  kind: Kind,
  { id, user, payload }: ActionInput,
): Promise<Omit<Outcome, 'id' | 'title'>> {
  try {
    return { isDone: true, message: await handlers[kind](panel, { id, user, payload }) };
  } catch (error) {
    if (error instanceof DrsError) return { isDone: false, message: error.message, code: error.code };
    panel.options.logger.error({ err: error, jobId: id }, `The panel could not ${kind} a job.`);
    return { isDone: false, message: 'Something went wrong. The log of the server says what.' };
  }
}

interface ActionInput {
  id: number;
  user: User;
  payload?: Record<string, unknown>;
}

/** Each says what was done. */
const handlers: Record<Kind, (panel: PanelContext, input: ActionInput) => Promise<string>> = {
  async submit({ drs }, { id, user, payload }) {
    const { attempt } = await drs.submitJob(id, submitOptions(payload, user));
    return `Submitted as attempt ${attempt}.`;
  },
  async retry({ drs }, { id, user, payload }) {
    const { attempt, retryOf } = await drs.retryJob(id, submitOptions(payload, user));
    return `Submitted as attempt ${attempt}, like attempt ${retryOf}.`;
  },
  async copy({ drs }, { id, user, payload }) {
    await drs.copyJob(id, submitOptions(payload, user));
    return 'It is being copied to the server.';
  },
  async cancel({ drs }, { id, user }) {
    await drs.cancelJob(id, { as: user });
    return 'It is being cancelled.';
  },
  async requeue({ drs }, { id, user }) {
    const { attempt } = await drs.requeueJob(id, { as: user });
    return `Attempt ${attempt} was given to the workers again.`;
  },
};

/** An agent's socket is never taken from a form. */
function submitOptions(payload: Record<string, unknown> | undefined, user: User): SubmitOptions {
  return { ...parseInput(payload ?? {}, submitBody.omit({ agent: true })), as: user };
}
