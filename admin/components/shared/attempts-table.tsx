/** The attempts of a job, newest first. */

import type { ReactElement, ReactNode } from 'react';
import { Ago, Status } from './status.js';
import { formatRunTime } from '../../../lib/protocol/formats.js';
import type { FailureReason, JobStatus } from '../../../lib/protocol/job-status.js';
import { reasonInWords } from '../../../lib/protocol/words.js';

/** One start of a job. */
export interface Attempt {
  number: number;
  kind: string;
  status: JobStatus;
  username: string;
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  signal: string | null;
  failureReason: FailureReason | null;
}

const heads = ['Attempt', 'Status', 'Started', 'Ran for', 'Exit code', 'Reason', 'As user'] as const;

/** A small table; on a phone each attempt is a block of its own. */
export function AttemptsTable({ attempts }: { attempts: Attempt[] }): ReactElement {
  return (
    <table className="drs-table" data-testid="attempts">
      <thead>
        <tr>
          {heads.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {attempts.map((attempt) => (
          <tr key={attempt.number}>
            {cellsOf(attempt).map((cell, index) => (
              <td key={heads[index]} data-label={heads[index]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** In the order of `heads`. */
function cellsOf(attempt: Attempt): ReactNode[] {
  const { number, kind, status, username, startedAt, finishedAt, exitCode } = attempt;
  return [
    kind === 'copy' ? `${number} (copy only)` : number,
    <Status status={status} />,
    <Ago time={startedAt} />,
    formatRunTime(startedAt, finishedAt),
    exitCode ?? '–',
    reasonInWords(attempt) || '–',
    username,
  ];
}
