#!/usr/bin/env node
/** The command `drs`. It works from DATABASE_URL, REDIS_URL, DRS_SECRET and DRS_IDENTITY. */

import { createProgram } from './program.js';
import { failed } from './failure.js';

try {
  process.exitCode = await createProgram().run(process.argv.slice(2));
} catch (error) {
  process.exitCode = failed(error);
}
