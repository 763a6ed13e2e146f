/** Sample data: the interpreters that this machine has, one server, and five jobs worth looking at. Made once. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SERVER_TITLE = 'Demo machine';
const OWNER = { owner: 'scientist', ownerUsername: 'scientist' };

/** The first three that are found are used. The real path of Python is asked for: `python3` may be a version switch. */
const candidates = [
  { name: 'Python 3', arguments: ['-u'], find: ['python3', '-c', 'import sys; print(sys.executable)'] },
  { name: 'Shell', arguments: [], find: ['sh', '-c', 'command -v sh'] },
  { name: 'Bash', arguments: [], find: ['bash', '-c', 'command -v bash'] },
  { name: 'Perl', arguments: [], find: ['perl', '-e', 'print $^X'] },
  { name: 'Node.js', arguments: [], find: [process.execPath, '-p', 'process.execPath'] },
];

/** Those that are shown run once at the first start, so that there is something to see. */
const jobs = [
  { title: 'Reflectivity fit', file: 'reflectivity_fit.py', interpreter: 'Python 3', isShown: true },
  { title: 'Count on both streams', file: 'counter.py', interpreter: 'Python 3' },
  { title: 'Fail with a traceback', file: 'failing.py', interpreter: 'Python 3', isShown: true },
  { title: 'Make files in folders', file: 'make_files.sh', interpreter: 'Shell' },
  { title: 'Colours and a progress bar', file: 'colours.sh', interpreter: 'Shell', isShown: true },
];

/**
 * Makes what is not there yet, and writes down where the server listens this time.
 *
 * @param {import('express-remote-submission').RemoteSubmission} drs
 * @param {{ hostname: string, port: number }} ssh the server to submit to
 * @returns {Promise<number[]>} the ids of the jobs that were made and shall be shown
 */
export async function makeSampleData(drs, ssh) {
  const address = { hostname: ssh.hostname, port: ssh.port };
  const { Server, Job } = drs.models;
  const [server] = await Server.findOrCreate({ where: { title: SERVER_TITLE }, defaults: address });
  await server.update(address);
  if ((await Job.count()) > 0) return [];
  const interpreters = await makeInterpreters(drs);
  await server.setInterpreters(interpreters);
  const shown = [];
  // Lists show the newest first: the first of the list above is made last.
  for (const job of jobs.slice().reverse()) {
    const interpreter = interpreters.find(({ name }) => name === job.interpreter);
    if (!interpreter) continue;
    const id = await makeJob(drs, { ...job, server, interpreter });
    if (job.isShown) shown.push(id);
  }
  return shown;
}

async function makeInterpreters(drs) {
  const found = [];
  for (const { name, arguments: given, find } of candidates) {
    const path = found.length < 3 ? await findPath(find) : null;
    if (path) {
      const [interpreter] = await drs.models.Interpreter.findOrCreate({
        where: { name },
        defaults: { path, arguments: given },
      });
      found.push(interpreter);
    }
  }
  return found;
}

/** The absolute path that the command prints, or null where it is not installed. */
async function findPath([command, ...args]) {
  try {
    const { stdout } = await run(command, args, { timeout: 10_000 });
    const path = stdout.trim();
    return path.startsWith('/') ? path : null;
  } catch {
    return null;
  }
}

async function makeJob(drs, { title, file, server, interpreter }) {
  const program = await readFile(new URL(`programs/${file}`, import.meta.url), 'utf8');
  const job = await drs.jobs.create({
    ...OWNER,
    title,
    program,
    remoteDirectory: '~/jobs/{job}',
    remoteFilename: file,
    serverId: server.id,
    interpreterId: interpreter.id,
  });
  return job.id;
}
