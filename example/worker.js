/** The worker process: `node example/worker.js`. It takes jobs from the queue and carries them out. */

import { createRemoteSubmission } from 'express-remote-submission';
import { onStop, sharedOptions } from './settings.js';

const drs = createRemoteSubmission(sharedOptions());
const worker = await drs.work({ concurrency: 8 });

onStop(async () => {
  await worker.stop();
  await drs.close();
});

process.send?.({ ready: true });
