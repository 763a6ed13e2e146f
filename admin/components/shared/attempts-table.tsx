/** The attempts of a job, newest first. */

import type { ReactElement, ReactNode } from 'react';
import { Ago, Status } from './status.js';
import { reasonInWords, runTime } from './words.js';

/** One start of a job. */
export interface Attempt {
  number: number;
  kind: string;
  status: string;
  username: string;
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  signal: string | null;
  failureReason: string | null;
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
    runTime(startedAt, finishedAt),
    exitCode ?? '–',
    reasonInWords(attempt) || '–',
    username,
  ];
}
