/** P14: the panel and the lists with a million jobs. P10: a log among ten million chunks. */

import { Sequelize } from 'sequelize';
import type { Measurement } from '../figures.js';
import { fill, longLogOf, type Filling } from '../fill.js';
import type { BenchProcess } from '../child.js';
import { median } from '../statistics.js';
import type { Site } from '../site.js';
import type { Row } from './row.js';

const full: Filling = { jobs: 1_000_000, chunksOfJob: 10, chunksOfLongLog: 100_000 };
const tiny: Filling = { jobs: 2_000, chunksOfJob: 2, chunksOfLongLog: 500 };
const turns = 15;

const list = '/admin/api/resources/drs-jobs/actions/list';
const perPage = 20;

/** What is asked of the panel, in words and as an address. The titles are made by `fill`. */
const panelRequests: Record<string, string> = {
  'job list': list,
  'job list, page 500': `${list}?page=500&perPage=${perPage}`,
  'by status, most jobs': `${list}?filters.status=success`,
  'by status, few jobs': `${list}?filters.status=running`,
  'by server': `${list}?filters.serverId=7`,
  'by owner': `${list}?filters.ownerUsername=user1234`,
  'by part of an owner': `${list}?filters.ownerUsername=17`,
  'by part of the title, a rare one': `${list}?filters.title=abcde`,
  'by part of the title, a usual one': `${list}?filters.title=sample`,
  'by a title that is not there': `${list}?filters.title=nothing%20like%20it`,
  'by status, server and owner': `${list}?filters.status=failure&filters.serverId=12&filters.ownerUsername=user11`,
  'by time': `${list}?filters.createdAt~~from=2025-03-01&filters.createdAt~~to=2025-03-03`,
  'sorted by title': `${list}?sortBy=title&direction=asc`,
  'sorted by owner': `${list}?sortBy=ownerUsername&direction=desc`,
  'sorted by status': `${list}?sortBy=status&direction=asc`,
  'sorted by time, oldest first': `${list}?sortBy=createdAt&direction=asc`,
  dashboard: '/admin/api/dashboard',
};

const restRequests: Record<string, string> = {
  'GET /jobs': '/drs/jobs?limit=20',
  'GET /jobs of a status': '/drs/jobs?limit=20&status=failure',
  'GET /jobs by part of the title': '/drs/jobs?limit=20&titleContains=abcde',
  'GET /jobs of a server': '/drs/jobs?limit=20&server=7',
};

/** Opt-in: filling the tables takes minutes. */
export const millionJobs: Row = async (site, size) => {
  const filling = size === 'full' ? full : tiny;
  const { databaseUrl, panel } = await startPanel(site);
  const seconds = await fill(databaseUrl, filling);
  console.log(`filled with ${filling.jobs} jobs in ${seconds.toFixed(0)} s`);
  const url = `http://127.0.0.1:${await panel.call<number>('port')}`;
  const measurements: Measurement[] = [];
  for (const [work, path] of Object.entries(panelRequests)) {
    measurements.push(within300(`a million jobs, panel: ${work}`, await medianOf(() => timeGet(url + path))));
  }
  for (const [work, path] of Object.entries(restRequests)) {
    measurements.push(within300(`a million jobs, ${work}`, await medianOf(() => timeGet(url + path))));
  }
  const watch = () => panel.call<number>('timeWatch', { event: 'watch:jobs', argument: { limit: 20 } });
  measurements.push(within300('a million jobs, watch:jobs', await medianOf(watch)));
  return [...measurements, ...(await logRows(url, { panel, filling }))];
};

async function startPanel(site: Site): Promise<{ databaseUrl: string; panel: BenchProcess }> {
  const sequelize = new Sequelize(site.databaseUrl, { logging: false });
  await sequelize.query('CREATE DATABASE million');
  await sequelize.close();
  const databaseUrl = site.databaseUrl.replace(/\/\w+$/, '/million');
  const env = { ...site.environment, DATABASE_URL: databaseUrl };
  return { databaseUrl, panel: await site.startOne({ script: 'processes/panel.mjs', env }) };
}

async function logRows(
  url: string,
  { panel, filling }: { panel: BenchProcess; filling: Filling },
): Promise<Measurement[]> {
  const jobId = longLogOf(filling.jobs);
  const last = filling.chunksOfLongLog;
  const page = (after: number) => () => timeGet(`${url}/drs/jobs/${jobId}/logs?after=${after}&limit=100`);
  const open = () =>
    panel.call<number>('timeWatch', { event: 'watch:log', argument: { jobId, after: last } });
  const row = (work: string, ours: number): Measurement => ({
    ...{ row: 'P10', work, unit: 'ms', ours, reference: null, against: '' },
    goal: { of: 'ours', bound: 'at most', value: 20 },
  });
  return [
    row('10 million chunks: opening a log at its end', await medianOf(open)),
    row('10 million chunks: the last 100 of a log', await medianOf(page(last - 100))),
    row('10 million chunks: 100 from the middle of a log', await medianOf(page(Math.floor(last / 2)))),
  ];
}

function within300(work: string, ours: number): Measurement {
  const goal = { of: 'ours', bound: 'at most', value: 300 } as const;
  return { row: 'P14', work, unit: 'ms', ours, reference: null, against: '', goal };
}

async function timeGet(address: string): Promise<number> {
  const begun = performance.now();
  const response = await fetch(address);
  const text = await response.text();
  const ms = performance.now() - begun;
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${text.slice(0, 300)}`);
  return ms;
}

/** The first two warm up what every process keeps warm. */
async function medianOf(time: () => Promise<number>): Promise<number> {
  const samples: number[] = [];
  for (let turn = -2; turn < turns; turn += 1) {
    const ms = await time();
    if (turn >= 0) samples.push(ms);
  }
  return median(samples);
}
