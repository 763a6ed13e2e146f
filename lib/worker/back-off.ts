/** When to try a server again, and when no more. Pure. */

const firstMs = 500;
const mostMs = 60_000;
/** A server that was never reached is most likely misspelt: its user wants to know now. */
const triesAtFirstContact = 3;

/**
 * Milliseconds until the next try: doubling, with jitter, at most a minute.
 * @param tries failed ones in a row, from 1
 * @param random from 0 to 1
 */
export function pauseMs(tries: number, random: number): number {
  return Math.round(Math.min(mostMs, firstMs * 2 ** (tries - 1)) * (0.5 + random / 2));
}

export interface Tries {
  /** The server was reached before. */
  wasReached: boolean;
  /** Failed tries in a row. */
  tries: number;
  /** Since the attempt met the first of them, in milliseconds. */
  elapsedMs: number;
  /** How long a server that was reached before may be out of reach. */
  limitMs: number;
}

/** True when the attempt is to end. */
export function isGivenUp({ wasReached, tries, elapsedMs, limitMs }: Tries): boolean {
  return wasReached ? elapsedMs >= limitMs : tries >= triesAtFirstContact;
}
