/** Which ways a transport can go. */

import { DrsError } from '../errors.js';
import type { Transport } from './session.js';

/** Why it cannot reach a machine through these jump hosts, or null: it would dial another machine than the one that is meant. */
export function wayProblem(
  name: string,
  { supportsJumpHosts = false }: Transport,
  via: readonly unknown[],
): DrsError | null {
  if (via.length === 0 || supportsJumpHosts) return null;
  const text = `The transport ${name} goes through no jump hosts: choose another transport, or no jump host.`;
  return new DrsError('jump_hosts_unsupported', text);
}
