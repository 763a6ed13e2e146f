/** Interpreters in the panel. */

import type { ResourceOptions } from 'adminjs';
import type { NewInterpreter } from '../../lib/protocol/schemas/interpreter-schemas.js';
import type { InterpreterModel } from '../../lib/models/define-models.js';
import { history } from '../actions/history.js';
import { component } from '../component-names.js';
import { guarded, type PanelContext } from './context.js';
import { resourceId } from './ids.js';
import { PanelResource, type Source } from './panel-resource.js';
import { pick, textList } from './pick.js';

/** The resource, for AdminJS's `resources`. */
export function interpreterResource(context: PanelContext): {
  resource: PanelResource<InterpreterModel>;
  options: ResourceOptions;
} {
  return { resource: new PanelResource(interpreterSource(context), context), options: options(context) };
}

function interpreterSource({ drs }: PanelContext): Source<InterpreterModel> {
  return {
    id: resourceId.interpreters,
    model: drs.models.Interpreter,
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
    create: (values, user) => drs.interpreters.create(inputOf(values), { as: user }),
    update: (id, values, user) => drs.interpreters.update(id, inputOf(values), { as: user }),
    remove: (id, user) => drs.interpreters.delete(id, { as: user }),
  };
}

/** As the form sent it: the input's own rules say what is wrong with it, in sentences. */
function inputOf(values: Record<string, unknown>): NewInterpreter {
  return { ...pick(values, ['name', 'path']), arguments: textList(values['arguments']) } as NewInterpreter;
}

function options(context: PanelContext): ResourceOptions {
  return {
    id: resourceId.interpreters,
    navigation: { name: context.navigation, icon: 'Terminal' },
    titleProperty: 'name',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    listProperties: ['name', 'path', 'arguments'],
    showProperties: ['name', 'path', 'arguments', 'createdAt', 'history'],
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
      history: { type: 'mixed', components: { show: component.historyValue } },
    },
    actions: { ...guarded(context, 'interpreter'), history: history(context, 'interpreter') },
  };
}
