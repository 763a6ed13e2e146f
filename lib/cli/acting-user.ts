/** Who types a command, for the audit. */

import { userInfo } from 'node:os';
import { CommandError } from './failure.js';

/** The name on this machine. Rights are not asked: whoever has the database's password may do all. */
export function actingUser(): { by: string } {
  return { by: `${nameHere()} (drs)` };
}

function nameHere(): string {
  return accountName() ?? `user ${process.getuid?.() ?? 'unknown'}`;
}

/** null: a container may run as a number that has no name. */
function accountName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** Whoever types it, where nobody else is named. @param option that names somebody else. @throws CommandError */
export function requireAccountName(option: string): string {
  const name = accountName();
  if (name === null) {
    throw new CommandError(
      `User ${process.getuid?.() ?? 'id'} has no name here: say who it is with ${option}.`,
    );
  }
  return name;
}
