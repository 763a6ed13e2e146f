/** P8: what a job costs that does nothing for a while. */

import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../child.js';
import { makeJob, timeJob, type Row } from './row.js';

export const sleepingJob: Row = async (site, size) => {
  const seconds = size === 'full' ? 10 : 1;
  // The first job opens the connection and compiles code.
  await timeJob(site, await makeJob(site, { program: 'true\n' }));
  const idle = await cpuOf(site.worker.pid, () => delay(seconds * 1000));
  const jobId = await makeJob(site, { program: `sleep ${seconds}\n` });
  const busy = await cpuOf(site.worker.pid, () => timeJob(site, jobId));
  return [
    {
      row: 'P8',
      work: `worker while a job sleeps ${seconds} s, its start and end included`,
      unit: 'CPU s',
      ours: busy,
      reference: idle,
      against: 'the worker without a job',
      goal: { of: 'ours', bound: 'at most', value: 0.05 },
    },
  ];
};

async function cpuOf(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuSeconds(pid);
  await work();
  return cpuSeconds(pid) - before;
}
