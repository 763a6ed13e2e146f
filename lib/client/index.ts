/** The client: jobs, logs and results over REST and Socket.IO, and the elements for pages. Importing it does nothing yet. */

export { connectDrs, type DrsClient } from './connect.js';
export { DrsClientError, type ClientProblem } from './client-error.js';
export { defineElements } from './elements/define.js';
export type { ConnectOptions } from './request.js';
export type { FollowOptions } from './follow-log.js';
export type { JobCalls } from './job-calls.js';
export type { RecordCalls } from './record-calls.js';
export type { PageClient } from './page-client.js';
export type { RestCalls } from './rest.js';
export type { RouteMethods } from './route-methods.js';
export type { ServiceCalls } from './service-calls.js';
export type { ServerCalls } from './server-calls.js';
export type { ConnectionState, JobsHandlers } from './watch-jobs.js';
export type { LogHandlers, LogSelection } from './watch-log.js';
export type {
  Accepted,
  AllowedActions,
  ConnectionReport,
  Explanation,
  Health,
  HostKeyState,
  Interpreter,
  InterpreterFilter,
  Job,
  JobFilter,
  ListedChunk,
  ListedJob,
  LogFilter,
  LogHit,
  LogHits,
  LogPage,
  LogQuery,
  NewInterpreter,
  NewJob,
  NewServer,
  Page,
  Result,
  ResultFilter,
  Retried,
  SearchQuery,
  Server,
  ServerFilter,
  SubmitBody,
  TestBody,
} from './types.js';
export type { ConnectionStep } from '../protocol/connection-steps.js';
export type { LogChunk, LogEvent, StatusEvent } from '../protocol/events.js';
export type { FailureReason, JobStatus } from '../protocol/job-status.js';
export type { LogPolicy, Stream } from '../protocol/log-policy.js';
