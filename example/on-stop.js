/** How the processes of the demo end. */

/** Calls `stop` once: on SIGTERM or Ctrl-C, or when the process that started this one is gone. */
export function onStop(stop) {
  let isStopping = false;
  const stopOnce = () => {
    if (isStopping) return;
    isStopping = true;
    stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.on(event, stopOnce);
}
