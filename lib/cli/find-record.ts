/** Servers and interpreters by id or by name, as people type them. */

import { CommandError } from './failure.js';

/** What is looked for. */
interface Named {
  id: number;
  /** Title or name. */
  label: string;
}

/**
 * The one that `nameOrId` names: by its label, else by its id.
 *
 * @throws CommandError that lists what there is
 */
export function findByName<T extends Named>(what: string, nameOrId: string, all: readonly T[]): T {
  const labelled = all.filter(({ label }) => label === nameOrId);
  const [found] = labelled.length > 0 ? labelled : all.filter(({ id }) => String(id) === nameOrId);
  const known = all.map(({ id, label }) => `  ${id}  ${label}`).join('\n') || '  (none)';
  if (!found) throw new CommandError(`There is no ${what} ${JSON.stringify(nameOrId)}. There are:\n${known}`);
  if (labelled.length > 1) {
    throw new CommandError(
      `More than one ${what} is called ${JSON.stringify(nameOrId)}. Give its id:\n${known}`,
    );
  }
  return found;
}
