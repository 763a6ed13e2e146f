/** An attempt's output as it is stored, byte for byte, on two streams. */

import type { Writable } from 'node:stream';
import { Op } from 'sequelize';
import type { Outcome } from '../core/records.js';
import { internalsOf } from '../internals.js';
import type { RemoteSubmission, Submission } from '../remote-submission.js';

const CHUNKS_PER_READ = 100;

/** Where the output goes, and how to stop early. */
export interface FollowTarget {
  stdout: Writable;
  stderr: Writable;
  signal: AbortSignal;
}

/** Writes each chunk once and in order. Resolves to the outcome when the attempt has ended and all was written. */
export async function followOutput(
  drs: RemoteSubmission,
  submission: Submission,
  target: FollowTarget,
): Promise<Outcome | 'stopped' | 'output closed'> {
  const { jobId, attempt } = submission;
  const { bus } = internalsOf(drs);
  const bell = createBell();
  const leaves = [
    bus.subscribe((news) => {
      if (news.type === 'log' && news.jobId === jobId && news.attempt === attempt) bell.ring();
    }),
    bus.onReconnect(() => bell.ring()),
  ];
  target.signal.addEventListener('abort', bell.ring);
  let outcome: Outcome | undefined;
  const finished = submission.finished().then((value) => {
    outcome = value;
    bell.ring();
  });
  // A failure of finished() ends the wait for the bell; the await below throws it.
  finished.catch(bell.ring);
  try {
    const print = createPrinter(drs, submission, target);
    for (;;) {
      if (target.signal.aborted) return 'stopped';
      const isOver = outcome !== undefined;
      if (!(await print())) return 'output closed';
      if (isOver && outcome) return outcome;
      await Promise.race([bell.rung(), finished]);
    }
  } finally {
    target.signal.removeEventListener('abort', bell.ring);
    for (const leave of leaves) leave();
  }
}

/** A function that writes what is stored and was not written yet; false when nobody reads any more. */
function createPrinter(
  drs: RemoteSubmission,
  { jobId, attempt }: Submission,
  target: FollowTarget,
): () => Promise<boolean> {
  let seq = 0;
  return async () => {
    for (;;) {
      const chunks = await drs.models.Log.findAll({
        where: { jobId, attempt, seq: { [Op.gt]: seq } },
        order: [['seq', 'ASC']],
        limit: CHUNKS_PER_READ,
      });
      for (const chunk of chunks) {
        if (!(await write(target[chunk.stream], chunk.content))) return false;
        seq = chunk.seq;
      }
      if (chunks.length < CHUNKS_PER_READ || target.signal.aborted) return true;
    }
  };
}

/** Resolves when the bytes are out; false when the reader is gone. */
function write(stream: Writable, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // A stream tells of its errors twice, and one that nobody hears would end the process.
    const ignore = (): void => undefined;
    stream.once('error', ignore);
    stream.write(bytes, (error) => {
      if (error && !isBrokenPipe(error)) return reject(error);
      if (!error) stream.off('error', ignore);
      resolve(!error);
    });
  });
}

function isBrokenPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE';
}

/** A bell that also tells the late listener that it has rung. */
function createBell(): { ring: () => void; rung(): Promise<void> } {
  let wake: (() => void) | undefined;
  let hasRung = false;
  return {
    ring() {
      hasRung = true;
      wake?.();
    },
    async rung() {
      if (!hasRung) await new Promise<void>((resolve) => (wake = resolve));
      hasRung = false;
    },
  };
}
