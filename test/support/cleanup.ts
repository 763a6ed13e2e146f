/** Things that tests share and that end with the run: register here what must be stopped. */

type Stop = () => Promise<unknown> | void;

// Mocha loads a test that awaits at its top level (AdminJS does) as an ES module, and the rest as CommonJS: there can be
// two copies of this file in one run, and they must share one list.
const key = Symbol.for('express-remote-submission.test.stops');
const everywhere = globalThis as { [key]?: Stop[] };
const stops = (everywhere[key] ??= []);

/** Calls `stop` after the last test of the run, newest first. */
export function atEnd(stop: Stop): void {
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
