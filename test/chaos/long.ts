/**
 * `npm run test:chaos -- ROUNDS SEED [--at-once N] [--minutes N] [--round N]`: rounds of random losses and disasters. In each a job
 * whose every byte is known, of each kind in turn, loses one to three workers; then another worker takes it, and the one
 * assertion is made. It fails also when a kind had hardly any rounds.
 */

import { parseArgs } from 'node:util';
import { stopAll } from '../support/cleanup.js';
import { startPostgres } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { kinds, type Kind } from './support/acts.js';
import { letHappen } from './support/disasters.js';
import { limited } from './support/limited.js';
import { playRound } from './support/play-round.js';
import { randomNumbers } from './support/program.js';
import { startProxy } from './support/proxy.js';
import { chaosSite } from './support/site.js';
import { Tally } from './support/tally.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'at-once': { type: 'string', default: '6' },
    /** Begins no round after that. */
    minutes: { type: 'string', default: '1000' },
    /** Plays this round alone, as it was in a run with the same seed. */
    round: { type: 'string' },
  },
});
const rounds = Number(positionals[0] ?? 500);
const seed = Number(positionals[1] ?? Date.now() % 1_000_000_000);
const atOnce = Number(values['at-once']);
const numbers =
  values.round === undefined ? Array.from({ length: rounds }, (_, i) => i + 1) : [Number(values.round)];

async function main(): Promise<number> {
  console.log(`${numbers.length} rounds with the seed ${seed}, ${atOnce} at once`);
  const from = Date.now();
  const [postgres, redis] = await Promise.all([startPostgres({ isSafe: true }), startRedis()]);
  const site = await chaosSite({ warm: atOnce, databaseUrl: postgres.url, redisUrl: redis.url });
  const proxy = await startProxy(site.sshd);
  // A server that was never reached is given up soon.
  for (const server of [proxy, site.sshd]) {
    const { hostname, port } = server;
    await site.rescue(await site.submit(randomNumbers(seed), { server: { hostname, port } }));
  }
  const end = new AbortController();
  const surroundings = { postgres, redis, sshd: site.sshd, proxy };
  const happened = letHappen(surroundings, randomNumbers(seed), end.signal);
  const inTurn = limited(atOnce);
  const tally = new Tally();
  const failures: string[] = [];
  let done = 0;
  const tell = (): void =>
    console.log(JSON.stringify({ done, ...tally.totals, failures: failures.length, seconds: seconds() }));
  const seconds = (): number => Math.round((Date.now() - from) / 1000);
  const play = async (number: number): Promise<void> => {
    if (seconds() > Number(values.minutes) * 60) return;
    const kind = kindOf(number);
    try {
      tally.add(kind, await playRound(site, proxy, { kind, random: randomNumbers(seed + number) }));
    } catch (error) {
      tally.add(kind, null);
      failures.push(`round ${number}: ${String(error)}`);
      console.log(failures.at(-1));
    }
    done += 1;
    if (done % 20 === 0) tell();
  };
  await Promise.all(numbers.map((number) => inTurn(() => play(number))));
  end.abort();
  const disasters = await happened;
  const { killed, blocked } = tally.counts;
  console.log(JSON.stringify({ seed, killed, blocked, disasters, untried: tally.untried }, null, 2));
  console.table(tally.kinds);
  for (const failure of failures) console.log(failure);
  const hardlyTried = values.round === undefined ? tally.hardlyTried : [];
  if (hardlyTried.length > 0) console.log(`hardly tried: ${hardlyTried.join(', ')}`);
  tell();
  await stopAll();
  return failures.length === 0 && hardlyTried.length === 0 ? 0 : 1;
}

/** In turn: each kind has its share in every run, and a round alone is what it was. */
function kindOf(number: number): Kind {
  return kinds[number % kinds.length] ?? 'plain';
}

process.exit(await main());
