/** Run by `addresses.test.ts` in namespaces of its own: signs in to a name on a slow network, and prints what came of it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../lib/embedded/free-port.js';
import { runCommand } from '../../lib/embedded/run-command.js';
import { startSshd } from '../support/sshd.js';
import { hello, targetAt } from './support.js';

const [hostsFile = '', ...addresses] = process.argv.slice(2);

async function main(): Promise<object> {
  await writeFile(hostsFile, addresses.map((address) => `${address} far\n`).join(''));
  const { code, output } = await runCommand('mount', ['--bind', hostsFile, '/etc/hosts']);
  if (code !== 0) throw new Error(output);
  const network = spawn('python3', [fileURLToPath(new URL('slow-network.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(network.stdout, 'data');
  const sshd = await startSshd({ config: ['ListenAddress 10.9.0.1'] });
  const { username, password } = sshd.user;
  const begun = performance.now();
  const port = addresses.includes('10.9.0.2') ? sshd.port : await freePort();
  const target = targetAt({ hostname: 'far', port }, { username, password });
  const came = await hello(target).then(
    (stdout) => ({ stdout }),
    ({ code: reason, message }: { code: string; message: string }) => ({ reason, message }),
  );
  const tookMs = performance.now() - begun;
  await sshd.stop();
  network.stdin.end();
  return { ...came, tookMs };
}

process.stdout.write(`${JSON.stringify(await main())}\n`);
process.exit(0);
