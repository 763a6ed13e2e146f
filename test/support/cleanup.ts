/** Things that tests share and that end with the run: register here what must be stopped. */

const stops: (() => Promise<unknown> | void)[] = [];

/** Calls `stop` after the last test of the run, newest first. */
export function atEnd(stop: () => Promise<unknown> | void): void {
  stops.unshift(stop);
}

export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}

/** The value of `make()`, made once for the whole run. */
export function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => (value ??= make());
}
