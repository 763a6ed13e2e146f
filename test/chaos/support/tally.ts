/** Counts what happened in the rounds: figures that show what was tried. */

import { phases } from './phases.js';
import type { Fate } from './worker-process.js';

type Counts = Record<string, number>;

const randomMoment = 'at a random moment';

export class Tally {
  readonly #killed = zeros();
  readonly #blocked = zeros();

  add(fates: readonly Fate[]): void {
    for (const fate of fates) {
      const counts = fate.blockMs === undefined ? this.#killed : this.#blocked;
      const moment = 'phase' in fate ? fate.phase : randomMoment;
      counts[moment] = (counts[moment] ?? 0) + 1;
    }
  }

  /** How many workers were killed and blocked. */
  get totals(): { killed: number; blocked: number } {
    return { killed: sum(this.#killed), blocked: sum(this.#blocked) };
  }

  get counts(): { killed: Counts; blocked: Counts } {
    return { killed: this.#killed, blocked: this.#blocked };
  }

  /** Moments at which no worker was killed: the rounds have not shown anything about these. */
  get untried(): string[] {
    return Object.keys(this.#killed).filter((moment) => this.#killed[moment] === 0);
  }
}

const zeros = (): Counts => Object.fromEntries([...phases, randomMoment].map((moment) => [moment, 0]));

const sum = (counts: Counts): number => Object.values(counts).reduce((all, count) => all + count, 0);
