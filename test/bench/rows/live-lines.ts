/** P5: how long a line takes from a print over there to the sockets of browsers. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { peakMegabytes } from '../child.js';
import { succeeded } from '../ssh-client.js';
import type { Site } from '../site.js';
import { quantile } from '../statistics.js';
import type { Goal, Measurement } from '../figures.js';
import { makeJob, timeJob, type Row } from './row.js';

const everySeconds = 0.02;
/** Sockets of one process. */
const mostSockets = 250;
/** The first lines come while the program's start is still under way. */
const skip = 10;

/** Prints its number and the time, on the clock that all processes of a machine share. */
const programOf = (lines: number): string => `
import time
start = time.monotonic()
for number in range(${lines}):
    time.sleep(max(0, start + number * ${everySeconds} - time.monotonic()))
    print(number, time.monotonic_ns(), flush=True)
`;

export const liveLines: Row = async (site, size) => {
  const lines = size === 'full' ? 400 : 30;
  const viewers = size === 'full' ? 100 : 3;
  const tail = await tailLatencies(site, lines);
  const one = await viewerLatencies(site, { lines, viewers: 1 });
  const many = await viewerLatencies(site, { lines, viewers });
  const crowd = await viewerLatencies(site, { lines, viewers: 10 * viewers });
  const measured = (samples: readonly number[], q: number, name: string): Omit<Measurement, 'goal'> => ({
    row: 'P5',
    work: `a line, print → socket, ${name}, p${q * 100}`,
    unit: 'ms',
    ours: quantile(samples, q),
    reference: quantile(tail, q),
    against: '`tail -f` over `ssh`',
  });
  return [
    { ...measured(one, 0.5, '1 viewer'), goal: atMost(4) },
    { ...measured(one, 0.99, '1 viewer'), goal: atMost(15) },
    { ...measured(many, 0.99, `${viewers} viewers`), goal: atMost(40) },
    { ...measured(crowd, 0.99, `${10 * viewers} viewers`), goal: atMost(500) },
    {
      row: 'P5',
      work: `the web process with ${10 * viewers} viewers, peak`,
      unit: 'MB',
      ours: peakMegabytes(site.web.pid),
      reference: null,
      against: '',
      goal: atMost(400),
    },
  ];
};

const atMost = (value: number): Goal => ({ of: 'ours', bound: 'at most', value });

async function viewerLatencies(
  site: Site,
  { lines, viewers: count }: { lines: number; viewers: number },
): Promise<number[]> {
  const processes = await Promise.all(
    Array.from({ length: Math.ceil(count / mostSockets) }, () => site.startViewers()),
  );
  const each = count / processes.length;
  const jobId = await makeJob(site, { program: programOf(lines), language: 'python' });
  for (const viewers of processes) {
    await viewers.call('watch', { url: site.url, jobId, count: each, lines });
  }
  await timeJob(site, jobId, { logPolicy: 'live' });
  const latencies: number[] = [];
  for (const viewers of processes) {
    for (const latency of await viewers.call<number[]>('latencies', { skip })) latencies.push(latency);
    await viewers.stop();
  }
  if (latencies.length !== (lines - skip) * count) throw new Error(`${latencies.length} lines came.`);
  return latencies;
}

async function tailLatencies({ ssh, home, prepare }: Site, lines: number): Promise<number[]> {
  const [program, output] = [join(home, 'print.py'), join(home, 'printed.txt')];
  await prepare(`cat > ${program} <<'END'\n${programOf(lines)}\nEND\n: > ${output}`);
  const printing = `python3 -u ${program} >> ${output} & printer=$!; tail -c +1 -f ${output} & tail=$!`;
  const script = `${printing}; wait $printer; sleep 0.2; kill $tail`;
  const child = spawn('ssh', [...ssh.warm, ssh.destination, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = succeeded(child, 'ssh');
  const latencies: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    const now = process.hrtime.bigint();
    const [number, printed] = line.split(' ');
    if (Number(number) >= skip) latencies.push(Number(now - BigInt(printed ?? 0)) / 1e6);
  }
  await ended;
  return latencies;
}
