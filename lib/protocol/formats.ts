/** Times and sizes as people read them. */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, as in `2 min ago`. Clocks that disagree by a little are no future. */
export function formatAge(fromMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - fromMs) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < minute) return `${seconds} s ago`;
  if (seconds < hour) return `${Math.floor(seconds / minute)} min ago`;
  if (seconds < day) return `${Math.floor(seconds / hour)} h ago`;
  const days = Math.floor(seconds / day);
  if (days < 60) return days === 1 ? '1 day ago' : `${days} days ago`;
  return new Date(fromMs).toLocaleDateString();
}

/** How long, as in `1 min 12 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < minute) return `${Math.floor(seconds)} s`;
  if (seconds < hour) return `${Math.floor(seconds / minute)} min ${Math.floor(seconds % minute)} s`;
  return `${Math.floor(seconds / hour)} h ${Math.floor((seconds % hour) / minute)} min`;
}

/** How many bytes, as in `1.4 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}

/** How long a job ran, or has been running; times in ISO 8601. */
export function formatRunTime(startedAt?: string | null, finishedAt?: string | null): string {
  if (!startedAt) return '–';
  return formatDuration((finishedAt ? Date.parse(finishedAt) : Date.now()) - Date.parse(startedAt));
}

/** A moment for people, with the zone. */
export function formatMoment(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
}

/** The time of day with milliseconds, as in `09:05:07.120`. */
export function formatClock(ms: number): string {
  const date = new Date(ms);
  const digits = (value: number, count = 2) => String(value).padStart(count, '0');
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => digits(value));
  return `${parts.join(':')}.${digits(date.getMilliseconds(), 3)}`;
}
