/** Jobs in the panel. */

import type { ResourceOptions } from 'adminjs';
import { jobStatuses } from '../../lib/core/job-status.js';
import { ValidationError } from '../../lib/errors.js';
import { createJob, deleteJob, updateJob } from '../../lib/http/change-jobs.js';
import type { JobModel } from '../../lib/models/define-models.js';
import { jobActions } from '../actions/job-actions.js';
import { component } from '../component-names.js';
import { statusLabel } from '../components/shared/words.js';
import { guarded, type PanelContext } from './context.js';
import { resourceId } from './ids.js';
import { PanelResource, type Source } from './panel-resource.js';
import { givenPatterns, shownPatterns } from './patterns.js';
import { numberOrNull, pick, textList } from './pick.js';

/** The resource, for AdminJS's `resources`. */
export function jobResource(context: PanelContext): {
  resource: PanelResource<JobModel>;
  options: ResourceOptions;
} {
  const { internals, userOf } = context;
  return { resource: new PanelResource(jobSource(context), internals, userOf), options: options(context) };
}

/** What a list shows, and what rights are asked about. A program can be large, so lists do without. */
const listed = [
  ...[
    'id',
    'title',
    'remoteDirectory',
    'remoteFilename',
    'owner',
    'ownerUsername',
    'serverId',
    'interpreterId',
  ],
  ...[
    'status',
    'attempt',
    'failureReason',
    'exitCode',
    'signal',
    'message',
    'timeoutMs',
    'logPolicy',
    'storeResults',
  ],
  ...['startedAt', 'finishedAt', 'createdAt'],
] as const;

type Body = Parameters<typeof createJob>[1];

function jobSource({ internals }: PanelContext): Source<JobModel> {
  const { models } = internals;
  return {
    id: resourceId.jobs,
    model: models.Job,
    columns: [
      { name: 'id', type: 'number', isSortable: true },
      { name: 'title', filter: 'words', isSortable: true },
      { name: 'ownerUsername', filter: 'words', isSortable: true },
      { name: 'serverId', filter: 'number' },
      { name: 'interpreterId', filter: 'number' },
      { name: 'status', filter: 'exact', isSortable: true },
      { name: 'failureReason', filter: 'exact' },
      { name: 'createdAt', type: 'datetime', filter: 'time', isSortable: true },
      ...[
        'owner',
        'remoteDirectory',
        'remoteFilename',
        'program',
        'timeoutMs',
        'logPolicy',
        'storeResults',
      ].map((name) => ({ name })),
    ],
    readAction: 'job:read',
    reading: (purpose) => ({ attributes: purpose === 'one' ? [...listed, 'program'] : [...listed] }),
    present: (job) => ({
      ...pick(job.get() as unknown as Record<string, unknown>, [...listed, 'program']),
      storeResults: shownPatterns(job.storeResults),
    }),
    create: (values, user) => createJob(internals, { ...inputOf(values), ...ownerOf(values) } as Body, user),
    update(id, values, user) {
      // Others send the owner back as they got it, and may not name any.
      const owner = user.isAdmin === true ? ownerOf(values) : {};
      return updateJob(internals, { id, changes: { ...inputOf(values), ...owner }, user });
    },
    remove: (id, user) => deleteJob(internals, { id, user }),
  };
}

/** The models' own rules say what is wrong with it, in sentences. */
function inputOf(values: Record<string, unknown>): Partial<Body> {
  const texts = pick(values, ['title', 'program', 'remoteDirectory', 'remoteFilename']);
  // Forms send lines with CRLF, which a shell on a server would read as part of the last word.
  if (typeof texts['program'] === 'string') texts['program'] = texts['program'].replace(/\r\n/g, '\n');
  return {
    ...texts,
    ...reference(values, 'serverId'),
    ...reference(values, 'interpreterId'),
    ...('timeoutMs' in values ? { timeoutMs: numberOrNull(values['timeoutMs']) } : {}),
    ...('logPolicy' in values ? { logPolicy: (values['logPolicy'] || null) as Body['logPolicy'] } : {}),
    storeResults: givenPatterns(textList(values['storeResults'])),
  };
}

/** Both or none: the app's own key signs in as the one, and rights go by the other. Blank: as it is, or who makes it. */
function ownerOf(values: Record<string, unknown>): Pick<Body, 'owner' | 'ownerUsername'> {
  const { owner = '', ownerUsername = '' } = pick(values, ['owner', 'ownerUsername']) as Record<
    string,
    string
  >;
  if (owner === '' && ownerUsername === '') return {};
  const missing = owner === '' ? 'owner' : ownerUsername === '' ? 'ownerUsername' : null;
  if (missing === null) return { owner, ownerUsername };
  throw new ValidationError([{ path: missing, message: 'is needed too: give both, or leave both blank.' }]);
}

function reference(
  values: Record<string, unknown>,
  name: 'serverId' | 'interpreterId',
): Record<string, number> {
  const id = Number(values[name]);
  return Number.isInteger(id) && id > 0 ? { [name]: id } : {};
}

function options(context: PanelContext): ResourceOptions {
  return {
    id: resourceId.jobs,
    navigation: { name: context.navigation, icon: 'Play' },
    titleProperty: 'title',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    listProperties: [
      'title',
      'status',
      'ownerUsername',
      'serverId',
      'interpreterId',
      'duration',
      'createdAt',
    ],
    editProperties: [
      ...['title', 'serverId', 'interpreterId', 'remoteDirectory', 'remoteFilename', 'program'],
      ...['timeoutMs', 'logPolicy', 'storeResults', 'ownerUsername', 'owner'],
    ],
    showProperties: ['title', 'status'],
    filterProperties: ['title', 'status', 'ownerUsername', 'serverId', 'interpreterId', 'createdAt'],
    properties: jobProperties,
    actions: { ...guarded(context, 'job'), ...jobActions(context) },
  };
}

const jobProperties: ResourceOptions['properties'] = {
  title: { isTitle: true, isRequired: true, description: 'What people know it by.' },
  status: {
    availableValues: jobStatuses.map((value) => ({ value, label: statusLabel(value) })),
    components: { list: component.statusBadge, show: component.statusBadge },
  },
  duration: { type: 'string', isSortable: false, components: { list: component.durationValue } },
  createdAt: { components: { list: component.agoValue, show: component.agoValue } },
  ownerUsername: {
    description: 'For administrators: whose job it is, by the name on servers. Blank: yours.',
  },
  owner: { description: 'How your application knows this person. Given together with the name.' },
  serverId: {
    reference: resourceId.servers,
    isRequired: true,
    description: 'Where it runs.',
    components: { edit: component.serverChoice },
  },
  interpreterId: {
    reference: resourceId.interpreters,
    isRequired: true,
    description: 'What runs the program: one of those that the server has.',
    components: { edit: component.interpreterChoice },
  },
  remoteDirectory: {
    isRequired: true,
    description:
      'Where the program is put and runs; made if it is missing. {job}, {attempt} and {owner} are filled in.',
    props: { placeholder: '~/jobs/{job}' },
  },
  remoteFilename: {
    isRequired: true,
    description: 'The name of the program’s file there.',
    props: { placeholder: 'program.py' },
  },
  program: {
    isRequired: true,
    description: 'Tab writes a tab; Escape, then Tab, leaves the field.',
    components: { edit: component.programEditor, show: component.programValue },
  },
  timeoutMs: {
    description: 'In seconds. The program is ended after it. Blank: no limit.',
    components: { edit: component.secondsInput, show: component.secondsInput },
  },
  logPolicy: {
    description: 'What happens to what the program prints. Blank: shown live.',
    availableValues: [
      { value: 'live', label: 'shown live, line by line' },
      { value: 'total', label: 'stored once, after the end' },
      { value: 'none', label: 'not stored' },
    ],
    components: { edit: component.logPolicyChoice },
  },
  storeResults: {
    isArray: true,
    description:
      'Patterns of the files to bring back; the last that matches decides, ! leaves out. Blank: every file; !* alone: none.',
  },
};
