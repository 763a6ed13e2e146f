/** The contract of queues: carry tickets to workers, at least once. */

/** "Look at this attempt of this job." The database is the truth, never the ticket. */
export interface Ticket {
  jobId: number;
  attempt: number;
}

export interface QueueConsumer {
  /** Takes no new tickets. */
  stop(): Promise<void>;
}

export interface JobQueue {
  /** Adds a ticket; one that is still queued or in a handler is not added twice. */
  add(ticket: Ticket): Promise<void>;
  /** Gives tickets to `handler`, one at a time: the next one when the promise is settled. */
  consume(handler: (ticket: Ticket) => Promise<void>): Promise<QueueConsumer>;
  close(): Promise<void>;
}
