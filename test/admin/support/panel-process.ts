/** The panel in a process of its own: prints its address. `DATABASE_URL` names a migrated database. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { drsAdmin } from '../../../admin/index.js';
import { memoryBus, memoryQueue } from '../../../lib/queue/memory-queue.js';
import { createRemoteSubmission } from '../../../lib/remote-submission.js';
import { memoryStorage } from '../../../lib/storage/memory.js';

const drs = createRemoteSubmission({
  databaseUrl: process.env['DATABASE_URL'] ?? '',
  queue: { jobs: memoryQueue(), bus: memoryBus() },
  storage: memoryStorage(),
  secret: 'a secret of at least sixteen characters',
  identify: () => ({ id: 1, username: 'ann', isAdmin: true }),
});
const app = express();
app.use('/admin', drsAdmin(drs));
const server = createServer(app);
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/admin`);
});
