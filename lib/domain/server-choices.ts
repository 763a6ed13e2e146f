/** What servers choose by name, held against what this instance has. */

import { DrsError, type Problem } from '../errors.js';
import {
  choiceNames,
  choices,
  chosen,
  namesForServers,
  type Choice,
  type Named,
} from '../protocol/choices.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { Transport } from '../transports/session.js';
import { wayProblem } from '../transports/way-problem.js';

/** What an instance has, by name. */
export interface Offers {
  transports: Named<Transport>;
  schedulers: Named<Scheduler>;
}

/** Names that are not among them. */
export function unknownNames(offers: Offers, changes: Partial<Record<Choice, string>>): Problem[] {
  return choiceNames.flatMap((choice) => {
    const name = changes[choice];
    const given: Named<unknown> = offers[choices[choice].option];
    if (name === undefined || chosen(choice, given, name) !== null) return [];
    const known = namesForServers(choice, given).join(', ');
    return [{ path: choice, message: `there is no ${choice} ${name} here; known are ${known}` }];
  });
}

/** A jump host where the transport goes through none. @param path of what was changed */
export function jumpProblems(
  { transports }: Pick<Offers, 'transports'>,
  { transport, proxyJump }: { transport: string; proxyJump: number | null },
  path: string,
): Problem[] {
  const found = chosen('transport', transports, transport);
  const problem = found && wayProblem(transport, found, proxyJump === null ? [] : [proxyJump]);
  return problem ? [{ path, message: problem.message }] : [];
}

/** For the test of a connection. @throws DrsError `unknown_transport` | `unknown_scheduler` */
export function requireChosen<Kind>(choice: Choice, given: Named<Kind>, name: string): Kind {
  const found = chosen(choice, given, name);
  if (found !== null) return found;
  const advice = `Give it in the option \`${choices[choice].option}\`, or choose another one for this server.`;
  throw new DrsError(`unknown_${choice}`, `There is no ${choice} ${name} here. ${advice}`);
}
