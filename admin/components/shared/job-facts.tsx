/** How a job stands, as a list of facts. */

import type { ReactElement } from 'react';
import { InnerLink } from './inner-link.js';
import { Ago, Status } from './status.js';
import { formatRunTime } from '../../../lib/protocol/formats.js';
import type { FailureReason, JobStatus } from '../../../lib/protocol/job-status.js';
import { noteOf } from '../../../lib/protocol/words.js';
import { FactList, type Fact } from './fact-list.js';

/** A job as its page asks for it again and again. */
export interface LiveJob {
  id: number;
  title: string;
  status: JobStatus;
  attempt: number;
  failureReason: FailureReason | null;
  exitCode: number | null;
  signal: string | null;
  message: string | null;
  ownerUsername: string;
  serverId: number;
  server: string;
  interpreter: string;
  path: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** The facts, with what a person can do about a failure. */
export function JobFacts({ job, serverUrl }: { job: LiveJob; serverUrl: string }): ReactElement {
  const facts: Fact[] = [
    ['Status', <Status status={job.status} />],
    ...(noteOf(job) ? [[job.failureReason ? 'Reason' : 'Note', noteOf(job)] as Fact] : []),
    ['Attempt', job.attempt === 0 ? 'not submitted yet' : `number ${job.attempt}`],
    ...(job.exitCode === null ? [] : [['Exit code', String(job.exitCode)] as Fact]),
    ['Owner', job.ownerUsername],
    ['Server', <InnerLink to={serverUrl}>{job.server}</InnerLink>],
    ['Interpreter', job.interpreter],
    ['Path on the server', <code className="drs-code">{job.path}</code>],
    ['Made', <Ago time={job.createdAt} />],
    ...(job.startedAt ? [['Started', <Ago time={job.startedAt} />] as Fact] : []),
    ...(job.startedAt
      ? [[job.finishedAt ? 'Ran for' : 'Running for', formatRunTime(job.startedAt, job.finishedAt)] as Fact]
      : []),
  ];
  return (
    <>
      <h2 className="drs-title">{job.title}</h2>
      <FactList facts={facts} isWide />
    </>
  );
}
