/** How long things may take, in milliseconds. */
export interface SocketTiming {
  /** How often active jobs that are watched are looked up, in case an announcement was lost. Default 5,000. */
  checkMs: number;
  /** How long a viewer's right to a log holds before it is asked again. Default 15,000. */
  rightsMs: number;
  /** How long a viewer may leave a frame without acknowledgement before it is disconnected. Default 60,000. */
  acknowledgeMs: number;
}

export function resolveTiming(timing: Partial<SocketTiming>): SocketTiming {
  return { checkMs: 5_000, rightsMs: 15_000, acknowledgeMs: 60_000, ...timing };
}
