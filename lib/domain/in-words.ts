/** Small words that refusals and the audit share. */

/** As in `1 job`, `3 jobs`. */
export function numbered(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The names of the columns that a save would change. */
export function changedNames(record: { changed(): false | string[] }): string[] {
  return (record.changed() || []).filter((name) => name !== 'updatedAt');
}
