/**
 * `npm test`: installs and builds what is missing, then runs the tests. `npm run bench` does the same for the
 * benchmarks, `npm run test:chaos` for the tests with faults and `npm run test:matrix` for those with servers and shells in
 * their long form. What follows on the command line goes to mocha, as in `npm test -- test/http`.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const mocha = 'node_modules/mocha/bin/mocha.js';

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync('node_modules/.package-lock.json')) {
  console.log('installing the packages (once; this takes a minute)');
  run('npm', ['ci', '--no-audit', '--no-fund']);
}
console.log('building');
run(process.execPath, ['build.mjs']);

const [first, ...rest] = process.argv.slice(2);
if (first === 'bench') {
  run(process.execPath, ['--import', 'tsx', 'test/bench/bench.ts', ...rest]);
} else if (first === 'screenshots') {
  for (const script of ['take', 'elements']) {
    run(process.execPath, ['--import', 'tsx', `test/screenshots/${script}.ts`]);
  }
} else if (first === 'chaos') {
  run(process.execPath, [mocha, 'test/chaos/*.test.ts'], {
    env: { ...process.env, DRS_CHAOS_SILENCE_MS: '30000', DRS_CHAOS_TICKETS: '1000' },
  });
  run(process.execPath, ['--import', 'tsx', 'test/chaos/long.ts', ...rest]);
} else if (first === 'matrix') {
  run(process.execPath, ['--import', 'tsx', 'test/matrix/matrix.ts', ...rest]);
  if (rest.length === 0 || rest.includes('--write')) {
    run(process.execPath, [mocha, 'test/matrix/suites.test.ts'], {
      env: { ...process.env, DRS_MATRIX: 'long' },
    });
  }
} else {
  const given = [first, ...rest].filter((argument) => argument !== undefined);
  if (given.some((argument) => existsSync(argument))) run(process.execPath, [mocha, ...given]);
  else await runAll(given);
}

/** All tests, in two processes at once that share nothing: much of the time goes into waiting for deadlines. */
async function runAll(options) {
  const pages = 'test/{admin,cli,client,docs,embedded,example}/**/*.test.ts';
  const halves = [[pages], ['test/**/*.test.ts', '--ignore', pages]].map((files) =>
    spawn(process.execPath, [mocha, ...files, ...options], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const ends = halves.map((half) => once(half, 'close'));
  // One report after the other, each with its own sum. A report that waits must not hold up its half.
  const reports = halves.map(({ stdout }) =>
    stdout.pipe(new PassThrough({ highWaterMark: Number.MAX_SAFE_INTEGER })),
  );
  for (const report of reports) for await (const piece of report) process.stdout.write(piece);
  const codes = (await Promise.all(ends)).map(([code]) => code ?? 1);
  process.exitCode = Math.max(...codes);
}
