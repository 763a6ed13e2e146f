/** What live viewing is made from. */

import type { Access } from '../access.js';
import type { Logger } from '../logger.js';
import type { Models } from '../models/model-types.js';
import type { EventBus } from '../queue/event-bus.js';
import type { EndedSessions } from '../store/ended-sessions.js';
import type { JobStore } from '../store/job-store.js';

export interface LiveDependencies {
  access: Access;
  models: Pick<Models, 'Job'>;
  store: Pick<JobStore, 'statuses' | 'logs'>;
  bus: Pick<EventBus, 'subscribe' | 'onReconnect'>;
  endedSessions: Pick<EndedSessions, 'newest' | 'after'>;
  logger: Logger;
}
