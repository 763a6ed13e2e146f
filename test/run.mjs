/**
 * `npm test`: installs and builds what is missing, then runs the tests. `npm run bench` does the same for the
 * benchmarks, `npm run test:chaos` for the tests with faults in their long form. What follows on the command line goes
 * to mocha, as in `npm test -- test/http`.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

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
  run(process.execPath, ['node_modules/mocha/bin/mocha.js', 'test/chaos/*.test.ts'], {
    env: { ...process.env, DRS_CHAOS_SILENCE_MS: '30000', DRS_CHAOS_TICKETS: '1000' },
  });
  run(process.execPath, ['--import', 'tsx', 'test/chaos/long.ts', ...rest]);
} else {
  const given = [first, ...rest].filter((argument) => argument !== undefined);
  const hasFiles = given.some((argument) => existsSync(argument));
  run(process.execPath, [
    'node_modules/mocha/bin/mocha.js',
    ...(hasFiles ? [] : ['test/**/*.test.ts']),
    ...given,
  ]);
}
