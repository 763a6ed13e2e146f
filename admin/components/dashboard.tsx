/** The dashboard: how things stand right now. */

import { Box, Loader, MessageBox } from '@adminjs/design-system';
import type { ReactElement, ReactNode } from 'react';
import { callDashboard, listUrl, newUrl, recordUrl } from './shared/api.js';
import { HoursPlot, type HourCount } from './shared/hours-plot.js';
import { Ago } from './shared/status.js';
import { usePolling } from './shared/use-polling.js';
import { reasonInWords, runTime } from './shared/words.js';

interface Job {
  id: number;
  title: string;
  ownerUsername: string;
  server: string;
  message: string | null;
  failureReason: string | null;
  exitCode: number | null;
  signal: string | null;
  submittedAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

interface State {
  counts: Record<'running' | 'busyWorkers' | 'waiting' | 'failed' | 'succeeded', number> &
    Record<'hasInterpreters' | 'hasServers' | 'hasJobs', boolean>;
  hours: HourCount[];
  running: Job[];
  waiting: Job[];
  failed: Job[];
  unreachable: { id: number; title: string; hostname: string; port: number; since: string; jobs: number }[];
}

const jobs = 'drs-jobs';
const servers = 'drs-servers';
const interpreters = 'drs-interpreters';

export default function Dashboard(): ReactElement {
  const { value, error } = usePolling<State>(
    () => callDashboard(),
    () => 3000,
  );
  return (
    <Box className="drs-page drs-stack">
      {error ? <MessageBox variant="danger" message={error} /> : null}
      {value ? <Panels state={value} /> : error ? null : <Loader />}
    </Box>
  );
}

function Panels({ state }: { state: State }): ReactElement {
  const { counts } = state;
  if (!counts.hasJobs) return <FirstSteps {...counts} />;
  return (
    <>
      <Numbers counts={counts} />
      <HoursPlot counts={state.hours} />
      <div className="drs-columns">
        <Card title="Running" empty="Nothing is running.">
          {state.running.map((job) => (
            <JobRow key={job.id} job={job}>
              for {runTime(job.startedAt)} on {job.server}, {job.ownerUsername}
            </JobRow>
          ))}
        </Card>
        <Card title="Waiting" empty="Nothing is waiting.">
          {state.waiting.map((job) => (
            <JobRow key={job.id} job={job}>
              submitted <Ago time={job.submittedAt} /> for {job.server}, {job.ownerUsername}
              {job.message ? <div>{job.message}</div> : null}
            </JobRow>
          ))}
        </Card>
        <Card title="Failures of the last day" empty="Nothing failed.">
          {state.failed.map((job) => (
            <JobRow key={job.id} job={job}>
              {reasonInWords(job)}, <Ago time={job.finishedAt} /> on {job.server}
              {job.message ? <div>{job.message}</div> : null}
            </JobRow>
          ))}
        </Card>
        <Card title="Servers out of reach" empty="Every server that is needed can be reached.">
          {state.unreachable.map((server) => (
            <li key={server.id}>
              <a href={recordUrl(servers, server.id)}>{server.title}</a>{' '}
              <span className="drs-muted">
                {server.hostname}:{server.port}, first <Ago time={server.since} />
                {server.jobs > 0 ? `; ${server.jobs} waiting for it` : ''}
              </span>
            </li>
          ))}
        </Card>
      </div>
    </>
  );
}

function Numbers({ counts }: Pick<State, 'counts'>): ReactElement {
  return (
    <div className="drs-numbers">
      <Count
        label={runningLabel(counts.busyWorkers)}
        count={counts.running}
        href={listUrl(jobs, { status: 'running' })}
      />
      <Count label="waiting" count={counts.waiting} href={listUrl(jobs, { status: 'submitted' })} />
      <Count
        label="failed in the last day"
        count={counts.failed}
        href={listUrl(jobs, { status: 'failure' })}
      />
      <Count
        label="succeeded in the last day"
        count={counts.succeeded}
        href={listUrl(jobs, { status: 'success' })}
      />
    </div>
  );
}

/** Workers are known by what they run: an idle one leaves no trace. */
function runningLabel(busyWorkers: number): string {
  return busyWorkers === 0 ? 'running' : `running, on ${busyWorkers} worker${busyWorkers === 1 ? '' : 's'}`;
}

function Count({ label, count, href }: { label: string; count: number; href: string }): ReactElement {
  return (
    <a className="drs-card drs-count" href={href}>
      <span className="drs-number">{count.toLocaleString('en')}</span>
      <span className="drs-muted">{label}</span>
    </a>
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
      <a href={recordUrl(jobs, job.id)}>{job.title}</a>
      <div className="drs-muted">{children}</div>
    </li>
  );
}

function FirstSteps(has: { hasInterpreters: boolean; hasServers: boolean }): ReactElement {
  const steps: [string, string, boolean][] = [
    [
      'Add an interpreter: what runs the programs, such as /usr/bin/python3',
      newUrl(interpreters),
      has.hasInterpreters,
    ],
    ['Add a server, and choose the interpreters that it has', newUrl(servers), has.hasServers],
    ['Make a job, and submit it to the server', newUrl(jobs), false],
  ];
  return (
    <section className="drs-card">
      <h3>Three steps to the first job</h3>
      <ol className="drs-rows">
        {steps.map(([text, href, isDone], index) => (
          <li key={href}>
            {isDone ? '✓' : `${index + 1}.`} <a href={href}>{text}</a>
          </li>
        ))}
      </ol>
    </section>
  );
}
