#!/usr/bin/env node
/**
 * `npm run demo`: the whole example on this machine, with nothing to configure.
 *
 * In a fresh clone nothing is installed when this file starts: here and in demo/prepare.mjs only what Node brings.
 */

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

try {
  const { choosePort, prepare } = await import('./demo/prepare.mjs');
  const port = await choosePort(process.env.PORT);
  await prepare();
  const { runDemo } = await import('./demo/run.mjs');
  await runDemo({ port });
} catch (error) {
  console.error(error.code === 'demo' || process.env.DEBUG === undefined ? `\n${error.message}` : error);
  process.exit(1);
}
