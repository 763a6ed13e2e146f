/** As in `1 job`, `3 jobs`. */
export function numbered(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
