/** Answers the calls that the benchmark sends to this process. */

/** @param {Record<string, (argument: any) => Promise<unknown>>} methods */
export function serve(methods) {
  process.on('message', async ({ id, method, argument }) => {
    try {
      process.send({ id, value: (await methods[method](argument)) ?? null });
    } catch (error) {
      process.send({ id, error: error.stack });
    }
  });
  // Not by the signal itself: a CPU profile is written at an exit.
  for (const end of ['SIGTERM', 'disconnect']) process.on(end, () => process.exit());
  process.send({ isReady: true });
}
