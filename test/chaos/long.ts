/**
 * `npm run test:chaos -- ROUNDS SEED`: rounds of random deaths and disasters. In each a job whose every byte is known
 * loses one to three workers; then another worker takes it, and the one assertion is made.
 */

import { AssertionError } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { stopAll } from '../support/cleanup.js';
import { startPostgres } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { letHappen } from './support/disasters.js';
import { limited } from './support/limited.js';
import { phases } from './support/phases.js';
import { randomNumbers } from './support/program.js';
import { startProxy, type Proxy } from './support/proxy.js';
import { chaosSite, type ChaosSite, type Death } from './support/site.js';
import { expectSurvived } from './support/survived.js';

const rounds = Number(process.argv[2] ?? 500);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
const atOnce = 6;
/** An attempt that takes longer did not reach its end. */
const roundMs = 180_000;

function chooseDeaths(random: () => number): Death[] {
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const phase = phases[Math.floor(random() * phases.length)];
    return random() < 0.7 && phase !== undefined ? { phase } : { afterMs: Math.floor(random() * 2_500) };
  });
}

/** Repeats what fails since a service is away, for a while; an assertion is never repeated. */
async function patiently<T>(task: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof AssertionError || tries === 30) throw error;
      await delay(500);
    }
  }
}

/** @returns how many workers died */
async function playRound(site: ChaosSite, proxy: Proxy, random: () => number): Promise<number> {
  const server = random() < 0.5 ? proxy : { hostname: site.sshd.hostname, port: site.sshd.port };
  const deaths = chooseDeaths(random);
  const survivor = await patiently(() =>
    site.submit(random, { hostname: server.hostname, port: server.port }),
  );
  const died = await site.killWorkers(survivor, deaths);
  const clock = new AbortController();
  const late = delay(roundMs, undefined, { signal: clock.signal }).then(() => {
    throw new Error(`Job ${survivor.jobId} has not ended ${roundMs / 1000} s after its last worker died.`);
  });
  try {
    await Promise.race([site.rescue(survivor), late]);
    await patiently(() => expectSurvived(site.drs, survivor));
  } catch (error) {
    throw new Error(`${JSON.stringify(deaths)}: ${String(error)}`, { cause: error });
  } finally {
    clock.abort();
  }
  return died;
}

async function main(): Promise<number> {
  console.log(`${rounds} rounds with the seed ${seed}`);
  const from = Date.now();
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const site = await chaosSite({ warm: atOnce, databaseUrl: postgres.url, redisUrl: redis.url });
  const proxy = await startProxy(site.sshd);
  const end = new AbortController();
  const surroundings = { postgres, redis, sshd: site.sshd, proxy };
  const happened = letHappen(surroundings, randomNumbers(seed), end.signal);
  const inTurn = limited(atOnce);
  let [done, died] = [0, 0];
  const failures: string[] = [];
  const play = (number: number) =>
    inTurn(async () => {
      try {
        died += await playRound(site, proxy, randomNumbers(seed + number));
      } catch (error) {
        failures.push(`round ${number}: ${String(error)}`);
        console.log(failures.at(-1));
      }
      done += 1;
      if (done % 20 === 0) console.log(`${done} rounds, ${died} workers killed, ${failures.length} failures`);
    });
  await Promise.all(Array.from({ length: rounds }, (_, number) => play(number + 1)));
  end.abort();
  const disasters = await happened;
  const seconds = Math.round((Date.now() - from) / 1000);
  console.log(JSON.stringify({ rounds, seed, died, disasters, failures: failures.length, seconds }));
  await stopAll();
  return failures.length === 0 ? 0 : 1;
}

process.exit(await main());
