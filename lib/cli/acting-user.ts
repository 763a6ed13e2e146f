/** Who types a command, for the audit. */

import { userInfo } from 'node:os';

/** The name on this machine. Rights are not asked: whoever has the database's password may do all. */
export function actingUser(): { by: string } {
  return { by: `${nameHere()} (drs)` };
}

/** A container may run as a number that has no name. */
function nameHere(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
