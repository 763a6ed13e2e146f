/** P13: what the server does for one job, its cleaning up included. */

import { join } from 'node:path';
import { countStarts, type Starts } from '../count-starts.js';
import type { Measurement } from '../figures.js';
import { timeCommand } from '../ssh-client.js';
import { median } from '../statistics.js';
import { makeJob, timeJob, type Row } from './row.js';

export const serverWork: Row = async (site, size) => {
  const { ssh, folder } = site;
  const ours = async () => timeJob(site, await makeJob(site, { program: 'true\n' }));
  const reference = () => timeCommand('ssh', [...ssh.warm, ssh.destination, 'true']);
  const count = (work: () => Promise<number>): Promise<Starts> =>
    countStarts({ pids: site.sshdPids(), file: join(folder, 'trace') }, work);
  // A connection that is warm, as in P1.
  await ours();
  const [our, their]: [Starts[], Starts[]] = [[], []];
  for (let turn = 0; turn < (size === 'full' ? 5 : 1); turn += 1) {
    our.push(await count(ours));
    their.push(await count(reference));
  }
  const measured = (of: keyof Starts): Omit<Measurement, 'work' | 'goal'> => ({
    row: 'P13',
    unit: of,
    ours: median(our.map((starts) => starts[of])),
    reference: median(their.map((starts) => starts[of])),
    against: '`ssh … true` over a ControlMaster',
  });
  const work = 'one trivial job, connection warm: on the server';
  return [
    { ...measured('execs'), work: `${work}, programs`, goal: { of: 'ours', bound: 'at most', value: 10 } },
    { ...measured('forks'), work: `${work}, processes`, goal: null },
  ];
};
