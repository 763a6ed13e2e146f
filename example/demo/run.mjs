/** Starts everything in order, says where it is, and stops it in the reverse order. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRemoteSubmission } from 'express-remote-submission';
import { ensureCommand, startEmbedded } from 'express-remote-submission/embedded';
import { makeSampleData } from '../sample-data.js';
import { keptSecrets } from './kept.mjs';
import { startProcess } from './processes.mjs';
import { cancelActiveJobs, runSampleJobs } from './sample-jobs.mjs';
import { DemoError, say, step } from './steps.mjs';

const exampleFolder = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs the demo until somebody asks it to stop.
 *
 * @param {{ port: number, dataFolder: string, asked: Promise<string> }} options
 * @throws when a part does not start, or ends by itself
 */
export async function runDemo({ port, dataFolder, asked }) {
  const stops = [];
  const isAsked = asked.then(() => true);
  try {
    const parts = await Promise.race([startParts({ port, dataFolder, stops }), isAsked.then(() => null)]);
    if (parts === null) throw new DemoError('Stopped while it was starting.');
    printReady(parts, port);
    await Promise.race([isAsked, ...[parts.web, parts.worker].map(throwAtEnd)]);
    console.log();
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
  say('everything is stopped');
}

/** Each part that is up adds its stop to `stops`. */
async function startParts({ port, dataFolder, stops }) {
  const secrets = keptSecrets(dataFolder);
  const users = Object.entries(secrets.passwords).map(([username, password]) => ({ username, password }));

  await step('Python is there', () =>
    ensureCommand({ command: 'python3', debianPackage: 'python3', report: say }),
  ).catch((error) => say(`${error.message} Sample jobs in Python are left out.`));
  const embedded = await step('PostgreSQL, Redis and an SSH server run', () =>
    startEmbedded({ directory: dataFolder, users, report: say }),
  );
  stops.push(() => embedded.stop());

  const settings = settingsOf(embedded, dataFolder);
  const drs = createRemoteSubmission(settings.options);
  stops.push(() => drs.close());
  await step('the tables are up to date', () => drs.migrate());
  const shown = await step('the sample data is there', () => makeSampleData(drs, embedded.ssh));

  const env = { ...process.env, ...settings.env, SESSION_SECRET: secrets.session, PORT: String(port) };
  const start = async (name) => {
    const started = await startProcess(name, join(exampleFolder, `${name}.js`), env);
    stops.push(() => started.stop());
    return started;
  };
  const [web, worker] = await step('the web process and the worker run', () =>
    Promise.all([start('web'), start('worker')]),
  );
  stops.push(() => cancelActiveJobs(drs));
  if (shown.length > 0)
    await step(`${shown.length} of the sample jobs have run`, () => runSampleJobs(drs, shown));
  return { web, worker, users };
}

/** The same settings as options for this process, and as environment for the others. */
function settingsOf({ databaseUrl, redisUrl, secret, identity }, dataFolder) {
  const privateKeyPath = join(dataFolder, 'app-key');
  writeFileSync(privateKeyPath, identity.privateKey, { mode: 0o600 });
  return {
    // As the web process, whose sign-ins have accounts of their own names: `admin`, too.
    options: {
      databaseUrl,
      redisUrl,
      secret,
      identity: { privateKeyPath },
      mapUsername: ({ username }) => username,
    },
    env: {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      DRS_SECRET: secret,
      DRS_IDENTITY: privateKeyPath,
      DRS_STORAGE: join(dataFolder, 'results'),
    },
  };
}

function printReady({ users }, port) {
  console.log(`
Sign in as       scientist / scientist123
or               admin / admin123          (sees everything, and the panel at /admin)

Jobs sign in to the demo machine with the app's own key. To try a password there:
${users.map(({ username, password }) => `  ${`${username}:`.padEnd(11)} ${password}`).join('\n')}

Ctrl-C stops everything.

ready: http://127.0.0.1:${port}`);
}

async function throwAtEnd({ name, ended }) {
  throw new DemoError(`The ${name} process ended by itself: ${await ended}.`);
}
