/** Who did what to a server or an interpreter, for its page. */

import { NotFoundError } from '../../lib/errors.js';
import { maxId } from '../../lib/protocol/schemas/fields.js';
import { actorOf, type PanelContext } from '../resources/context.js';
import { hiddenAction } from './job-actions.js';

/** The action that the page asks. It answers to those who may read the record. */
export function history(
  panel: PanelContext,
  kind: 'server' | 'interpreter',
): ReturnType<typeof hiddenAction> {
  const { access, audit, drs } = panel;
  const { models } = drs;
  return hiddenAction(async (request, context) => {
    const id = Number(request.query?.['record']);
    const key = Number.isInteger(id) && id > 0 && id <= maxId ? id : 0;
    const user = actorOf(panel, context);
    const record =
      kind === 'server' ? await models.Server.findByPk(key) : await models.Interpreter.findByPk(key);
    if (!record || !(await access.isAllowed(user, `${kind}:read`, record)))
      throw new NotFoundError(`The ${kind}`);
    const events = 'hostname' in record ? await audit.ofServer(record) : await audit.ofInterpreter(record.id);
    return { events };
  });
}
