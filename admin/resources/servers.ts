/** Servers in the panel, with the interpreters they have. */

import type { ResourceOptions } from 'adminjs';
import {
  choiceNames,
  choices,
  namesForServers,
  type Choice,
  type Named,
} from '../../lib/protocol/choices.js';
import type { NewServer } from '../../lib/protocol/schemas/server-schemas.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import { serverActions } from '../actions/server-actions.js';
import { component } from '../component-names.js';
import { guarded, type PanelContext } from './context.js';
import { resourceId } from './ids.js';
import { PanelResource, type Source } from './panel-resource.js';
import { numberOrNull, pick, textList, yesOrNo } from './pick.js';

/** The resource, for AdminJS's `resources`. */
export function serverResource(context: PanelContext): {
  resource: PanelResource<ServerModel>;
  options: ResourceOptions;
} {
  return { resource: new PanelResource(serverSource(context), context), options: options(context) };
}

function serverSource(context: PanelContext): Source<ServerModel> {
  const { drs, access } = context;
  return {
    id: resourceId.servers,
    model: drs.models.Server,
    columns: [
      { name: 'id', type: 'number' },
      { name: 'title', filter: 'text', isSortable: true },
      { name: 'hostname', filter: 'text', isSortable: true },
      // As text: AdminJS makes 0 of a cleared number.
      { name: 'port', filter: 'number', isSortable: true },
      { name: 'proxyJump', filter: 'number' },
      { name: 'controlDirectory' },
      { name: 'legacyAlgorithms', type: 'boolean', filter: 'boolean' },
      ...choiceNames.map((name) => ({ name, filter: 'text' }) as const),
      { name: 'allowedUsers' },
      { name: 'usernames', filter: 'exact' },
      { name: 'createdAt', type: 'datetime', isSortable: true },
    ],
    readAction: 'server:read',
    reading: () => ({ include: 'interpreters' }),
    present: async (server, user) => ({
      ...presentServer(server),
      ...((await access.isAllowed(user, 'server:update', server))
        ? { controlDirectory: server.controlDirectory, allowedUsers: shownUsers(server.allowedUsers) }
        : {}),
    }),
    create: (values, user) => drs.servers.create(inputOf(values), { as: user }),
    update: (id, values, user) => drs.servers.update(id, inputOf(values), { as: user }),
    remove: (id, user) => drs.servers.delete(id, { as: user }),
  };
}

const shown = [
  'id',
  'title',
  'hostname',
  'port',
  'proxyJump',
  'legacyAlgorithms',
  'transport',
  'scheduler',
  'usernames',
  'createdAt',
] as const;

function presentServer(server: ServerModel): Record<string, unknown> {
  const { interpreters = [] } = server;
  const sorted = [...interpreters].sort((one, other) => one.name.localeCompare(other.name));
  return {
    ...Object.fromEntries(shown.map((name) => [name, server[name]])),
    interpreterIds: sorted.map((interpreter) => interpreter.id),
    interpreterNames: sorted.map(({ name }) => name),
  };
}

/** As the form sent it: the input's own rules say what is wrong with it, in sentences. */
function inputOf(values: Record<string, unknown>): NewServer {
  return {
    ...pick(values, ['title', 'hostname', 'controlDirectory']),
    ...pick({ legacyAlgorithms: yesOrNo(values['legacyAlgorithms']) }, ['legacyAlgorithms']),
    ...givenChoices(values),
    port: numberOrNull(values['port']) ?? 22,
    ...('usernames' in values ? { usernames: values['usernames'] || 'any' } : {}),
    ...('allowedUsers' in values ? { allowedUsers: givenUsers(textList(values['allowedUsers'])) } : {}),
    ...('proxyJump' in values ? { proxyJump: numberOrNull(values['proxyJump']) } : {}),
    interpreterIds: textList(values['interpreterIds']).map(Number).filter(Number.isSafeInteger),
  } as NewServer;
}

/** A blank field is the usual one. */
function givenChoices(values: Record<string, unknown>): Record<string, unknown> {
  const given = choiceNames.filter((choice) => choice in values);
  return Object.fromEntries(given.map((choice) => [choice, values[choice] || choices[choice].usual]));
}

/** What an empty list says everywhere else: a form cannot tell it from one that was left blank. */
const nobody = '(nobody)';

function shownUsers(ids: string[] | null): string[] | null {
  return ids?.length === 0 ? [nobody] : ids;
}

function givenUsers(given: string[]): string[] | null {
  if (given.length === 0) return null;
  return given.filter((id) => id !== nobody);
}

function options(context: PanelContext): ResourceOptions {
  return {
    id: resourceId.servers,
    navigation: { name: context.navigation, icon: 'Server' },
    titleProperty: 'title',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    listProperties: ['title', 'hostname', 'port', 'interpreterIds'],
    showProperties: [
      ...['title', 'hostname', 'port', 'proxyJump', 'interpreterIds', 'controlDirectory'],
      ...[...choiceNames, 'legacyAlgorithms', 'allowedUsers', 'usernames', 'createdAt'],
    ],
    editProperties: [
      ...['title', 'hostname', 'port', 'proxyJump', 'interpreterIds', 'controlDirectory', 'legacyAlgorithms'],
      ...[...choiceNames, 'allowedUsers', 'usernames'],
    ],
    filterProperties: [
      'title',
      'hostname',
      'port',
      'proxyJump',
      ...choiceNames,
      'legacyAlgorithms',
      'usernames',
    ],
    properties: serverProperties(context),
    actions: { ...guarded(context, 'server'), ...serverActions(context) },
  };
}

type Properties = NonNullable<ResourceOptions['properties']>;

/** @param context has what a server can choose by name */
const serverProperties = (context: Pick<PanelContext, 'transports' | 'schedulers'>): Properties => ({
  title: { isTitle: true, isRequired: true, description: 'The name that people choose it by.' },
  hostname: { isRequired: true, description: 'A host name or an address, such as cluster.example.org.' },
  port: {
    description: 'Of its SSH service. Blank: 22.',
    props: { placeholder: '22', inputMode: 'numeric' },
  },
  proxyJump: {
    reference: resourceId.servers,
    description:
      'Another server that it is reached through, as by ssh -J. The same name and credential sign in there.',
    components: { edit: component.jumpHostChoice },
  },
  interpreterIds: {
    type: 'mixed',
    description: 'Those that are installed there. A job on this server chooses one of them.',
    custom: { interpretersId: resourceId.interpreters },
    components: {
      edit: component.interpretersChoice,
      show: component.interpretersValue,
      list: component.interpretersValue,
    },
  },
  controlDirectory: {
    description: 'Where jobs are watched over there: absolute, or below ~/. Blank: ~/.drs.',
    props: { placeholder: '~/.drs' },
  },
  transport: choiceOf(
    'transport',
    context.transports,
    'A transport that the application has; ssh is always there.',
  ),
  scheduler: choiceOf('scheduler', context.schedulers, 'What starts programs there.'),
  legacyAlgorithms: {
    description:
      'Only for an SSH server that cannot be updated: allows SHA-1, CBC and RSA host keys below 2048 bits, which OpenSSH has given up. Passwords are less safe on the way there.',
  },
  allowedUsers: {
    isArray: true,
    description:
      'Identifiers of the people whose jobs it runs. Blank: everyone signed in; (nobody) alone: administrators only.',
  },
  usernames: {
    description: 'Whose names jobs may sign in by there. Blank: any, with a password or key of that name.',
    availableValues: [
      { value: 'any', label: 'any name' },
      { value: 'own', label: 'the name of the owner of the job alone' },
    ],
    components: { edit: component.valueChoice },
  },
  createdAt: { components: { show: component.agoValue, list: component.agoValue } },
});

function choiceOf(choice: Choice, given: Named<unknown>, description: string): Properties[string] {
  return {
    description: `${description} Blank: ${choices[choice].usual}.`,
    availableValues: namesForServers(choice, given).map((name) => ({ value: name, label: name })),
    components: { edit: component.valueChoice },
  };
}
