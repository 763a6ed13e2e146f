/** A process of the embedded tests: starts everything, prints where it is, and waits to be ended. */

import { startEmbedded } from '../../lib/embedded/index.js';

const embedded = await startEmbedded({ directory: process.argv[2] ?? '' });
console.log(JSON.stringify(embedded));
setInterval(() => undefined, 60_000);
