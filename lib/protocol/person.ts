/** What a person must look like, wherever one comes in. */

/** The first thing about a person that does not fit. */
export interface Misfit {
  field: 'id' | 'username' | 'isAdmin';
  /** What was there: a kind of value, never the value. */
  type: string;
}

/**
 * Looks at what should be `{ id, username, isAdmin? }`: `id` a non-empty text or a finite number, `username` a
 * non-empty text, `isAdmin` a boolean or absent. Null: it fits.
 */
export function misfitOf(value: unknown): Misfit | null {
  const { id, username, isAdmin } = Object(value) as Readonly<Record<string, unknown>>;
  if (!isText(id) && !Number.isFinite(id)) return { field: 'id', type: typeOf(id) };
  if (!isText(username)) return { field: 'username', type: typeOf(username) };
  if (isAdmin !== undefined && typeof isAdmin !== 'boolean') {
    return { field: 'isAdmin', type: typeOf(isAdmin) };
  }
  return null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : typeof value;
}
