/** The dashboard: how things stand right now. */

import { Box, Loader, MessageBox } from '@adminjs/design-system';
import type { ReactElement } from 'react';
import { callDashboard, listUrl, newUrl } from './shared/api.js';
import {
  FailedJobs,
  RunningJobs,
  UnreachableServers,
  WaitingJobs,
  Workers,
  type Job,
  type UnreachableServer,
  type Worker,
} from './shared/dashboard-cards.js';
import { HoursPlot, type HourCount } from './shared/hours-plot.js';
import { InnerLink } from './shared/inner-link.js';
import { usePolling } from './shared/use-polling.js';

interface State {
  counts: Record<'running' | 'waiting' | 'failed' | 'succeeded', number> &
    Record<'hasInterpreters' | 'hasServers' | 'hasJobs', boolean>;
  hours: HourCount[];
  workers: Worker[];
  running: Job[];
  waiting: Job[];
  failed: Job[];
  unreachable: UnreachableServer[];
}

const jobsId = 'drs-jobs';
const serversId = 'drs-servers';
const interpretersId = 'drs-interpreters';

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
        <div className="drs-stack">
          <RunningJobs jobs={state.running} />
          <FailedJobs jobs={state.failed} />
        </div>
        <div className="drs-stack">
          <WaitingJobs jobs={state.waiting} />
          <UnreachableServers servers={state.unreachable} />
          <Workers workers={state.workers} />
        </div>
      </div>
    </>
  );
}

function Numbers({ counts }: Pick<State, 'counts'>): ReactElement {
  return (
    <div className="drs-numbers">
      <Count label="running" count={counts.running} href={listUrl(jobsId, { status: 'running' })} />
      <Count label="waiting" count={counts.waiting} href={listUrl(jobsId, { status: 'submitted' })} />
      <Count
        label="failed in the last day"
        count={counts.failed}
        href={listUrl(jobsId, { status: 'failure' })}
      />
      <Count
        label="succeeded in the last day"
        count={counts.succeeded}
        href={listUrl(jobsId, { status: 'success' })}
      />
    </div>
  );
}

function Count({ label, count, href }: { label: string; count: number; href: string }): ReactElement {
  return (
    <InnerLink className="drs-card drs-count" to={href}>
      <span className="drs-number">{count.toLocaleString('en')}</span>
      <span className="drs-muted">{label}</span>
    </InnerLink>
  );
}

function FirstSteps(has: { hasInterpreters: boolean; hasServers: boolean }): ReactElement {
  const steps: [string, string, boolean][] = [
    [
      'Add an interpreter: what runs the programs, such as /usr/bin/python3',
      newUrl(interpretersId),
      has.hasInterpreters,
    ],
    ['Add a server, and choose the interpreters that it has', newUrl(serversId), has.hasServers],
    ['Make a job, and submit it to the server', newUrl(jobsId), false],
  ];
  return (
    <section className="drs-card">
      <h3>Three steps to the first job</h3>
      <ol className="drs-rows">
        {steps.map(([text, href, isDone], index) => (
          <li key={href}>
            {isDone ? '✓' : `${index + 1}.`} <InnerLink to={href}>{text}</InnerLink>
          </li>
        ))}
      </ol>
    </section>
  );
}
