/** At most so many connects at a time to one machine: servers punish storms (`MaxStartups`, `PerSourcePenalties`). */

export interface ConnectQueue {
  /** Runs `connect` when it is its turn. @param onTooLate what it rejects with after `timeoutMs` of waiting */
  run<T>(connect: () => Promise<T>, limits: { timeoutMs: number; onTooLate: () => Error }): Promise<T>;
  readonly isIdle: boolean;
}

export function createConnectQueue(maxAtOnce: number): ConnectQueue {
  const waiting: (() => void)[] = [];
  let running = 0;
  const next = () => {
    if (running < maxAtOnce) waiting.shift()?.();
  };
  return {
    get isIdle() {
      return running === 0 && waiting.length === 0;
    },
    async run(connect, { timeoutMs, onTooLate }) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(begin), 1);
          reject(onTooLate());
        }, timeoutMs);
        const begin = () => {
          clearTimeout(timer);
          running += 1;
          resolve();
        };
        waiting.push(begin);
        next();
      });
      try {
        return await connect();
      } finally {
        running -= 1;
        next();
      }
    },
  };
}
