/** Whose a job is. Rights go by the id, and the app's own key signs in by the name: so they change only together. */

/** Whose job it is. */
export interface Owner {
  owner: string;
  /** The name of this person on servers. */
  ownerUsername: string;
}

const names = ['owner', 'ownerUsername'] as const;

/** What is wrong where one of both is given alone; null where it is both or none. */
export function halfOwner(
  isGiven: (name: keyof Owner) => boolean,
): { path: keyof Owner; message: string } | null {
  const missing = names.filter((name) => !isGiven(name));
  const [path] = missing;
  if (path === undefined || missing.length === names.length) return null;
  return { path, message: wordsForMissing[path] };
}

/** What to say where this one is not there. */
export const wordsForMissing: Readonly<Record<keyof Owner, string>> = {
  owner: 'is required with ownerUsername (both or none): the id of that user',
  ownerUsername: 'is required with owner (both or none): the name of that user on servers',
};
