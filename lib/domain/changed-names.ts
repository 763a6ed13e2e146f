/** What a save changes, for the audit. */

/** The names of the columns that a save would change. */
export function changedNames(record: { changed(): false | string[] }): string[] {
  return (record.changed() || []).filter((name) => name !== 'updatedAt');
}
