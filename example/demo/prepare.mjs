/** What must be there before the demo can start: packages, the build, a port. Node built-ins only. */

import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DemoError, say, step } from './steps.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = ['lib', 'admin', 'views', 'build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'];

/**
 * Installs the packages and builds, where that is needed.
 *
 * @param {{ asked?: Promise<unknown> }} [options] `asked` resolves when somebody wants to stop
 */
export async function prepare({ asked } = {}) {
  const run = createRun(asked);
  if (isInstalled()) say('the packages are installed');
  else await step('the packages are installed', () => install(run));
  if (isBuilt()) say('the build is up to date');
  else await step('the package is built', () => build(run));
}

/** The port to serve on: `wanted`, or 3000, or a free one when 3000 is taken. */
export async function choosePort(wanted) {
  if (wanted === undefined || wanted === '') return (await isFree(3000)) ? 3000 : freePort();
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new DemoError(
      `PORT is ${JSON.stringify(wanted)}: give a number from 1 to 65535, or 0 for any free port.`,
    );
  }
  if (port === 0) return freePort();
  if (await isFree(port)) return port;
  throw new DemoError(
    `Port ${port} on 127.0.0.1 is taken or not allowed. Set PORT to another one: PORT=3001 npm run demo`,
  );
}

/** Every package of the lock file is there in its version: npm notes in node_modules what it has installed. */
function isInstalled() {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(
      readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'),
    ).packages;
    return Object.entries(wanted).every(
      ([path, { version, optional, link }]) =>
        path === '' || optional || link || installed[path]?.version === version,
    );
  } catch {
    return false;
  }
}

async function install(run) {
  say('installing the packages with npm, which takes a minute or two …');
  // The demo builds, so it needs development packages, also where NODE_ENV says production.
  const options = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  if ((await npm(run, ['ci', ...options])) === 0) return;
  say('npm ci failed; trying npm install …');
  if ((await npm(run, ['install', '--no-save', ...options])) === 0) return;
  throw new DemoError(
    'npm could not install the packages. Its messages are above; is the registry within reach?',
  );
}

function npm(run, args) {
  const path = process.env.npm_execpath;
  return path?.endsWith('.js') ? run(process.execPath, [path, ...args]) : run('npm', args);
}

/** The build makes the command executable at its very end: that moment is later than any change of a source. */
function isBuilt() {
  const command = statSync(join(root, 'dist/lib/cli/drs.js'), { throwIfNoEntry: false });
  return (
    command !== undefined &&
    (command.mode & 0o100) !== 0 &&
    sources.every((path) => lastChange(path) <= command.ctimeMs)
  );
}

async function build(run) {
  say('building …');
  if ((await run(process.execPath, ['build.mjs'])) !== 0) {
    throw new DemoError('The build failed. Its messages are above.');
  }
}

/** When a file, or anything in a folder, was changed last, in milliseconds. A removed file changes its folder. */
function lastChange(path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  const inside = readdirSync(join(root, path)).map((name) => lastChange(join(path, name)));
  return Math.max(stats.mtimeMs, ...inside);
}

/** A function that gives the exit code of a command whose messages go to the terminal, and ends it when asked to stop. */
function createRun(asked) {
  return (command, args) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
      void asked?.then(() => child.kill('SIGTERM'));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (signal !== null) reject(new DemoError(`${command} ${args[0]} was ended by ${signal}.`));
        else resolve(code);
      });
    });
}

function isFree(port) {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

function freePort() {
  return listenOnce(0);
}

function listenOnce(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: taken } = server.address();
      server.close(() => resolve(taken));
    });
  });
}
