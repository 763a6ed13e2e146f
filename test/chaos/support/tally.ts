/** Counts what happened in the rounds: figures that show what was tried. */

import { kinds, type Kind } from './acts.js';
import { phases } from './phases.js';
import type { Fate } from './worker-process.js';

type Counts = Record<string, number>;

/** What was done to the programs of one kind. */
export interface KindCounts {
  rounds: number;
  failed: number;
  killed: number;
  blocked: number;
  /** Rounds in which a worker was killed while the program acted. */
  killedInAct: number;
}

const randomMoment = 'at a random moment';

export class Tally {
  readonly #killed = zeros();
  readonly #blocked = zeros();
  readonly #kinds = new Map<Kind, KindCounts>(
    kinds.map((kind) => [kind, { rounds: 0, failed: 0, killed: 0, blocked: 0, killedInAct: 0 }]),
  );

  /** @param fates those that were met; null: the round failed */
  add(kind: Kind, fates: readonly Fate[] | null): void {
    const ofKind = this.#kinds.get(kind);
    if (!ofKind) return;
    ofKind.rounds += 1;
    if (fates === null) ofKind.failed += 1;
    for (const fate of fates ?? []) {
      const isKilled = fate.blockMs === undefined;
      const counts = isKilled ? this.#killed : this.#blocked;
      const moment = momentOf(fate);
      counts[moment] = (counts[moment] ?? 0) + 1;
      ofKind[isKilled ? 'killed' : 'blocked'] += 1;
    }
    if (fates?.some((fate) => fate.blockMs === undefined && momentOf(fate) === 'while the program acts'))
      ofKind.killedInAct += 1;
  }

  /** How many workers were killed and blocked. */
  get totals(): { killed: number; blocked: number } {
    return { killed: sum(this.#killed), blocked: sum(this.#blocked) };
  }

  get counts(): { killed: Counts; blocked: Counts } {
    return { killed: this.#killed, blocked: this.#blocked };
  }

  get kinds(): Record<string, KindCounts> {
    return Object.fromEntries(this.#kinds);
  }

  /** Moments at which no worker was killed: the rounds have not shown anything about these. */
  get untried(): string[] {
    return Object.keys(this.#killed).filter((moment) => this.#killed[moment] === 0);
  }

  /**
   * Kinds that had fewer than 30 of 500 rounds, in a run of some length those in which a worker was killed while the
   * program acted.
   */
  get hardlyTried(): Kind[] {
    const all = [...this.#kinds.values()].reduce((sum, { rounds }) => sum + rounds, 0);
    const isLong = all >= 200;
    return [...this.#kinds]
      .filter(([kind, { rounds, killedInAct }]) => {
        const tried = kind !== 'plain' && isLong ? killedInAct : rounds;
        return tried < Math.floor((all * 30) / 500);
      })
      .map(([kind]) => kind);
  }
}

const momentOf = (fate: Fate): string => ('phase' in fate ? fate.phase : randomMoment);

const zeros = (): Counts => Object.fromEntries([...phases, randomMoment].map((moment) => [moment, 0]));

const sum = (counts: Counts): number => Object.values(counts).reduce((all, count) => all + count, 0);
