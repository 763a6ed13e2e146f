/** The attempts of a job, newest first. */

import type { ReactElement } from 'react';
import { Ago, Status } from './status.js';
import { reasonInWords, runTime } from './words.js';

/** One start of a job. */
export interface Attempt {
  number: number;
  kind: string;
  status: string;
  username: string;
  submittedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  signal: string | null;
  failureReason: string | null;
}

/** A small table; on a phone it scrolls to the side within its card. */
export function AttemptsTable({ attempts }: { attempts: Attempt[] }): ReactElement {
  return (
    <div className="drs-scroll" tabIndex={0} role="region" aria-label="Attempts">
      <table className="drs-table" data-testid="attempts">
        <thead>
          <tr>
            {['Attempt', 'Status', 'As user', 'Submitted', 'Started', 'Ran for', 'Exit code', 'Reason'].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <AttemptRow key={attempt.number} attempt={attempt} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AttemptRow({ attempt }: { attempt: Attempt }): ReactElement {
  const { number, kind, status, username, submittedAt, startedAt, finishedAt, exitCode } = attempt;
  return (
    <tr>
      <td>
        {number}
        {kind === 'copy' ? ' (copy only)' : ''}
      </td>
      <td>
        <Status status={status} />
      </td>
      <td>{username}</td>
      <td>
        <Ago time={submittedAt} />
      </td>
      <td>
        <Ago time={startedAt} />
      </td>
      <td className="drs-nowrap">{runTime(startedAt, finishedAt)}</td>
      <td>{exitCode ?? '–'}</td>
      <td className="drs-reason">{reasonInWords(attempt) || '–'}</td>
    </tr>
  );
}
