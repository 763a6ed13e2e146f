/** P6, P7: files that come back. */

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measurement } from '../figures.js';
import { timeCommand, timeShell } from '../ssh-client.js';
import type { Site } from '../site.js';
import { inTurns, median } from '../statistics.js';
import { makeJob, requireStored, timeJob, type Row } from './row.js';

const megabyte = 1_000_000;

/** The program only gives a file that is there another name and date: what takes time is to bring it back. */
export const bigResult: Row = async (site, size) => {
  const bytes = (size === 'full' ? 200 : 2) * megabyte;
  const file = join(site.home, 'big.bin');
  await site.prepare(`head -c ${bytes} /dev/urandom > ${file}`);
  const ours = async () => {
    const jobId = await makeJob(site, { program: `ln ${file} big.bin && touch big.bin\n` });
    const ms = await timeJob(site, jobId);
    await requireStored(site, jobId, { resultCount: 1, resultBytes: bytes });
    await site.prepare(`rm ~/jobs/${jobId}/big.bin`);
    await emptyStorage(site);
    return ms / 1000;
  };
  if (size === 'full') await ours();
  const seconds = await inTurns(size === 'full' ? 5 : 1, ours, () => timeSftp(site, `get ${file}`));
  return [
    {
      row: 'P6',
      work: `one result of ${bytes / megabyte} MB`,
      unit: 's',
      ...seconds,
      against: '`sftp`',
      goal: { of: 'ratio', bound: 'at most', value: 0.6 },
    },
  ];
};

export const manyResults: Row = async (site, size) => {
  const count = size === 'full' ? 1000 : 10;
  const bytes = 10_000;
  const folder = join(site.home, 'files');
  await site.prepare(
    `mkdir -p ${folder}; cd ${folder}; for n in $(seq ${count}); do head -c ${bytes} /dev/urandom > $n.bin; done`,
  );
  const tar: number[] = [];
  const ours = async () => {
    const jobId = await makeJob(site, { program: `cp -l ${folder}/*.bin . && touch -- *.bin\n` });
    const ms = await timeJob(site, jobId);
    await requireStored(site, jobId, { resultCount: count, resultBytes: count * bytes });
    await emptyStorage(site);
    return ms / 1000;
  };
  const reference = async () => {
    tar.push(await timeTar(site, folder));
    return timeSftp(site, `get -r ${folder}`);
  };
  if (size === 'full') await ours();
  const seconds = await inTurns(size === 'full' ? 5 : 1, ours, reference);
  const measurement: Measurement = {
    row: 'P7',
    work: `${count} results of ${bytes / 1000} KB`,
    unit: 's',
    ...seconds,
    against: `\`sftp\`; \`tar\` over ssh: ${median(tar).toPrecision(3)} s`,
    goal: { of: 'ratio', bound: 'at most', value: 0.3 },
  };
  return [measurement];
};

/** Seconds of an `sftp` command over the connection that is open, into a folder that is empty. */
async function timeSftp({ ssh, folder }: Site, command: string): Promise<number> {
  const target = join(folder, 'fetched');
  await mkdir(target);
  const input = `lcd ${target}\n${command}\n`;
  const ms = await timeCommand('sftp', ['-q', ...ssh.warm, '-b', '-', ssh.destination], { input });
  await rm(target, { recursive: true });
  return ms / 1000;
}

async function timeTar({ ssh, folder }: Site, source: string): Promise<number> {
  const target = join(folder, 'fetched');
  await mkdir(target);
  const script = `target=$1; shift; ssh "$@" | tar -xf - -C "$target"`;
  const ms = await timeShell(script, [target, ...ssh.warm, ssh.destination, `tar -cf - -C ${source} .`]);
  await rm(target, { recursive: true });
  return ms / 1000;
}

/** So that no turn writes to a disk that is busy with the turn before. The folders stay, as in a storage that is in use. */
async function emptyStorage({ folder }: Site): Promise<void> {
  const results = join(folder, 'results');
  const entries = await readdir(results, { recursive: true, withFileTypes: true });
  await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => rm(join(entry.parentPath, entry.name))),
  );
}
