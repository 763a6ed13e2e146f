import { expect } from 'chai';
import { limited } from './support/limited.js';
import { phases } from './support/phases.js';
import { randomNumbers } from './support/program.js';
import { chaosSite, type ChaosSite, type Death } from './support/site.js';
import { expectSurvived, type Survivor } from './support/survived.js';

/** The same programs each time; `npm run test:chaos` takes others. */
const seed = 20_240_601;

describe('a worker that is killed with SIGKILL', () => {
  let site: ChaosSite;
  const cases: { title: string; deaths: Death[] }[] = [
    ...phases.map((phase) => ({ title: phase, deaths: [{ phase }] })),
    {
      title: 'three times in a row',
      deaths: [
        { phase: 'after start' },
        { phase: 'between exit and results' },
        { phase: 'in the middle of a result' },
      ],
    },
    { title: 'at any moment', deaths: [{ afterMs: 700 }] },
  ];
  const rounds: Promise<{ survivor: Survivor; died: number }>[] = [];

  before(async () => {
    site = await chaosSite({ warm: 2 });
    // Beside each other, since each waits for a lease to run out.
    const inTurn = limited(4);
    const begin = (deaths: Death[], number: number) =>
      inTurn(async () => {
        const survivor = await site.submit(randomNumbers(seed + number));
        const died = await site.killWorkers(survivor, deaths);
        await site.rescue(survivor);
        return { survivor, died };
      });
    for (const [number, { deaths }] of cases.entries()) rounds.push(begin(deaths, number));
    for (const round of rounds) round.catch(() => {});
  });

  for (const [number, { title, deaths }] of cases.entries()) {
    it(`${title} loses nothing`, async () => {
      const round = await rounds[number];
      expect(round?.died, 'workers that died as told').to.equal(deaths.length);
      if (round) await expectSurvived(site.drs, round.survivor);
    });
  }
});
