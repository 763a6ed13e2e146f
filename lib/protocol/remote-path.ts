/** The placeholders of a remote directory. */

/** Where a job runs that names no directory: each attempt in one of its own. */
export const defaultRemoteDirectory = '~/drs-jobs/{job}-{attempt}';

/** What a job's program is called on its server if it names no file. */
export const defaultRemoteFilename = 'program';

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
