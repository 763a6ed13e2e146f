import { resolveLiveTiming, type LiveTiming } from '../live/live-timing.js';

/** How long things may take, in milliseconds. */
export interface SocketTiming extends LiveTiming {
  /** How long a viewer may leave a frame without acknowledgement before it is disconnected. Default 60,000. */
  acknowledgeMs: number;
}

export function resolveSocketTiming(timing: Partial<SocketTiming>): SocketTiming {
  return { ...resolveLiveTiming(timing), acknowledgeMs: timing.acknowledgeMs ?? 60_000 };
}
