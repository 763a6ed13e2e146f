/** What our scripts say when they cannot go to the remote directory. */

/** A sentence for the person, or null when the word says nothing of the kind. */
export function directoryProblem(word: string): string | null {
  if (word === 'gone') return 'The remote directory is gone, and what was in it.';
  if (word === 'closed') return 'The remote directory cannot be entered any more: what is in it was left.';
  return null;
}
