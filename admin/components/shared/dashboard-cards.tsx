/** The lists of the dashboard: what runs, waits and failed, which servers are out of reach, and who works. */

import type { ReactElement, ReactNode } from 'react';
import { recordUrl } from './api.js';
import { InnerLink } from './inner-link.js';
import { Ago } from './status.js';
import { formatRunTime } from '../../../lib/protocol/formats.js';
import type { FailureReason } from '../../../lib/protocol/job-status.js';
import { noteOf } from '../../../lib/protocol/words.js';

/** A job in a list. */
export interface Job {
  id: number;
  title: string;
  ownerUsername: string;
  server: string;
  message: string | null;
  failureReason: FailureReason | null;
  exitCode: number | null;
  signal: string | null;
  submittedAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

/** A process that carries out jobs. */
export interface Worker {
  id: string;
  hostname: string;
  pid: number;
  since: string;
  slots: number;
  used: number;
}

/** A server that jobs wait for, or gave up on. */
export interface UnreachableServer {
  id: number;
  title: string;
  hostname: string;
  port: number;
  since: string;
  jobs: number;
}

const jobsId = 'drs-jobs';
const serversId = 'drs-servers';

export function RunningJobs({ jobs }: { jobs: Job[] }): ReactElement {
  return (
    <Card title="Running" empty="Nothing is running.">
      {jobs.map((job) => (
        <JobRow key={job.id} job={job}>
          for {formatRunTime(job.startedAt)} on {job.server}, {job.ownerUsername}
        </JobRow>
      ))}
    </Card>
  );
}

export function FailedJobs({ jobs }: { jobs: Job[] }): ReactElement {
  return (
    <Card title="Failures of the last day" empty="Nothing failed.">
      {jobs.map((job) => (
        <JobRow key={job.id} job={job}>
          <div>{noteOf(job)}</div>
          <Ago time={job.finishedAt} /> on {job.server}, {job.ownerUsername}
        </JobRow>
      ))}
    </Card>
  );
}

export function WaitingJobs({ jobs }: { jobs: Job[] }): ReactElement {
  return (
    <Card title="Waiting" empty="Nothing is waiting.">
      {jobs.map((job) => (
        <JobRow key={job.id} job={job}>
          submitted <Ago time={job.submittedAt} /> for {job.server}, {job.ownerUsername}
          {job.message ? <div>{job.message}</div> : null}
        </JobRow>
      ))}
    </Card>
  );
}

export function UnreachableServers({ servers }: { servers: UnreachableServer[] }): ReactElement {
  return (
    <Card title="Servers out of reach" empty="Every server that is needed can be reached.">
      {servers.map((server) => (
        <li key={server.id}>
          <InnerLink to={recordUrl(serversId, server.id)}>{server.title}</InnerLink>{' '}
          <span className="drs-muted">
            {server.hostname}:{server.port}, first <Ago time={server.since} />
            {server.jobs > 0 ? `; ${server.jobs} waiting for it` : ''}
          </span>
        </li>
      ))}
    </Card>
  );
}

export function Workers({ workers }: { workers: Worker[] }): ReactElement {
  return (
    <Card title="Workers" empty="No worker is alive: jobs wait until one is started (drs worker).">
      {workers.map(({ id, hostname, pid, since, slots, used }) => (
        <li key={id}>
          {hostname} <span className="drs-muted">process {pid}</span>
          <div className="drs-muted">
            {used} of {slots} slots used, started <Ago time={since} />
          </div>
        </li>
      ))}
    </Card>
  );
}

function Card({
  title,
  empty,
  children,
}: {
  title: string;
  empty: string;
  children: ReactNode[];
}): ReactElement {
  return (
    <section className="drs-card">
      <h3>{title}</h3>
      {children.length > 0 ? <ul className="drs-rows">{children}</ul> : <p className="drs-muted">{empty}</p>}
    </section>
  );
}

function JobRow({ job, children }: { job: Job; children: ReactNode }): ReactElement {
  return (
    <li>
      <InnerLink to={recordUrl(jobsId, job.id)}>{job.title}</InnerLink>
      <div className="drs-muted">{children}</div>
    </li>
  );
}
