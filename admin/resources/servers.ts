/** Servers in the panel, with the interpreters they have. */

import type { ResourceOptions } from 'adminjs';
import type { Transaction } from 'sequelize';
import type { User } from '../../lib/core/records.js';
import { ConflictError, NotFoundError, ValidationError } from '../../lib/errors.js';
import type { ServerModel } from '../../lib/models/define-models.js';
import { serverActions } from '../actions/server-actions.js';
import { component } from '../component-names.js';
import { guarded, type PanelContext } from './context.js';
import { resourceId } from './ids.js';
import { PanelResource, type Source } from './panel-resource.js';
import { numbered, pick, textList } from './pick.js';

/** The resource, for AdminJS's `resources`. */
export function serverResource(context: PanelContext): {
  resource: PanelResource<ServerModel>;
  options: ResourceOptions;
} {
  const { internals, userOf } = context;
  return { resource: new PanelResource(serverSource(context), internals, userOf), options: options(context) };
}

function serverSource(context: PanelContext): Source<ServerModel> {
  const { models } = context.internals;
  return {
    id: resourceId.servers,
    model: models.Server,
    columns: [
      { name: 'id', type: 'number' },
      { name: 'title', filter: 'text', isSortable: true },
      { name: 'hostname', filter: 'text', isSortable: true },
      // As text: AdminJS makes 0 of a cleared number.
      { name: 'port', filter: 'number', isSortable: true },
      { name: 'createdAt', type: 'datetime', isSortable: true },
    ],
    readAction: 'server:read',
    reading: () => ({ include: 'interpreters' }),
    present: presentServer,
    create: (values, user) => save(context, { values, user }),
    update: (id, values, user) => save(context, { id, values, user }),
    remove: (id) => remove(context, id),
  };
}

function presentServer(server: ServerModel): Record<string, unknown> {
  const { id, title, hostname, port, createdAt, interpreters = [] } = server;
  const sorted = [...interpreters].sort((one, other) => one.name.localeCompare(other.name));
  return {
    ...{ id, title, hostname, port, createdAt },
    interpreterIds: sorted.map((interpreter) => interpreter.id),
    interpreterNames: sorted.map(({ name }) => name),
  };
}

/** The server and its interpreters, changed together or not at all. */
async function save(
  context: PanelContext,
  { id, values, user }: { id?: number; values: Record<string, unknown>; user: User },
): Promise<ServerModel> {
  const { sequelize, models } = context.internals;
  return sequelize.transaction(async (transaction) => {
    const input = { ...pick(values, ['title', 'hostname']), port: (values['port'] || 22) as number };
    const server =
      id === undefined
        ? await models.Server.create(input as never, { transaction })
        : await (await existing(context, id)).update(input, { transaction });
    const chosen = await chosenInterpreters(context, { values, user, transaction });
    if (id !== undefined) await requireKept(context, { server, chosen, transaction });
    await server.setInterpreters(chosen, { transaction });
    return server.reload({ include: 'interpreters', transaction });
  });
}

async function chosenInterpreters(
  { internals }: PanelContext,
  { values, user, transaction }: { values: Record<string, unknown>; user: User; transaction: Transaction },
): Promise<number[]> {
  const ids = textList(values['interpreterIds']).map(Number).filter(Number.isSafeInteger);
  const known = await internals.models.Interpreter.findAll({ where: { id: ids }, transaction });
  const isVisible = await Promise.all(
    known.map(async (interpreter) => internals.access.isAllowed(user, 'interpreter:read', interpreter)),
  );
  if (known.length === ids.length && isVisible.every(Boolean)) return ids;
  const message = 'One of the chosen interpreters is gone. Reload the page and choose again.';
  throw new ValidationError([{ path: 'interpreterIds', message }]);
}

/** A job whose interpreter the server lost could not be submitted any more. */
async function requireKept(
  { internals }: PanelContext,
  { server, chosen, transaction }: { server: ServerModel; chosen: number[]; transaction: Transaction },
): Promise<void> {
  const had = await server.getInterpreters({ transaction });
  for (const { id, name } of had.filter((interpreter) => !chosen.includes(interpreter.id))) {
    const jobs = await internals.models.Job.count({
      where: { serverId: server.id, interpreterId: id },
      transaction,
    });
    if (jobs === 0) continue;
    const message = `“${name}” is used by ${numbered(jobs, 'job')} on this server. Change or delete these first.`;
    throw new ValidationError([{ path: 'interpreterIds', message }]);
  }
}

async function remove(context: PanelContext, id: number): Promise<void> {
  const server = await existing(context, id);
  const jobs = await context.internals.models.Job.count({ where: { serverId: id } });
  if (jobs > 0) {
    const message = `“${server.title}” is used by ${numbered(jobs, 'job')}. Change or delete these first.`;
    throw new ConflictError('in_use', message);
  }
  await server.destroy();
}

async function existing({ internals }: PanelContext, id: number): Promise<ServerModel> {
  const server = await internals.models.Server.findByPk(id);
  if (!server) throw new NotFoundError(`Server ${id}`);
  return server;
}

function options(context: PanelContext): ResourceOptions {
  return {
    id: resourceId.servers,
    navigation: { name: context.navigation, icon: 'Server' },
    titleProperty: 'title',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    listProperties: ['title', 'hostname', 'port', 'interpreterIds'],
    showProperties: ['title', 'hostname', 'port', 'interpreterIds', 'createdAt'],
    editProperties: ['title', 'hostname', 'port', 'interpreterIds'],
    filterProperties: ['title', 'hostname', 'port'],
    properties: {
      title: { isTitle: true, isRequired: true, description: 'The name that people choose it by.' },
      hostname: { isRequired: true, description: 'A host name or an address, such as cluster.example.org.' },
      port: {
        description: 'Of its SSH service. Blank: 22.',
        props: { placeholder: '22', inputMode: 'numeric' },
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
      createdAt: { components: { show: component.agoValue, list: component.agoValue } },
    },
    actions: { ...guarded(context, 'server'), ...serverActions(context) },
  };
}
