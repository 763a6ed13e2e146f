/** One round: a job whose every byte is known loses one to three workers; another one ends it. */

import { AssertionError } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kind } from './acts.js';
import { phases } from './phases.js';
import type { Proxy } from './proxy.js';
import type { ChaosSite } from './site.js';
import { expectSurvived, type Survivor } from './survived.js';
import type { Fate } from './worker-process.js';

/** A round that takes longer does not reach its end. */
const roundMs = 180_000;

export interface RoundOptions {
  /** Of the program. */
  kind: Kind;
  random: () => number;
}

/** Resolves to the fates that were met. @throws Error that tells the fates that were ordered */
export async function playRound(
  site: ChaosSite,
  proxy: Proxy,
  { kind, random }: RoundOptions,
): Promise<Fate[]> {
  const { hostname, port } = random() < 0.5 ? proxy : site.sshd;
  const fates = chooseFates(random, kind);
  const survivor = await withRetry(() => site.submit(random, { kind, server: { hostname, port } }));
  const clock = new AbortController();
  let step = 'its workers';
  const late = delay(roundMs, undefined, { signal: clock.signal }).then(async () => {
    const facts = await site.drs.explainJob(survivor.jobId).catch(String);
    const told = `Job ${survivor.jobId} still waits for ${step} after ${roundMs / 1000} s`;
    throw new Error(`${told}: ${JSON.stringify({ facts, waits: site.waits() })}`);
  });
  try {
    return await Promise.race([survive(site, { survivor, fates, tell: (now) => (step = now) }), late]);
  } catch (error) {
    throw new Error(`${kind}, ${JSON.stringify(fates)}: ${String(error)}`, { cause: error });
  } finally {
    clock.abort();
  }
}

interface Round {
  survivor: Survivor;
  fates: readonly Fate[];
  /** Says what is waited for. */
  tell(step: string): void;
}

async function survive(site: ChaosSite, { survivor, fates, tell }: Round): Promise<Fate[]> {
  const losses = await site.loseWorkers(survivor, fates);
  tell('its rescuer');
  await site.rescue(survivor);
  tell('workers that were blocked');
  await losses.gone();
  tell('the assertion');
  await withRetry(() => expectSurvived(site.drs, survivor));
  return losses.met;
}

function chooseFates(random: () => number, kind: Kind): Fate[] {
  const others = Array.from({ length: Math.floor(random() * 3) }, () =>
    blockedNowAndThen(chooseMoment(random), random),
  );
  if (kind === 'plain') return others.length > 0 ? others : [chooseMoment(random)];
  // Mostly the first worker is killed while the program acts; sometimes another one was lost before that.
  return random() < 0.8 ? [inAct(random), ...others] : [...others, inAct(random)];
}

function blockedNowAndThen(moment: Fate, random: () => number): Fate {
  // Longer than the lease, mostly.
  return random() < 0.7 ? moment : { ...moment, blockMs: 1_000 + Math.floor(random() * 3_000) };
}

/** The program acts for a fifth of a second to a whole one. */
const inAct = (random: () => number): Fate => ({
  phase: 'while the program acts',
  laterMs: Math.floor(random() * 300),
});

function chooseMoment(random: () => number): Fate {
  const phase = phases[Math.floor(random() * phases.length)];
  return random() < 0.7 && phase !== undefined ? { phase } : { afterMs: Math.floor(random() * 2_500) };
}

/** Repeats what fails since a service is away, for a while; an assertion is never repeated. */
async function withRetry<T>(task: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof AssertionError || tries === 30) throw error;
      await delay(500);
    }
  }
}
