/** What both processes of the demo read from the environment; `npm run demo` sets it. */

import { disk } from 'express-remote-submission';

/** Options for `createRemoteSubmission` that the web process and the worker share. */
export function sharedOptions() {
  return {
    databaseUrl: process.env.DATABASE_URL,
    redisUrl: process.env.REDIS_URL,
    secret: process.env.DRS_SECRET,
    identity: { privateKeyPath: process.env.DRS_IDENTITY },
    storage: disk({ directory: process.env.DRS_RESULTS }),
  };
}

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
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.once(event, stopOnce);
}
