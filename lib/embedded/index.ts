/** `express-remote-submission/embedded`: the services that a newcomer lacks, for demos and tests. */

export { ensureCommand, type CommandNeed } from './install.js';
export { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './postgres.js';
export { startEmbeddedRedis, type EmbeddedRedisOptions, type EmbeddedService } from './redis.js';
export {
  startEmbedded,
  type Embedded,
  type EmbeddedInstanceOptions,
  type EmbeddedOptions,
} from './start-embedded.js';
export type { SshKeyPair } from './kept-files.js';
export type { EmbeddedUser } from './ssh.js';
