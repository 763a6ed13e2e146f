/** `drs retry JOB` */

import { actingUser } from './acting-user.js';
import { withInstance } from './instance.js';
import { printRecord, type JsonFlag } from './print.js';

/** Makes a new attempt as the newest one was made, with the app's own key or the password in DRS_PASSWORD. */
export function retry(jobId: number, flags: JsonFlag): Promise<number> {
  return withInstance(async (drs) => {
    const password = process.env.DRS_PASSWORD;
    const { attempt, status, retryOf } = await drs.retryJob(jobId, {
      ...(password ? { password } : {}),
      ...actingUser(),
    });
    const sentence = `job ${jobId}: attempt ${attempt}, a new one after attempt ${retryOf}\n`;
    return printRecord(flags, { jobId, attempt, status, retryOf }, sentence);
  });
}
