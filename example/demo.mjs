#!/usr/bin/env node
/**
 * `npm run demo`: the whole example on this machine, with nothing to configure.
 *
 * In a fresh clone nothing is installed when this file starts: here and in demo/prepare.mjs only what Node brings.
 * PORT sets the port of the page (default 3000, or a free one), DRS_DEMO_DATA the folder of the data.
 */

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `The demo needs Node 20.19 or newer; this is Node ${process.versions.node}. See https://nodejs.org/en/download`,
  );
  process.exit(1);
}
if (process.platform === 'win32') {
  console.error(
    'The demo needs Linux or macOS. On Windows, run it inside WSL: https://learn.microsoft.com/windows/wsl',
  );
  process.exit(1);
}

const dataFolder = resolve(process.env.DRS_DEMO_DATA || fileURLToPath(new URL('.data', import.meta.url)));
const { untilAskedToStop } = await import('./demo/stop.mjs');
const asked = untilAskedToStop();

async function start() {
  const { choosePort, prepare } = await import('./demo/prepare.mjs');
  const { lockFolder } = await import('./demo/kept.mjs');
  const port = await choosePort(process.env.PORT);
  // Before anything is built anew below a demo that runs.
  const unlock = lockFolder(dataFolder);
  try {
    await prepare({ asked });
    const { runDemo } = await import('./demo/run.mjs');
    await runDemo({ port, dataFolder, asked });
  } finally {
    unlock();
  }
}

try {
  await start();
  process.exit(0);
} catch (error) {
  const wasAsked = await Promise.race([asked, null]);
  if (wasAsked) process.exit(130);
  console.error(process.env.DEBUG ? error : `\n${error.message}`);
  process.exit(1);
}
