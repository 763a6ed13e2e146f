/** How long things may take, in milliseconds, however a viewer is connected. */
export interface LiveTiming {
  /** How often active jobs that are watched are looked up, in case an announcement was lost. Default 5,000. */
  checkMs: number;
  /** For so long it counts who somebody was and what they might see; then both are asked again. Default 10,000. */
  rightsMs: number;
  /** A viewer has to come back after so long, or up to a tenth sooner by chance. Default 300,000. */
  lifeMs: number;
}

export function resolveLiveTiming(timing: Partial<LiveTiming>): LiveTiming {
  const { checkMs = 5_000, rightsMs = 10_000, lifeMs = 300_000 } = timing;
  return { checkMs, rightsMs, lifeMs };
}
