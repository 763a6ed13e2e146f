/** The contract of queues: carry tickets to workers, at least once. */

/** "Look at this attempt of this job." The database is the truth, never the ticket. */
export interface Ticket {
  jobId: number;
  attempt: number;
}

export interface QueueConsumer {
  /** Takes no new tickets: they stay for others. */
  stop(): Promise<void>;
}

export interface JobQueue {
  /** Adds a ticket; one that is still queued or in a handler is not added twice. */
  add(ticket: Ticket): Promise<void>;
  /**
   * Gives tickets to `handler`, one at a time, in the order in which they were added: the next one when the promise is
   * settled. A ticket whose handler failed was taken: the database brings it back.
   */
  consume(handler: (ticket: Ticket) => Promise<void>): Promise<QueueConsumer>;
  close(): Promise<void>;
}
