/** The header of `<drs-job-log>`: what the job is and how it stands. */

import { isFinal } from '../../protocol/job-status.js';
import type { Job } from '../types.js';
import { setBadge } from './badge.js';
import { h, setText } from './dom.js';
import { formatDuration, formatMoment } from '../../protocol/formats.js';
import type { LogFrame } from './log-frame.js';
import { noteOf, statusWords } from '../../protocol/words.js';

/** Shows a job. @param attempt the one whose output is shown, which may be an earlier one */
export function showHeader(frame: LogFrame, job: Job, attempt: number): void {
  const isNewest = attempt === job.attempt;
  setText(frame.title, job.title || `Job ${job.id}`);
  frame.scroller.setAttribute('aria-label', `Output of ${job.title || `job ${job.id}`}`);
  frame.badge.hidden = !isNewest;
  if (isNewest) setBadge(frame.badge, job.status);
  const facts = [`Job ${job.id}`, ...(isNewest ? newestFacts(job) : earlierFacts(job, attempt))];
  const texts = [...frame.meta.children].map(({ textContent }) => textContent);
  if (texts.join() !== facts.join()) frame.meta.replaceChildren(...facts.map((fact) => h('span', {}, fact)));
  frame.meta.title = job.startedAt === null ? '' : `Started ${formatMoment(Date.parse(job.startedAt))}`;
  showReason(frame, isNewest ? job : null);
  setText(frame.empty, emptyWords(job, isNewest));
}

function newestFacts(job: Job): string[] {
  const facts = job.attempt > 0 ? [`Attempt ${job.attempt}`] : [];
  const { interpreter, server } = job;
  facts.push(
    `${interpreter.name ?? `Interpreter ${interpreter.id}`} on ${server.title ?? `server ${server.id}`}`,
  );
  if (job.startedAt !== null) {
    const end = job.finishedAt === null ? Date.now() : Date.parse(job.finishedAt);
    facts.push(formatDuration(end - Date.parse(job.startedAt)));
  }
  if (job.failureReason !== null && job.failureReason !== 'exit')
    facts.push(job.failureReason.replace('_', ' '));
  if (job.exitCode !== null) facts.push(`exit code ${job.exitCode}`);
  if (job.signal !== null) facts.push(job.signal);
  return facts;
}

function earlierFacts(job: Job, attempt: number): string[] {
  return [`Attempt ${attempt} of ${job.attempt}, an earlier one`];
}

function showReason({ reason }: LogFrame, job: Job | null): void {
  const text = job ? noteOf(job) : '';
  reason.hidden = text === '';
  reason.dataset.tone = job?.status === 'failure' ? 'bad' : 'waiting';
  if (job?.status === 'success' || job?.status === 'cancelled') reason.dataset.tone = 'plain';
  setText(reason, text);
}

function emptyWords(job: Job, isNewest: boolean): string {
  if (!isNewest || isFinal(job.status))
    return job.logPolicy === 'none' ? 'Its output is not kept.' : 'It printed nothing.';
  if (job.status === 'initial') return 'Not submitted yet. Its output will appear here.';
  if (job.status === 'submitted') return 'Waiting for a worker…';
  return 'Running. Nothing printed yet.';
}

/** One sentence for screen readers when the state changes. */
export function announcement(job: Job): string {
  return `${job.title}: ${statusWords[job.status]}. ${noteOf(job)}`;
}
