/** Figures from samples. Pure. */

/** The value below which the share `q` (0 to 1) of the samples lies. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Pairs of samples, taken in turns: what else the machine does falls on both alike. */
export async function inTurns(
  times: number,
  ours: (turn: number) => Promise<number>,
  reference: (turn: number) => Promise<number>,
): Promise<{ ours: number; reference: number }> {
  const samples = { ours: [] as number[], reference: [] as number[] };
  for (let turn = 0; turn < times; turn += 1) {
    samples.ours.push(await ours(turn));
    samples.reference.push(await reference(turn));
  }
  return { ours: median(samples.ours), reference: median(samples.reference) };
}
