/** How a job stands, as a list of facts. */

import type { ReactElement, ReactNode } from 'react';
import { Ago, Status } from './status.js';
import { reasonInWords, runTime } from './words.js';

/** A job as its page asks for it again and again. */
export interface LiveJob {
  id: number;
  title: string;
  status: string;
  attempt: number;
  failureReason: string | null;
  exitCode: number | null;
  signal: string | null;
  message: string | null;
  ownerUsername: string;
  serverId: number;
  server: string;
  interpreter: string;
  place: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** The facts, with what a person can do about a failure. */
export function JobFacts({ job, serverUrl }: { job: LiveJob; serverUrl: string }): ReactElement {
  const facts: [string, ReactNode][] = [
    ['Status', <Status status={job.status} />],
    ...(job.failureReason ? [['Reason', reasonInWords(job)] as [string, ReactNode]] : []),
    ...(job.message ? [['Message', job.message] as [string, ReactNode]] : []),
    ['Attempt', job.attempt === 0 ? 'not submitted yet' : `number ${job.attempt}`],
    ...(job.exitCode === null ? [] : [['Exit code', String(job.exitCode)] as [string, ReactNode]]),
    ['Owner', job.ownerUsername],
    [
      'Server',
      <a className="drs-link" href={serverUrl}>
        {job.server}
      </a>,
    ],
    ['Interpreter', job.interpreter],
    ['Place on the server', <code className="drs-code">{job.place}</code>],
    ['Made', <Ago time={job.createdAt} />],
    ...(job.startedAt ? [['Started', <Ago time={job.startedAt} />] as [string, ReactNode]] : []),
    ...(job.startedAt ? [['Ran for', runTime(job.startedAt, job.finishedAt)] as [string, ReactNode]] : []),
  ];
  return (
    <>
      <h2 className="drs-title">{job.title}</h2>
      <dl className="drs-facts">
        {facts.map(([name, fact]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
