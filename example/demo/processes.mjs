/** The demo's own processes: started apart from the terminal's Ctrl-C, so that they can be stopped in order. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DemoError } from './steps.mjs';

const STOP_MS = 10_000;

/**
 * Starts a Node program and waits until it says that it is ready (`process.send({ ready: true })`).
 * It ends by itself when this process is gone, because its channel closes.
 *
 * @param {string} name for messages
 * @param {string} file the program's path
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ name: string, stop(): Promise<void>, ended: Promise<string> }>} `ended` says how it ended
 */
export async function startProcess(name, file, env) {
  const child = spawn(process.execPath, [file], {
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  const how = await Promise.race([once(child, 'message').then(() => null), ended]);
  if (how !== null) throw new DemoError(`The ${name} process could not start: it ended with ${how}.`);
  return { name, ended, stop: () => stopProcess(child, ended) };
}

/** Asks the process to end, and after ten seconds makes it. */
async function stopProcess(child, ended) {
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(force);
}
