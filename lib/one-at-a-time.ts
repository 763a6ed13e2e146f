/** Looks that are asked for while one is under way become one more look. */

/**
 * Makes the function that asks for a look: it begins at once; while it is under way, however many ask, one more follows,
 * since the answer under way may be older than what they ask about.
 *
 * @param look never rejects
 */
export function oneAtATime(look: () => Promise<void>): () => void {
  let isLooking = false;
  let isAskedAgain = false;
  return function ask(): void {
    isAskedAgain = isLooking;
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
      if (isAskedAgain) ask();
    });
  };
}
