/** When to try a server again. Pure. */

const firstMs = 500;
const mostMs = 60_000;
/** A server that was never reached is most likely misspelt: its user wants to know now. */
const triesAtFirstContact = 3;

export interface Unreachable {
  /** The server has been reached before. */
  isKnown: boolean;
  /** Failed tries in a row, this one included: from 1. */
  tries: number;
  /** Since the first of them, in milliseconds. */
  elapsedMs: number;
  /** How long a known server may be away. */
  limitMs: number;
  /** From 0 to 1. */
  random: number;
}

/** Milliseconds until the next try (doubling, with jitter, at most a minute), or null to give up. */
export function backOff({ isKnown, tries, elapsedMs, limitMs, random }: Unreachable): number | null {
  if (isKnown ? elapsedMs >= limitMs : tries >= triesAtFirstContact) return null;
  const wait = Math.min(mostMs, firstMs * 2 ** (tries - 1));
  return Math.round(wait * (0.5 + random / 2));
}
