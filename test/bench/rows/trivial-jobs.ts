/** P1, P2, P3: programs that do nothing. What is left is the way there and back. */

import { timeCommand, timeShell } from '../ssh-client.js';
import { concurrency } from '../site.js';
import { inTurns } from '../statistics.js';
import { makeJob, timeJob, type Row } from './row.js';

const program = 'true\n';

export const warmJob: Row = async (site, size) => {
  const { ssh } = site;
  const ours = async () => timeJob(site, await makeJob(site, { program }));
  const reference = () => timeCommand('ssh', [...ssh.warm, ssh.destination, 'true']);
  // The first ones open connections and compile code.
  for (let turn = 0; turn < (size === 'full' ? 10 : 1); turn += 1) await ours();
  const times = await inTurns(size === 'full' ? 60 : 2, ours, reference);
  return [
    {
      row: 'P1',
      work: 'trivial job, connection warm, median',
      unit: 'ms',
      ...times,
      against: '`ssh` over a ControlMaster',
      goal: { of: 'ratio', bound: 'at most', value: 2 },
    },
  ];
};

/** Each job brings a key of its own: connections are shared only by those with the same credential. */
export const coldJob: Row = async (site, size) => {
  const { ssh } = site;
  const keys = site.privateKeys.slice(1);
  const ours = async (turn: number) =>
    timeJob(site, await makeJob(site, { program }), { privateKey: keys[turn] });
  const reference = () => timeCommand('ssh', [...ssh.cold, ssh.destination, 'true']);
  const times = await inTurns(size === 'full' ? keys.length : 1, ours, reference);
  return [
    {
      row: 'P2',
      work: 'trivial job, connection cold, median',
      unit: 'ms',
      ...times,
      against: 'fresh `ssh`, same key exchange',
      goal: { of: 'ratio', bound: 'at most', value: 1.2 },
    },
  ];
};

export const manyJobs: Row = async (site, size) => {
  const { ssh, web } = site;
  const count = size === 'full' ? 200 : 8;
  const perSecond = (ms: number): number => (count * 1000) / ms;
  const ours = async () => {
    const jobIds = await web.call<number[]>('makeJobs', { program, count });
    return perSecond(await web.call<number>('timeRuns', { jobIds }));
  };
  const script = `seq ${count} | xargs -P ${concurrency} -I @ ssh "$@" true`;
  const reference = async () => perSecond(await timeShell(script, [...ssh.warm, ssh.destination]));
  const rates = await inTurns(size === 'full' ? 3 : 1, ours, reference);
  return [
    {
      row: 'P3',
      work: `${count} trivial jobs at once, concurrency ${concurrency}`,
      unit: 'jobs/s',
      ...rates,
      against: '`ssh` over a ControlMaster, as many at a time',
      goal: { of: 'ratio', bound: 'at least', value: 0.6 },
    },
  ];
};
