/** Express Remote Submission: run a program on a remote machine, watch it live, get its files back. */

export { createRemoteSubmission } from './remote-submission.js';
export type * from './remote-submission-types.js';
export { drsRouter, type DrsRouter } from './http/router.js';
export { attachSockets, type AttachedSockets } from './sockets/attach-sockets.js';
export type { SocketTiming } from './sockets/socket-timing.js';
export { optionsFromEnvironment } from './options.js';
export type { RemoteSubmissionOptions } from './options.js';
export type { Limits } from './limits.js';
export type { Logger } from './logger.js';
export { isMatching } from './protocol/result-patterns.js';
export { LogPolicy, type Stream } from './protocol/log-policy.js';
export { JobStatus, failureReasons, type FailureReason } from './protocol/job-status.js';
export type * from './protocol/attempt-records.js';
export type * from './protocol/records.js';
export type * from './protocol/host-keys.js';
export type { ConnectionReport, ConnectionStep, TestStep } from './protocol/connection-steps.js';
export type { AttemptFacts } from './protocol/explanation.js';
export type { Announcement, LogChunk, LogEvent, StatusEvent } from './protocol/events.js';
export type { AccountKeys, KeyOptions } from './domain/account-keys.js';
export type { Attempts, Explanation, Retry, Submission } from './domain/attempts.js';
export type { CredentialOptions } from './domain/credentials.js';
export type { SubmitOptions } from './domain/make-attempt.js';
export type { CallOptions, DoneFor } from './domain/call.js';
export type { ListAnswer } from './protocol/schemas/list-schemas.js';
export type { Interpreters } from './domain/interpreters.js';
export type {
  InterpreterAnswer,
  InterpreterChanges,
  InterpreterFilter,
  NewInterpreter,
} from './protocol/schemas/interpreter-schemas.js';
export type { Jobs } from './domain/jobs.js';
export type { JobAnswer, JobChanges, JobFilter, ListedJob, NewJob } from './protocol/schemas/job-schemas.js';
export type { Servers } from './domain/servers.js';
export type {
  NewServer,
  ServerAnswer,
  ServerChanges,
  ServerFilter,
} from './protocol/schemas/server-schemas.js';
export { defaultAuthorize, type AccessRecord, type Action, type Authorize } from './access.js';
export { direct, type DirectOptions } from './schedulers/direct.js';
export type * from './schedulers/scheduler.js';
export type * from './schedulers/tried-server.js';
export type { RunEnd, RunReport } from './schedulers/run-report.js';
export { disk } from './storage/disk.js';
export type { FileStorage, StoredFile } from './storage/file-storage.js';
export { local } from './transports/local.js';
export { ssh } from './transports/ssh.js';
export type * from './transports/session.js';
export type * from './queue/job-queue.js';
export type { EventBus } from './queue/event-bus.js';
export * from './errors.js';
export type * from './models/define-models.js';
