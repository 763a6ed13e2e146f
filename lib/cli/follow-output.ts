/** An attempt's output as it is stored, byte for byte, on two streams. */

import type { Writable } from 'node:stream';
import { Op } from 'sequelize';
import { streams as allStreams, type Stream } from '../protocol/log-policy.js';
import type { Outcome } from '../protocol/records.js';
import { internalsOf } from '../internals.js';
import type { Submission } from '../domain/attempts.js';
import type { RemoteSubmission } from '../remote-submission.js';
import type { FoundAttempt } from './find-attempt.js';
import { writeBytes } from './print.js';

const CHUNKS_PER_READ = 100;

/** Where the output goes, and how to stop early. */
export interface FollowTarget {
  stdout: Writable;
  stderr: Writable;
  /** Default: both. */
  streams?: readonly Stream[];
  /** Default: to the end. */
  signal?: AbortSignal;
}

/** An attempt that may be under way. */
export type Followed = Pick<Submission, 'jobId' | 'attempt' | 'finished'>;

/** Writes what is stored now. False when nobody reads any more. */
export function printOutput(
  drs: RemoteSubmission,
  attempt: FoundAttempt,
  target: FollowTarget,
): Promise<boolean> {
  return createPrinter(drs, attempt, target)();
}

/** Writes each chunk once and in order. Resolves to the outcome when the attempt has ended and all was written. */
export async function followOutput(
  drs: RemoteSubmission,
  followed: Followed,
  target: FollowTarget & { signal: AbortSignal },
): Promise<Outcome | 'stopped' | 'output closed'> {
  const { jobId, attempt } = followed;
  const { bus } = internalsOf(drs);
  const notifier = createNotifier();
  const leaves = [
    bus.subscribe((news) => {
      if (news.type === 'log' && news.jobId === jobId && news.attempt === attempt) notifier.notify();
    }),
    bus.onReconnect(() => notifier.notify()),
  ];
  target.signal.addEventListener('abort', notifier.notify);
  let outcome: Outcome | undefined;
  const finished = followed.finished().then((value) => {
    outcome = value;
    notifier.notify();
  });
  // A failure of finished() ends the wait for the notifier; the await below throws it.
  finished.catch(notifier.notify);
  try {
    const print = createPrinter(drs, followed, target);
    for (;;) {
      if (target.signal.aborted) return 'stopped';
      const isOver = outcome !== undefined;
      if (!(await print())) return 'output closed';
      if (isOver && outcome) return outcome;
      await Promise.race([notifier.notified(), finished]);
    }
  } finally {
    target.signal.removeEventListener('abort', notifier.notify);
    for (const leave of leaves) leave();
  }
}

/** A function that writes what is stored and was not written yet; false when nobody reads any more. */
function createPrinter(
  drs: RemoteSubmission,
  { jobId, attempt }: FoundAttempt,
  { streams = allStreams, signal, ...target }: FollowTarget,
): () => Promise<boolean> {
  let seq = 0;
  return async () => {
    for (;;) {
      const chunks = await drs.models.Log.findAll({
        where: { jobId, attempt, stream: [...streams], seq: { [Op.gt]: seq } },
        order: [['seq', 'ASC']],
        limit: CHUNKS_PER_READ,
      });
      for (const chunk of chunks) {
        if (!(await writeBytes(target[chunk.stream], chunk.content))) return false;
        seq = chunk.seq;
      }
      if (chunks.length < CHUNKS_PER_READ || signal?.aborted) return true;
    }
  };
}

/** A notifier that keeps a notification until somebody waits for it. */
function createNotifier(): { notify: () => void; notified(): Promise<void> } {
  let wake: (() => void) | undefined;
  let isPending = false;
  return {
    notify() {
      isPending = true;
      wake?.();
    },
    async notified() {
      if (!isPending) await new Promise<void>((resolve) => (wake = resolve));
      isPending = false;
    },
  };
}
