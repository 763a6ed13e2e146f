/** The page of a job: how it stands, its output and results as they come, and its program. */

import { Box, MessageBox } from '@adminjs/design-system';
import type { ActionProps } from 'adminjs';
import type { ReactElement } from 'react';
import { callResource, recordUrl } from './shared/api.js';
import { AttemptsTable, type Attempt } from './shared/attempts-table.js';
import { AuditList, type AuditEvent } from './shared/audit-list.js';
import { JobFacts, type LiveJob } from './shared/job-facts.js';
import { LiveLog } from './shared/live-log.js';
import { usePolling } from './shared/use-polling.js';

interface Live {
  job: LiveJob;
  attempts: Attempt[];
  events: AuditEvent[];
  /** Where an attempt under way is, and what it waits for. */
  explanation: string | null;
}

export default function JobPage({ record, resource, action }: ActionProps): ReactElement {
  const { mountPath, serversId } = action.custom as { mountPath: string; serversId: string };
  const jobId = String(record?.id);
  const { value, error } = usePolling<Live>(
    () => callResource({ resourceId: resource.id, actionName: 'live', params: { job: jobId } }),
    (live) => (live && ['submitted', 'running'].includes(live.job.status) ? 1500 : 5000),
  );
  return (
    <Box className="drs-stack">
      {error ? <MessageBox variant="danger" message={error} /> : null}
      {value ? (
        <section className="drs-card">
          <JobFacts job={value.job} serverUrl={recordUrl(serversId, value.job.serverId)} />
          {value.explanation ? (
            <p className="drs-muted drs-explanation" data-testid="explanation">
              {value.explanation}
            </p>
          ) : null}
        </section>
      ) : null}
      <section className="drs-card">
        <h3>Output and results</h3>
        {value?.job.attempt === 0 ? (
          <p className="drs-muted">There is no output yet. Use “Submit to server” to start the job.</p>
        ) : null}
        {value && value.job.attempt > 0 ? (
          <LiveLog jobId={jobId} mountPath={mountPath} key={value.job.attempt} />
        ) : null}
      </section>
      {value && value.attempts.length > 0 ? (
        <section className="drs-card">
          <h3>Attempts</h3>
          <AttemptsTable attempts={value.attempts} />
        </section>
      ) : null}
      {value ? (
        <section className="drs-card">
          <h3>Who did what</h3>
          <AuditList events={value.events} resourceId={resource.id} />
        </section>
      ) : null}
      <section className="drs-card">
        <h3>Program</h3>
        <pre className="drs-code">{String(record?.params['program'] ?? '')}</pre>
      </section>
    </Box>
  );
}
