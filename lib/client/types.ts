/** What the REST interface takes and answers: dates are ISO 8601 text. The schemas that check it say what each field is. */

import type { z } from 'zod';
import type * as attempts from '../protocol/schemas/attempt-schemas.js';
import type * as connections from '../protocol/schemas/connection-schemas.js';
import type * as interpreters from '../protocol/schemas/interpreter-schemas.js';
import type * as jobs from '../protocol/schemas/job-schemas.js';
import type { ListAnswer } from '../protocol/schemas/list-schemas.js';
import type * as logs from '../protocol/schemas/log-schemas.js';
import type * as results from '../protocol/schemas/result-schemas.js';
import type * as servers from '../protocol/schemas/server-schemas.js';
import type { submitBody } from '../protocol/schemas/submit-schema.js';

/** A page of a list, newest first. */
export type Page<T> = ListAnswer<T>;

/** A job as `GET /jobs/:id` answers it. */
export type Job = z.infer<typeof jobs.jobSchema>;

/** A job in a list: without its program, which may be large. */
export type ListedJob = z.infer<typeof jobs.listedJobSchema>;

/** What a user has the right to do with a job; whether it makes sense just now, its status says. */
export type AllowedActions = Job['allowed'];

/** The body of `POST /jobs`. */
export type NewJob = z.input<typeof jobs.jobBody>;

/** A machine as `GET /servers` answers it. */
export type Server = z.infer<typeof servers.serverSchema>;

/** The body of `POST /servers`. */
export type NewServer = z.input<typeof servers.serverBody>;

/** What is known of a server's host key. */
export type HostKeyState = z.infer<typeof connections.hostKeyAnswer>;

/** How to sign in for a test; nothing: the app's own key, as the user who asks. */
export type TestBody = z.input<typeof connections.signInInput>;

/** How the test of a connection went: the first step that fails is the last. */
export type ConnectionReport = z.infer<typeof connections.connectionReport>;

/** What runs a program, as `GET /interpreters` answers it. */
export type Interpreter = z.infer<typeof interpreters.interpreterSchema>;

/** The body of `POST /interpreters`. */
export type NewInterpreter = z.input<typeof interpreters.interpreterBody>;

/** A file that a job made, as `GET /jobs/:id/results` answers it. */
export type Result = z.infer<typeof results.resultSchema>;

/** The body of a submit; what is left out comes from the job, then from the system. */
export type SubmitBody = z.input<typeof submitBody>;

/** What submit, copy, cancel and requeue answer. */
export type Accepted = z.infer<typeof attempts.submissionSchema>;

/** What retry answers. */
export type Retried = z.infer<typeof attempts.retrySchema>;

/** Where the newest attempt of a job is. */
export type Explanation = z.infer<typeof attempts.explanationSchema>;

/** Which page of a list, and of which jobs: `limit` is 10 by default, at most 100; `cursor` is `next` of the page before. */
export type JobFilter = QueryInput<typeof jobs.jobQuery>;

/** Which page of a list, and of which servers. */
export type ServerFilter = QueryInput<typeof servers.serverQuery>;

/** Which page of a list, and of which interpreters. */
export type InterpreterFilter = QueryInput<typeof interpreters.interpreterQuery>;

/** Which page of a list, and of which files. */
export type ResultFilter = QueryInput<typeof results.resultsQuery>;

/** Which page of a list, and of which chunks. */
export type LogFilter = QueryInput<typeof results.logsQuery>;

/** Whether an instance can work; which part cannot be reached is told to those who are signed in. */
export type Health = z.infer<typeof results.healthSchema>;

/** A chunk in a list over all jobs. */
export type ListedChunk = z.infer<typeof logs.logSchema>;

/** Chunks of a log, in order. */
export type LogPage = z.infer<typeof logs.jobLogsSchema>;

/** What to look for in a log. */
export type SearchQuery = QueryInput<typeof logs.logSearchQuery> & { q: string };

/** A line that holds the text. A long line of several chunks comes once for each. */
export type LogHit = z.infer<typeof logs.logHitSchema>;

/** Lines that hold the text, in the order of their chunks. */
export type LogHits = z.infer<typeof logs.logHitsSchema>;

/** Which part of a log: give one of `after`, `before` and `line`. */
export type LogQuery = QueryInput<typeof logs.jobLogsQuery>;

/** A query before it is text: what has a default may be left out. */
type QueryInput<Query extends z.ZodType> = Partial<z.output<Query>>;
