/** What the demo prints: one line for each step. */

/** An error that the reader of the terminal can act on. */
export class DemoError extends Error {
  code = 'demo';
}

/** Prints a line of progress. */
export function say(text) {
  console.log(`• ${text}`);
}

/** Runs a step, and prints one line when it is done, with the seconds that it took. */
export async function step(text, work) {
  const started = performance.now();
  const value = await work();
  say(`${text} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return value;
}
