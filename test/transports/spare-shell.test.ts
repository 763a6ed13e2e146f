import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Session, Target, Transport } from '../../lib/transports/session.js';
import { ssh, type SshOptions } from '../../lib/transports/ssh.js';
import { runScript } from '../../lib/testing/contracts/run-script.js';
import { startSshd, type Sshd, type SshdOptions } from '../support/sshd.js';
import { memoryHostKeys } from './memory-host-keys.js';

/** Shells that wait for a script: each has a child of the same command line that reads it. */
function waitingShells({ user }: Sshd): number[] {
  const starters = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isOf(pid, user.uid) && isStarter(pid));
  return starters.map(parentOf).filter((pid) => starters.includes(pid));
}

function isOf(pid: number, uid: number): boolean {
  return read(pid, 'status').includes(`\nUid:\t${uid}\t`);
}

function isStarter(pid: number): boolean {
  return read(pid, 'cmdline').includes('did not arrive whole');
}

function parentOf(pid: number): number {
  return Number(/\nPPid:\t(\d+)/.exec(read(pid, 'status'))?.[1]);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Asks until it holds; the timeout of the test ends that. */
async function until<T>(ask: () => T, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = ask();
    if (holds(value)) return value;
    await delay(5);
  }
}

const myShell = 'echo $$';

describe('a spare shell', () => {
  let sshd: Sshd;
  let made: Transport;

  const start = async (
    options: Partial<SshOptions> = {},
    config: Pick<SshdOptions, 'config' | 'users'> = {},
  ): Promise<{ session: Session; release(): void }> => {
    sshd = await startSshd(config);
    made = ssh({ hostKeys: memoryHostKeys(), ...options });
    return made.acquire(target());
  };
  const target = (): Target => {
    const { username, password } = sshd.user;
    return { hostname: sshd.hostname, port: sshd.port, username, credential: { password } };
  };
  const spare = async (): Promise<number> => {
    const [pid = 0] = await until(
      () => waitingShells(sshd),
      (pids) => pids.length === 1,
    );
    return pid;
  };

  afterEach(async () => {
    await made.close();
    await sshd.stop();
  });

  it('waits after a script, runs the next one, and is replaced', async () => {
    const { session } = await start();
    await runScript(session, 'true');
    const first = await spare();
    expect((await runScript(session, myShell)).stdout).to.equal(`${first}\n`);
    expect(await until(spareNow, (pid) => pid !== 0 && pid !== first)).not.to.equal(first);
  });

  it('serves only one of those who start at the same time', async () => {
    const { session } = await start();
    await runScript(session, 'true');
    const first = await spare();
    const runs = await Promise.all(Array.from({ length: 5 }, () => runScript(session, myShell)));
    const pids = runs.map(({ stdout }) => stdout.trim());
    expect(new Set(pids)).to.have.lengthOf(5);
    expect(pids).to.include(String(first));
  });

  it('ends when nobody wants it in time, and is no activity that keeps a connection', async () => {
    const { session, release } = await start({ spareMs: 1_000 });
    await runScript(session, 'true');
    await spare();
    await until(
      () => waitingShells(sshd),
      (pids) => pids.length === 0,
    );
    expect((await runScript(session, 'echo on')).stdout).to.equal('on\n');
    release();
  });

  it('ends with its connection, which it does not keep open', async () => {
    const { session, release } = await start({ idleMs: 50 });
    await runScript(session, 'true');
    release();
    await until(
      () => sshd.pids.length,
      (count) => count === 1,
    );
    await until(
      () => waitingShells(sshd),
      (pids) => pids.length === 0,
    );
  });

  it('is hung up on when the connection is retired, while scripts under way run on', async () => {
    const { session } = await start();
    const script = await session.start('read line; echo "$line"', []);
    await runScript(session, 'true');
    await spare();
    made.retire(target());
    await until(
      () => waitingShells(sshd),
      (pids) => pids.length === 0,
    );
    script.stdin.end('still here\n');
    script.stderr.resume();
    for await (const bytes of script.stdout) expect(String(bytes)).to.equal('still here\n');
  });

  it('takes no place from a script where MaxSessions is 1', async () => {
    const { session } = await start({}, { config: ['MaxSessions 1'] });
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await runScript(session, 'echo here')).stdout).to.equal('here\n');
    }
    const runs = await Promise.all(
      Array.from({ length: 3 }, () => runScript(session, 'sleep 0.1; echo done')),
    );
    expect(runs.map(({ stdout }) => stdout)).to.deep.equal(Array(3).fill('done\n'));
  });

  it('takes no place beyond the most channels of a connection', async () => {
    const { session } = await start({ maxChannels: 2 });
    await runScript(session, 'true');
    await spare();
    const scripts = await Promise.all([1, 2].map(() => session.start('read line', [])));
    expect(sshd.log().match(/Accepted password/g)).to.have.lengthOf(1);
    for (const { stdin, stdout, stderr } of scripts) {
      for (const stream of [stdout, stderr]) stream.resume();
      stdin.end();
    }
    await Promise.all(scripts.map(({ end }) => end));
  });

  it('that the server ends is not asked for again, and fails no script', async () => {
    const { session } = await start();
    await runScript(session, 'true');
    process.kill(await spare(), 'SIGKILL');
    // Its end is told by a packet.
    await delay(200);
    expect((await runScript(session, 'echo on')).stdout).to.equal('on\n');
    expect((await runScript(session, 'echo on')).stdout).to.equal('on\n');
    expect(waitingShells(sshd)).to.deep.equal([]);
  });

  it('outlives a TMOUT of the start-up files', async () => {
    const { session } = await start();
    await runScript(session, 'echo "export TMOUT=1" >"$HOME/.bashrc"');
    await spare();
    await runScript(session, 'true');
    const pid = await spare();
    await delay(1_500);
    expect((await runScript(session, myShell)).stdout).to.equal(`${pid}\n`);
  });

  function spareNow(): number {
    return waitingShells(sshd)[0] ?? 0;
  }
});
