/** Interpreters in the panel. */

import type { ResourceOptions } from 'adminjs';
import { ConflictError, NotFoundError } from '../../lib/errors.js';
import type { InterpreterModel } from '../../lib/models/define-models.js';
import { component } from '../component-names.js';
import { guarded, type PanelContext } from './context.js';
import { resourceId } from './ids.js';
import { PanelResource, type Source } from './panel-resource.js';
import { numbered, pick, textList } from './pick.js';

/** The resource, for AdminJS's `resources`. */
export function interpreterResource(context: PanelContext): {
  resource: PanelResource<InterpreterModel>;
  options: ResourceOptions;
} {
  const { internals, userOf } = context;
  return {
    resource: new PanelResource(interpreterSource(context), internals, userOf),
    options: options(context),
  };
}

function interpreterSource({ internals: { models } }: PanelContext): Source<InterpreterModel> {
  return {
    id: resourceId.interpreters,
    model: models.Interpreter,
    columns: [
      { name: 'id', type: 'number' },
      { name: 'name', filter: 'text', isSortable: true },
      { name: 'path', filter: 'text', isSortable: true },
      { name: 'arguments' },
      { name: 'createdAt', type: 'datetime', isSortable: true },
    ],
    readAction: 'interpreter:read',
    present: ({ id, name, path, arguments: words, createdAt }) => ({
      id,
      name,
      path,
      arguments: words,
      createdAt,
    }),
    create: (values) => models.Interpreter.create(inputOf(values) as never),
    async update(id, values) {
      return (await existing(models, id)).update(inputOf(values));
    },
    async remove(id) {
      const interpreter = await existing(models, id);
      const servers = await interpreter.getServers();
      const jobs = await models.Job.count({ where: { interpreterId: id } });
      const users = [
        ...(jobs > 0 ? [numbered(jobs, 'job')] : []),
        ...servers.map(({ title }) => `server “${title}”`),
      ];
      if (users.length > 0) {
        const message = `“${interpreter.name}” is used by ${users.join(', ')}. Change or delete these first.`;
        throw new ConflictError('in_use', message);
      }
      await interpreter.destroy();
    },
  };
}

function inputOf(values: Record<string, unknown>): Record<string, unknown> {
  return { ...pick(values, ['name', 'path']), arguments: textList(values['arguments']) };
}

async function existing(models: PanelContext['internals']['models'], id: number): Promise<InterpreterModel> {
  const interpreter = await models.Interpreter.findByPk(id);
  if (!interpreter) throw new NotFoundError(`Interpreter ${id}`);
  return interpreter;
}

function options(context: PanelContext): ResourceOptions {
  return {
    id: resourceId.interpreters,
    navigation: { name: context.navigation, icon: 'Terminal' },
    titleProperty: 'name',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    listProperties: ['name', 'path', 'arguments'],
    showProperties: ['name', 'path', 'arguments', 'createdAt'],
    editProperties: ['name', 'path', 'arguments'],
    filterProperties: ['name', 'path'],
    properties: {
      name: { isTitle: true, isRequired: true, description: 'As people call it, such as “Python 3”.' },
      path: {
        isRequired: true,
        description:
          'The executable on the server: absolute, such as /usr/bin/python3, or a name in its PATH.',
      },
      arguments: {
        isArray: true,
        description: 'Given before the file name, one a line, such as -u.',
        components: { list: component.argumentsValue, show: component.argumentsValue },
      },
      createdAt: { components: { show: component.agoValue, list: component.agoValue } },
    },
    actions: guarded(context, 'interpreter'),
  };
}
