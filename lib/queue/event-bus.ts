/** The contract of the bus: announcements between processes, at most once, and never believed: whoever hears one asks the database. */

import type { Announcement } from '../protocol/events.js';

export interface EventBus {
  /** Never throws: an announcement that is lost costs time, not truth. */
  publish(announcement: Announcement): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (announcement: Announcement) => void): () => void;
  /** Called after the connection was away: announcements may have been missed. Returns the unsubscribe. */
  onReconnect(listener: () => void): () => void;
  close(): Promise<void>;
}
