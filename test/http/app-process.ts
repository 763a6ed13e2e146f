/** A host app that has `drsRouter()` and nothing else; how to reach its services stands in the environment. */

import express from 'express';
import { drsRouter } from '../../lib/index.js';

express().use('/drs', drsRouter());
// An app listens, which is what keeps its process alive.
const server = express().listen(0, '127.0.0.1', () => process.send?.('listening'));
if (process.env.APP_LISTENS === 'yes') {
  process.on('SIGTERM', () => {
    process.send?.('SIGTERM');
    setTimeout(() => process.exit(7), Number(process.env.APP_STOPS_AFTER_MS));
    server.close();
  });
}
