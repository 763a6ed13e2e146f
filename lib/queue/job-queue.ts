/** The contract of queues: carry tickets to workers, at least once. */

/** "Look at this attempt of this job." The database is the truth, never the ticket. */
export interface Ticket {
  jobId: number;
  attempt: number;
}

export interface QueueConsumer {
  /** Takes no new tickets; resolves when the consumer is closed. Handlers under way are not waited for. */
  stop(): Promise<void>;
}

export interface JobQueue {
  /** Adds a ticket; one that is still queued or in work is not added twice. */
  add(ticket: Ticket): Promise<void>;
  /** Gives tickets to `handler`, at most `concurrency` at a time. */
  consume(handler: (ticket: Ticket) => Promise<void>, options: { concurrency: number }): Promise<QueueConsumer>;
  close(): Promise<void>;
}
