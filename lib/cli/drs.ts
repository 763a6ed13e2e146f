#!/usr/bin/env node
/** The command `drs`. It works from DATABASE_URL, REDIS_URL, DRS_SECRET and DRS_IDENTITY. */

import { createProgram } from './program.js';
import { failed } from './failure.js';

const exitCode = await createProgram().run(process.argv.slice(2)).catch(failed);
// Whoever stops following a job leaves a wait for its end behind, which would hold this process.
process.exit(exitCode);
