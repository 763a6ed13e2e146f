/** What can be done with jobs, by REST. */

import { createRecordCalls, type RecordCalls } from './record-calls.js';
import type { Requester } from './request.js';
import type {
  Accepted,
  Explanation,
  Job,
  JobFilter,
  ListedJob,
  NewJob,
  Retried,
  SubmitBody,
} from './types.js';

/** What can be done with jobs. Every method rejects with a DrsClientError when the server refuses. */
export interface JobCalls extends RecordCalls<Job, NewJob, JobFilter, ListedJob> {
  /** Hands the job to the workers. */
  submit(id: number, body?: SubmitBody): Promise<Accepted>;
  /** Puts the program on the server without running it. */
  copy(id: number, body?: SubmitBody): Promise<Accepted>;
  /** Runs it again as its newest attempt was run, but for what the body says. Passwords and keys have to be given again. */
  retry(id: number, body?: SubmitBody): Promise<Retried>;
  /** Ends the attempt under way, and every process that it started. */
  cancel(id: number): Promise<Accepted>;
  /** Administrators: hands the attempt under way to the workers again. */
  requeue(id: number): Promise<Accepted>;
  /** Where the newest attempt is, who holds it, and what it waits for. */
  explain(id: number): Promise<Explanation>;
}

export function createJobCalls(request: Requester): JobCalls {
  const post =
    <Answer>(action: 'submit' | 'copy' | 'retry' | 'cancel' | 'requeue') =>
    (id: number, body: unknown = {}): Promise<Answer> =>
      request.json(`/jobs/:id/${action}`, { id, method: 'POST', body });
  const cancel = post<Accepted>('cancel');
  const requeue = post<Accepted>('requeue');
  return {
    ...createRecordCalls(request, '/jobs'),
    submit: post('submit'),
    copy: post('copy'),
    retry: post('retry'),
    cancel: (id) => cancel(id),
    requeue: (id) => requeue(id),
    explain: (id) => request.json('/jobs/:id/explanation', { id }),
  };
}
