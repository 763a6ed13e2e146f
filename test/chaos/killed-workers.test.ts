import { expect } from 'chai';
import { internalsOf } from '../../lib/internals.js';
import { defaultTimings, type WorkerTimings } from '../../lib/worker/timings.js';
import { kinds, type Kind } from './support/acts.js';
import { limited } from './support/limited.js';
import { phases, type Phase } from './support/phases.js';
import { randomNumbers } from './support/program.js';
import { chaosSite, type ChaosSite, type Losses } from './support/site.js';
import { expectSurvived, type Survivor } from './support/survived.js';
import type { Fate } from './support/worker-process.js';

/** The same programs each time; `npm run test:chaos` takes others. */
const seed = 20_240_601;
/** Longer than the lease. */
const blockMs = 3_000;
const inAct: Phase = 'while the program acts';

interface Case {
  title: string;
  fates: Fate[];
  /** Of the program. Default: a plain one. */
  kind?: Kind;
  timings?: WorkerTimings;
}

const sleepy: Case = {
  title: 'for ten seconds',
  fates: [{ phase: 'in the middle of output', blockMs: 10_000 }],
  timings: defaultTimings,
};

const killed: Case[] = [
  ...phases.filter((phase) => phase !== inAct).map((phase) => ({ title: phase, fates: [{ phase }] })),
  ...kinds
    .filter((kind) => kind !== 'plain')
    .map((kind) => ({ title: `${inAct}, ${kind},`, kind, fates: [{ phase: inAct, laterMs: 250 }] })),
  {
    title: 'three times in a row',
    fates: [{ phase: 'after it began' }, { phase: 'after its exit' }, { phase: 'in the middle of a result' }],
  },
  { title: 'at any moment', fates: [{ afterMs: 700 }] },
];

const blocked: Case[] = (
  [
    'after connect',
    'before the permit',
    'after the permit',
    'while go is on its way',
    'in the middle of output',
    'while output is stored',
    'in the middle of a result',
    'before the final write',
  ] as const
).map((phase) => ({ title: phase, fates: [{ phase, blockMs }] }));

describe('the loss of a worker', () => {
  let site: ChaosSite;
  const rounds = new Map<Case, Promise<{ survivor: Survivor; losses: Losses }>>();

  before(async () => {
    site = await chaosSite({ warm: 2 });
    // Beside each other, since each waits for a lease to run out.
    const inTurn = limited(6);
    for (const [number, round] of [sleepy, ...killed, ...blocked].entries()) {
      const played = inTurn(async () => {
        const survivor = await site.submit(randomNumbers(seed + number), { kind: round.kind });
        const losses = await site.loseWorkers(survivor, round.fates, round.timings);
        await site.rescue(survivor);
        await losses.gone();
        return { survivor, losses };
      });
      played.catch(() => {});
      rounds.set(round, played);
    }
  });

  const survive = async (round: Case) => {
    const played = await rounds.get(round);
    expect(played?.losses.met, 'fates that were met').to.deep.equal(round.fates);
    if (played) await expectSurvived(site.drs, played.survivor);
  };

  for (const round of killed) it(`killed with SIGKILL ${round.title} loses nothing`, () => survive(round));

  it('blocked for ten seconds, less than its lease, goes on itself', async () => {
    await survive(sleepy);
    const { survivor } = (await rounds.get(sleepy)) ?? {};
    const [rows] = await internalsOf(site.drs).sequelize.query(
      `SELECT fence FROM drs_attempts WHERE job_id = ${survivor?.jobId}`,
    );
    expect(rows).to.deep.equal([{ fence: 1 }]);
  });

  for (const round of blocked)
    it(`blocked ${round.title} for longer than its lease loses nothing and harms nothing when it wakes`, () =>
      survive(round));
});
