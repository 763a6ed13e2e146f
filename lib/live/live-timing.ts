/** How long things may take, in milliseconds, however a viewer is connected. */
export interface LiveTiming {
  /** How often active jobs that are watched are looked up, in case an announcement was lost. Default 5,000. */
  checkMs: number;
  /** How long a viewer's right to a log holds before it is asked again. Default 15,000. */
  rightsMs: number;
}

export function resolveLiveTiming({ checkMs = 5_000, rightsMs = 15_000 }: Partial<LiveTiming>): LiveTiming {
  return { checkMs, rightsMs };
}
