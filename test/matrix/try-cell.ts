/** Runs in one cell of the matrix what people rely on. */

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { TransportError } from '../../lib/errors.js';
import { ssh } from '../../lib/transports/ssh.js';
import { runScript } from '../../lib/testing/contracts/run-script.js';
import { gate, type ShellJobs } from '../servers/support.js';
import { isAlive } from '../support/processes.js';
import { memoryHostKeys } from '../transports/memory-host-keys.js';
import { until } from '../worker/support.js';
import { traceOf, type Cell } from './columns.js';

/** Longer than any login shell takes here; the default is 60 s. */
const greetingMs = 5000;
/** Beyond, something waits that should not. */
const patienceMs = 40_000;

/**
 * What comes of a cell: `✓`, the sentence that says what cannot be had there, or `✗` with what went wrong.
 * @param jobs an instance with a worker
 */
export async function tryCell(jobs: ShellJobs, cell: Cell): Promise<string> {
  try {
    await inTime(tryTransport(cell), 'the transport');
    for (const [what, attempt] of Object.entries({ tryProgram, tryCancel, tryTimeout })) {
      await inTime(attempt(jobs, cell), what);
    }
    return cell.row.isErrLate ? '✓ stderr at the end' : '✓';
  } catch (error) {
    if (error instanceof TransportError) return error.message.replace(`${cell.hostname}:${cell.port}`, 'It');
    return `✗ ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function inTime(task: Promise<unknown>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} takes more than ${patienceMs / 1000} s`)), patienceMs);
  });
  await Promise.race([task, late]).finally(() => clearTimeout(timer));
}

/** Arguments byte for byte, a long script, both streams, exit codes and signals; and whether start-up files were read. */
async function tryTransport({ hostname, port, user, row }: Cell): Promise<void> {
  const transport = ssh({ hostKeys: memoryHostKeys(), greetingMs });
  const { username, password } = user;
  try {
    const { session } = await transport.acquire({ hostname, port, username, credential: { password } });
    const nasty = ['', "it's", '"', 'a\n\n', '!! $HOME `id` \\', '-n', '%s', '*', 'naïve ☃', '\u001b\r'];
    const filling = '# a comment that is long enough\n'.repeat(1000);
    const args = await runScript(session, `printf '%s\\0' "$@"\n${filling}exit 7`, nasty);
    compare(args, { stdout: `${nasty.join('\0')}\0`, exitCode: 7 });
    const both = await runScript(session, 'echo out; echo err >&2; kill -s KILL $$');
    const streams = row.isErrLate
      ? { stdout: 'out\nerr\n', stderr: '' }
      : { stdout: 'out\n', stderr: 'err\n' };
    compare(both, { ...streams, signal: 'SIGKILL' });
    if (row.startUp) await access(join(user.home, traceOf(port)));
  } finally {
    await transport.close();
  }
}

/** No text, and no line end behind it. */
const oddBytes = Buffer.from('a\0\xff\x1e\r\n\x1b[1m\\ %s', 'latin1');

/** Live output of both streams, the end of the input, umask, signals, results and the exit code. */
async function tryProgram(jobs: ShellJobs, cell: Cell): Promise<void> {
  const { file, open } = await gate();
  const program = `import os, signal, sys, time
odd = bytes.fromhex('${oddBytes.toString('hex')}')
os.write(2, b'err ' + odd)
os.write(1, b'out ' + odd)
while not os.path.exists('${file}'): time.sleep(0.02)
time.sleep(${(cell.row.restMs ?? 0) / 1000})
os.umask(mask := os.umask(0))
defaults = signal.getsignal(signal.SIGINT) is signal.default_int_handler and signal.getsignal(signal.SIGQUIT) is signal.SIG_DFL
os.write(1, f'{sys.stdin.read()!r} {mask:o} {defaults}\\n'.encode())
with open('/dev/stderr', 'wb') as again: again.write(b'again' + odd)
os.write(1, b'x' * 100000)
os.mkdir('below')
with open('below/one result.csv', 'wb') as result: result.write(odd)
sys.exit(3)`;
  const fixture = { interpreter: { path: '/usr/bin/python3' } };
  const { printed, seen } = await jobs.submit(cell, program, { fixture });
  await printed('out a');
  if (!cell.row.isErrLate) await printed('err a');
  await open();
  compare(await seen(), {
    ...{ status: 'failure', failureReason: 'exit', exitCode: 3, signal: null },
    message: 'The program ended with exit code 3.',
    stdout: `out ${oddBytes.toString()}'' 22 True\n${'x'.repeat(100_000)}`,
    stderr: `err ${oddBytes.toString()}again${oddBytes.toString()}`,
    files: ['below/one result.csv'],
  });
}

/** Not in `sh`: mksh has words of its own about the locale that fish sets. */
const inBash = { interpreter: { path: '/bin/bash' } };

/** A program that is too long for a command line; all that it started ends. */
async function tryCancel(jobs: ShellJobs, cell: Cell): Promise<void> {
  const program = `${'# filling\n'.repeat(20_000)}sleep 300 & echo begun $!; wait`;
  const { job, printed, seen } = await jobs.submit(cell, program, { fixture: inBash });
  await printed('begun');
  await jobs.drs.cancelJob(job.id);
  const { stdout, ...rest } = await seen();
  compare(rest, { status: 'cancelled', message: null, stderr: '' });
  const pid = Number(stdout.split(' ')[1]);
  await until(async () => !isAlive(pid));
}

async function tryTimeout(jobs: ShellJobs, cell: Cell): Promise<void> {
  const seen = await jobs.run(cell, 'echo $$; exec sleep 300', { timeoutMs: 500, fixture: inBash });
  compare(seen, { status: 'failure', failureReason: 'timeout', stderr: '' });
  compare({ isAlive: isAlive(Number(seen.stdout)) }, { isAlive: false });
}

/** @throws with each field that is another one, and what it is */
function compare(found: object, expected: object): void {
  const all = new Map<string, unknown>(Object.entries(found));
  const wrong = Object.entries(expected).filter(
    ([name, value]) => JSON.stringify(all.get(name)) !== JSON.stringify(value),
  );
  if (wrong.length === 0) return;
  const words = wrong.map(([name, value]) => `${name} ${short(all.get(name))} in place of ${short(value)}`);
  throw new Error(words.join('; '));
}

/** The end tells more than the beginning where much was printed. */
function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 300 ? `${text.slice(0, 150)}…${text.slice(-150)}` : text;
}
