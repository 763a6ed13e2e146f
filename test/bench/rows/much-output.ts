/** P4: a program that prints much, into PostgreSQL. */

import { join } from 'node:path';
import { ensureCommand } from '../../../lib/embedded/install.js';
import { cpuSeconds } from '../child.js';
import { timeCommand, timeShell } from '../ssh-client.js';
import { inTurns, median } from '../statistics.js';
import type { Site } from '../site.js';
import { makeJob, requireStored, timeJob, type Row } from './row.js';

const lineBytes = 80;

export const muchOutput: Row = async (site, size) => {
  const lines = size === 'full' ? 200_000 : 2_000;
  const file = join(site.home, 'lines.txt');
  await site.prepare(`seq -f 'line %0${lineBytes - 6}.0f' ${lines} > ${file}`);
  const perSecond = (ms: number): number => (lines * 1000) / ms;
  const cpu: number[] = [];
  const ours = async () => {
    const jobId = await makeJob(site, { program: `cat ${file}\n` });
    const before = cpuSeconds(site.worker.pid);
    const ms = await timeJob(site, jobId, { logPolicy: 'live' });
    cpu.push(cpuSeconds(site.worker.pid) - before);
    await requireStored(site, jobId, { logBytes: lines * lineBytes });
    return perSecond(ms);
  };
  const copy = await copyReference(site, file);
  if (size === 'full') await ours();
  const rates = await inTurns(size === 'full' ? 3 : 1, ours, async () => perSecond(await copy()));
  const work = `${lines} lines of ${lineBytes} bytes, live, into PostgreSQL`;
  const against = '`ssh cat` plus `\\copy`';
  return [
    {
      row: 'P4',
      work,
      unit: 'lines/s',
      ...rates,
      against,
      goal: { of: 'ratio', bound: 'at least', value: 0.5 },
    },
    {
      row: 'P4',
      work: 'the same, CPU of the worker',
      unit: 'CPU s',
      ours: median(cpu),
      reference: null,
      against: '',
      goal: { of: 'ours', bound: 'at most', value: 1.5 },
    },
  ];
};

/** The file comes over, and then a row for each line goes in. */
async function copyReference(site: Site, file: string): Promise<() => Promise<number>> {
  const { ssh, databaseUrl, folder } = site;
  const psql = await ensureCommand({ command: 'psql', debianPackage: 'postgresql-client' });
  const sql = (...commands: string[]): Promise<number> =>
    timeCommand(psql, [
      '-qX',
      '-v',
      'ON_ERROR_STOP=1',
      ...commands.flatMap((text) => ['-c', text]),
      databaseUrl,
    ]);
  await sql('CREATE TABLE IF NOT EXISTS bench_lines (id bigserial PRIMARY KEY, line text NOT NULL)');
  const local = join(folder, 'lines.txt');
  return async () => {
    await sql('TRUNCATE bench_lines');
    const fetching = await timeShell('local=$1; shift; ssh "$@" > "$local"', [
      local,
      ...ssh.warm,
      ssh.destination,
      `cat ${file}`,
    ]);
    return fetching + (await sql(`\\copy bench_lines (line) FROM '${local}'`));
  };
}
