/** Starts everything in order, says where it is, and stops it in the reverse order. */

import { fileURLToPath } from 'node:url';
import { createRemoteSubmission } from 'express-remote-submission';
import { startEmbedded } from 'express-remote-submission/embedded';
import { makeSampleData } from '../sample-data.js';
import { lockData, readKeptSecrets } from './kept.mjs';
import { startProcess } from './processes.mjs';
import { say, step } from './steps.mjs';
import { untilAskedToStop } from './stop.mjs';

const dataFolder = fileURLToPath(new URL('../.data', import.meta.url));
const programOf = (name) => fileURLToPath(new URL(`../${name}.js`, import.meta.url));
