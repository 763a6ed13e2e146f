/** A log as an async iterable, which ends when the attempt is over. */

import type { LogChunk } from '../protocol/events.js';
import type { LogHandlers, LogSelection } from './watch-log.js';

/** Where to begin, and how to stop early. */
export interface FollowOptions {
  attempt?: number;
  after?: number;
  signal?: AbortSignal;
}

type WatchLog = (selection: LogSelection, handlers: LogHandlers) => () => void;

/** Yields chunks in order; the server sends on when they were taken. @throws DrsClientError | the signal's reason */
export async function* followLog(
  watchLog: WatchLog,
  jobId: number,
  { signal, ...from }: FollowOptions,
): AsyncGenerator<LogChunk, void, undefined> {
  signal?.throwIfAborted();
  const queue = new AsyncQueue<LogChunk[]>();
  const abort = () => queue.fail(signal?.reason);
  const stop = watchLog(
    { jobId, ...from, isOneAttempt: true },
    {
      onChunks: (chunks) => queue.put(chunks),
      onEnd: () => queue.end(),
      onRefused: (error) => queue.fail(error),
    },
  );
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for await (const chunks of queue) yield* chunks;
  } finally {
    signal?.removeEventListener('abort', abort);
    queue.end();
    stop();
  }
}

/** Passes values from one who puts to one who takes; a put resolves when its value was used up. */
class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #waiting: { value: T; done: () => void }[] = [];
  #wake: () => void = () => undefined;
  #end: { error?: unknown } | undefined;

  put(value: T): Promise<void> {
    if (this.#end) return Promise.resolve();
    return new Promise((done) => {
      this.#waiting.push({ value, done });
      this.#wake();
    });
  }

  end(): void {
    this.#close({});
  }

  fail(error: unknown): void {
    this.#close({ error });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) {
        yield next.value;
        next.done();
      } else if (this.#end) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    }
  }

  #close(end: { error?: unknown }): void {
    this.#end ??= end;
    // Whoever failed wants no more; whoever ended still gets what was put.
    if ('error' in end) for (const { done } of this.#waiting.splice(0)) done();
    this.#wake();
  }
}
