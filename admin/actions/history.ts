/** Who did what to a server or an interpreter, for its page. */

import { findRecord } from '../../lib/domain/find-records.js';
import { requireUser, type PanelContext } from '../resources/context.js';
import { hiddenAction } from './job-actions.js';

/** The action that the page asks. It answers to those who may read the record. */
export function history(
  panel: PanelContext,
  kind: 'server' | 'interpreter',
): ReturnType<typeof hiddenAction> {
  const { access, audit, drs } = panel;
  const { models } = drs;
  return hiddenAction(async (request, context) => {
    const as = requireUser(panel, context);
    const id = Number(request.query?.['record']);
    if (kind === 'server') {
      const find = (key: number) => models.Server.findByPk(key);
      const lookup = { id, action: 'server:read', what: 'Server', find } as const;
      return { events: await audit.ofServer(await findRecord({ access, call: { as } }, lookup)) };
    }
    const find = (key: number) => models.Interpreter.findByPk(key);
    const lookup = { id, action: 'interpreter:read', what: 'Interpreter', find } as const;
    return { events: await audit.ofInterpreter((await findRecord({ access, call: { as } }, lookup)).id) };
  });
}
