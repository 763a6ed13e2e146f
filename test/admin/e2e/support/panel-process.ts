/** The host with the panel in a process of its own, which prints its address. What it needs is in the environment. */

import { createRemoteSubmission, optionsFromEnvironment } from '../../../../lib/index.js';
import { identifyBy, startHost } from './host-app.js';

const admin = { id: 1, username: process.env['ADMIN_NAME'] ?? '', isAdmin: true };
const drs = createRemoteSubmission({ ...optionsFromEnvironment(), identify: identifyBy([admin]) });
const { url } = await startHost(drs);
console.log(url);
