/** What the project's own tests use, for the tests of applications that embed it. */

export { memoryBus, memoryQueue } from '../queue/memory-queue.js';
export { memoryStorage } from '../storage/memory.js';
export { startSshServer } from './ssh-server.js';
export { waitForStatus } from './wait-for-status.js';
export { attemptStoreContract, type AttemptStoreUnderTest } from './contracts/attempt-store.js';
export { fileStorageContract } from './contracts/file-storage.js';
export { jobQueueContract } from './contracts/job-queue.js';
export { schedulerContract, type SchedulerUnderTest } from './contracts/scheduler.js';
export { transportContract, type TransportUnderTest } from './contracts/transport.js';
export type { TestRunner } from './contracts/test-runner.js';
