/** What the project's own tests use, for the tests of applications that embed it. */

export { memoryBus, memoryQueue } from '../queue/memory-queue.js';
export { memoryStorage } from '../storage/memory.js';
export { startSshServer } from './ssh-server.js';
export { waitForStatus } from './wait-for-status.js';
