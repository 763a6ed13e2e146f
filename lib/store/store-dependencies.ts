/** What the methods of the job store share. */

import type { Sequelize, Transaction } from 'sequelize';
import type { StatusEvent } from '../protocol/events.js';
import type { EventBus } from '../queue/event-bus.js';
import type { Sealer } from '../secrets.js';
import type { Models } from '../models/model-types.js';

/** What a job store is made from. */
export interface StoreDependencies {
  readonly sequelize: Sequelize;
  readonly models: Models;
  readonly sealer: Sealer;
  readonly bus: EventBus;
}

/**
 * Called when the job is locked, before anything else is looked at: what it throws is the end of the matter.
 * It reads in the transaction, and waits for nothing else.
 */
export type Confirm = (transaction: Transaction) => Promise<void>;

/** A job's status as statements return it, with `statusColumns`. */
export type StatusRow = Omit<StatusEvent, 'modified'> & { modified: Date; owner: string };

/** Of the table alias `j`. */
export const statusColumns = `j.id AS "jobId", j.attempt, j.title, j.status, j.failure_reason AS "failureReason",
  j.updated_at AS modified, j.owner`;

/** SQL: how an attempt that repeats attempt `number` says so; NULL for others. */
export const retryMessage = (number: string): string => `'Run again after attempt ' || ${number} || '.'`;

/** The event that viewers get. */
export function statusEvent({ owner: _owner, ...row }: StatusRow): StatusEvent {
  return { ...row, modified: new Date(row.modified).toISOString() };
}

/** A row whose job has a newer attempt by now is all null. */
export type MaybeStatusRow = StatusRow | { jobId: null };

/** Tells every process; about an attempt that is not the job's newest there is nothing to tell. */
export function announceStatus(bus: EventBus, row: MaybeStatusRow): void {
  if (row.jobId === null) return;
  const { jobId, attempt, status } = row;
  bus.publish({ type: 'status', jobId, attempt, status });
}
