import { expect } from 'chai';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../lib/embedded/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const program = fileURLToPath(new URL('slow-network.ts', import.meta.url));

interface Came {
  stdout?: string;
  reason?: string;
  message?: string;
  tookMs: number;
}

/** Signs in to a name with these addresses; 10.9.0.2 has a round trip of 300 ms, others of 10.9.0.0/24 answer nothing. */
async function signInTo(...addresses: string[]): Promise<Came> {
  const hosts = join(await temporaryFolder('hosts'), 'hosts');
  const node = [process.execPath, '--import', 'tsx', program, hosts, ...addresses];
  const { stdout, output } = await runCommand('unshare', ['-n', '-m', ...node]);
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(output);
  return JSON.parse(line) as Came;
}

describe('a name with several addresses', function () {
  this.timeout(60_000);

  it('is reached on a slow path, also where one of them cannot be', async () => {
    expect(await signInTo('10.9.0.2', '2001:db8::1')).to.include({ stdout: 'hello\n' });
    expect(await signInTo('10.9.0.2')).to.include({ stdout: 'hello\n' });
  });

  it('is reached behind six that answer nothing, before the time is over', async () => {
    const silent = [3, 4, 5, 6, 7, 8].map((number) => `10.9.0.${number}`);
    const { stdout, tookMs } = await signInTo(...silent, '10.9.0.2');
    expect(stdout).to.equal('hello\n');
    expect(tookMs).to.be.below(15_000);
  });

  it('that answers at none of them is told for each why', async () => {
    const { reason, message, tookMs } = await signInTo('127.0.0.1', '10.9.0.3', '2001:db8::1');
    expect(reason).to.equal('unreachable');
    expect(message)
      .to.contain('127.0.0.1: nothing listens there')
      .and.contain('10.9.0.3: no answer within 5 s')
      .and.contain('2001:db8::1: there is no route to its network');
    expect(tookMs).to.be.below(10_000);
  });
});
