/** The page of a job: how it stands, its output as it comes, its results, and what it is made of. */

import { Box, MessageBox } from '@adminjs/design-system';
import type { ActionProps } from 'adminjs';
import type { ReactElement } from 'react';
import { callResource, recordUrl } from './shared/api.js';
import { JobFacts, type LiveJob } from './shared/job-facts.js';
import { LiveLog } from './shared/live-log.js';
import { usePolling } from './shared/use-polling.js';
import { fileSize } from './shared/words.js';

interface Live {
  job: LiveJob;
  results: { id: number; attempt: number; remoteFilename: string; size: number }[];
  /** More results than are listed. */
  moreResults: number;
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
        </section>
      ) : null}
      <section className="drs-card">
        <h3>Output</h3>
        {value?.job.attempt === 0 ? (
          <p className="drs-muted">There is no output yet. Use “Submit to server” to start the job.</p>
        ) : (
          <LiveLog jobId={jobId} mountPath={mountPath} key={value?.job.attempt} />
        )}
      </section>
      <section className="drs-card">
        <h3>Results</h3>
        <Results live={value} mountPath={mountPath} jobId={jobId} />
      </section>
      <section className="drs-card">
        <h3>Program</h3>
        <pre className="drs-code">{String(record?.params['program'] ?? '')}</pre>
      </section>
    </Box>
  );
}

function Results(props: { live: Live | null; mountPath: string; jobId: string }): ReactElement {
  const { live, mountPath, jobId } = props;
  if (!live || live.results.length === 0) {
    return <p className="drs-muted">{emptyResults(live)}</p>;
  }
  return (
    <>
      <ul className="drs-rows">
        {live.results.map((result) => (
          <li key={result.id}>
            <a href={`${mountPath}/results/${result.id}/file`} download>
              {result.remoteFilename}
            </a>{' '}
            <span className="drs-muted">{fileSize(result.size)}</span>
          </li>
        ))}
      </ul>
      <p className="drs-muted">
        {live.moreResults > 0 ? `and ${live.moreResults} more. ` : ''}
        <a className="drs-link" href={`${mountPath}/jobs/${jobId}/results.zip`} download>
          Download all as one file
        </a>
      </p>
    </>
  );
}

function emptyResults(live: Live | null): string {
  if (!live) return 'Loading…';
  const isOpen = ['initial', 'submitted', 'running'].includes(live.job.status);
  return isOpen
    ? 'Files that the program makes appear here when it has ended.'
    : 'The job brought no files back.';
}
