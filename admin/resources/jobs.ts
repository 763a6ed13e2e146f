/** Jobs in the panel. */

import type { ResourceOptions } from 'adminjs';
import { jobStatuses } from '../../lib/protocol/job-status.js';
import { defaultRemoteDirectory, defaultRemoteFilename } from '../../lib/protocol/remote-path.js';
import type { NewJob } from '../../lib/protocol/schemas/job-schemas.js';
import type { JobModel } from '../../lib/models/define-models.js';
import { jobActions } from '../actions/job-actions.js';
import { component } from '../component-names.js';
import { statusWords } from '../../lib/protocol/words.js';
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
  return { resource: new PanelResource(jobSource(context), context), options: options(context) };
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

function jobSource({ drs }: PanelContext): Source<JobModel> {
  return {
    id: resourceId.jobs,
    model: drs.models.Job,
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
    create: (values, user) => drs.jobs.create(inputOf(values), { as: user }),
    update: (id, values, user) => drs.jobs.update(id, inputOf(values), { as: user }),
    remove: (id, user) => drs.jobs.delete(id, { as: user }),
  };
}

/** As the form sent it: the input's own rules say what is wrong with it, in sentences. */
function inputOf(values: Record<string, unknown>): NewJob {
  const texts = pick(values, ['title', 'program']);
  // Forms send lines with CRLF, which a shell on a server would read as part of the last word.
  if (typeof texts['program'] === 'string') texts['program'] = texts['program'].replace(/\r\n/g, '\n');
  return {
    ...texts,
    remoteDirectory: values['remoteDirectory'] || defaultRemoteDirectory,
    remoteFilename: values['remoteFilename'] || defaultRemoteFilename,
    ...numberIn(values, 'serverId'),
    ...numberIn(values, 'interpreterId'),
    ...numberIn(values, 'timeoutMs'),
    ...('logPolicy' in values ? { logPolicy: values['logPolicy'] || null } : {}),
    storeResults: givenPatterns(textList(values['storeResults'])),
    ...ownerOf(values),
  } as NewJob;
}

/** Blank: as it is, or who makes it. */
function ownerOf(values: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(pick(values, ['owner', 'ownerUsername']));
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

function numberIn(values: Record<string, unknown>, name: string): Record<string, number | null> {
  return name in values ? { [name]: numberOrNull(values[name]) } : {};
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
    availableValues: jobStatuses.map((value) => ({ value, label: statusWords[value] })),
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
    description:
      'Where the program is put and runs; made if it is missing. {job}, {attempt} and {owner} are filled in.',
    props: { placeholder: defaultRemoteDirectory },
  },
  remoteFilename: {
    description: 'The name of the program’s file there.',
    props: { placeholder: defaultRemoteFilename },
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
    components: { edit: component.valueChoice },
  },
  storeResults: {
    isArray: true,
    description:
      'Patterns of the files to bring back; the last that matches decides, ! leaves out. Blank: every file; !* alone: none.',
  },
};
