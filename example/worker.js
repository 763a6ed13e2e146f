/** The worker process: `node example/worker.js`. It takes jobs from the queue and carries them out, as `drs worker` does. */

import { createRemoteSubmission, optionsFromEnvironment } from 'express-remote-submission';
import { onStop } from './on-stop.js';

const drs = createRemoteSubmission(optionsFromEnvironment());
const worker = await drs.work({ concurrency: 8 });

onStop(async () => {
  await worker.stop();
  await drs.close();
});

process.send?.({ ready: true });
