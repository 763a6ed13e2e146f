/** Times, sizes and states in words. */

const units: [string, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** As in `3 minutes ago`; `now` in milliseconds. */
export function ago(time: string | null | undefined, now = Date.now()): string {
  if (!time) return '–';
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  const [unit, size] = units.find(([, unitSize]) => seconds >= unitSize) ?? ['second', 1];
  if (unit === 'second' && seconds < 10) return 'just now';
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

/** As in `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long a job ran, or has been running. */
export function runTime(startedAt?: string | null, finishedAt?: string | null): string {
  if (!startedAt) return '–';
  return duration((finishedAt ? Date.parse(finishedAt) : Date.now()) - Date.parse(startedAt));
}

/** As in `12 bytes`, `3.4 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const steps = ['kB', 'MB', 'GB', 'TB'];
  let size = bytes / 1000;
  let step = 0;
  while (size >= 999.95 && step < steps.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${size.toFixed(1)} ${steps[step]}`;
}

/** The exact time where the reader is, for the tooltip of an `ago`. */
export function exactTime(time: string | null | undefined): string {
  return time ? new Date(time).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' }) : '';
}

const statuses: Record<string, string> = { initial: 'not submitted', submitted: 'waiting' };

/** The word for a status. */
export function statusLabel(status: string): string {
  return statuses[status] ?? status;
}

const reasons: Record<string, string> = {
  exit: 'the program ended with an error',
  signal: 'the program was ended by a signal',
  timeout: 'it ran longer than its time limit',
  auth: 'the sign-in was refused',
  host_key: 'the server showed another host key than the known one',
  unreachable: 'the server could not be reached',
  lost: 'the program vanished from the server',
  limit: 'it passed a limit of this system',
  rejected: 'it was refused before anything ran',
  internal: 'something went wrong in this system',
};

/** Why a job failed, in words; the empty string where it did not. */
export function reasonInWords(job: {
  failureReason?: string | null;
  exitCode?: number | null;
  signal?: string | null;
}): string {
  if (!job.failureReason) return '';
  const detail = job.failureReason === 'exit' && job.exitCode != null ? ` (exit code ${job.exitCode})` : '';
  const signal = job.failureReason === 'signal' && job.signal ? ` (${job.signal})` : '';
  return `${reasons[job.failureReason] ?? job.failureReason}${detail}${signal}`;
}

/** Why a job stands as it does: what the system says about it, or the reason of its failure; empty for most. */
export function noteOf(job: Parameters<typeof reasonInWords>[0] & { message?: string | null }): string {
  return job.message ?? reasonInWords(job);
}
