/** Takes what a form may set, and nothing else that a request carries. */

/** The named values; what was not sent is left out. */
export function pick(values: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]),
  );
}

/** A list out of a form: AdminJS sends `name.0`, `name.1` …, or nothing when the list is empty. */
export function textList(value: unknown): string[] {
  const list = Array.isArray(value) ? value : value && typeof value === 'object' ? Object.values(value) : [];
  return (list as unknown[]).filter((item): item is string => typeof item === 'string' && item !== '');
}

/** A number out of a form; null for a field that was cleared. */
export function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined || value === '' ? null : Number(value);
}

/** A tick out of a form: true or false, undefined when it was not sent, and anything else as it is. */
export function yesOrNo(value: unknown): unknown {
  if (value === 'true') return true;
  return value === 'false' || value === '' ? false : value;
}
