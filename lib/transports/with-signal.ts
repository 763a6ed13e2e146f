/** Waiting that can be given up. */

/** Rejects when the signal aborts; the work goes on for the others who wait for it. */
export function withSignal<T>(
  work: Promise<T>,
  signal?: AbortSignal,
  reasonOf: (signal: AbortSignal) => unknown = ({ reason }) => reason,
): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      const reason = reasonOf(signal);
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
