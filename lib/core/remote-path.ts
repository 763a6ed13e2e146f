/** The placeholders of a remote directory. */

/** What fills the placeholders. */
export interface PlaceholderValues {
  job: number;
  attempt: number;
  owner: string;
}

/** Fills `{job}`, `{attempt}` and `{owner}` in; an owner's name gives one path segment, whatever it holds. */
export function fillPlaceholders(remoteDirectory: string, values: PlaceholderValues): string {
  return remoteDirectory.replace(/\{(job|attempt|owner)\}/g, (_, name: keyof PlaceholderValues) =>
    String(values[name]).replace(/[^\p{L}\p{N}._@-]|^\.+/gu, '_'),
  );
}
