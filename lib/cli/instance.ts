/** The instance that a command works with, from the environment. */

import { pino } from 'pino';
import { optionsFromEnvironment } from '../options.js';
import { createRemoteSubmission, type RemoteSubmission } from '../remote-submission.js';

/** Gives an instance to `use`, and closes it afterwards. @throws OptionsError when a variable is missing */
export async function withInstance<T>(use: (drs: RemoteSubmission) => Promise<T>): Promise<T> {
  // The standard output is for what was asked.
  const logger = pino({ name: 'drs', level: 'warn' }, pino.destination(process.stderr.fd));
  const drs = createRemoteSubmission({ ...optionsFromEnvironment(), logger });
  try {
    return await use(drs);
  } finally {
    await drs.close();
  }
}
