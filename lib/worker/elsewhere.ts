/** The server answers, but what the attempt has there cannot be seen from where we came. */

import { TransportError } from '../errors.js';
import type { RunReport } from '../schedulers/run-report.js';
import type { Claim } from '../store/attempt-store.js';

/** The error that makes an attempt wait: it is never started again, and never `lost` while nobody knows. */
export function outOfSight(
  report: Extract<RunReport, { kind: 'elsewhere' | 'away' }>,
  { server: { hostname } }: Claim,
): TransportError {
  if (report.kind === 'away') {
    const [node = ''] = report.machine.split(':');
    const text = `It runs on another machine behind ${hostname} (${node}) than the one that answers.`;
    return new TransportError('away', `${text} Waiting for its end, or for a connection to that one.`);
  }
  const text = `On ${hostname} its control directory cannot be found: ${report.detail}.`;
  const advice = 'Is the home directory mounted, or was it restored? Nothing is started again meanwhile.';
  return new TransportError('elsewhere', `${text} ${advice}`);
}
