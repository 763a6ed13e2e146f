/** Stores what was not followed while the program ran: all of it, or its end when it is too much. */

import type { AttemptLocation, Workspace } from '../schedulers/scheduler.js';
import type { Session } from '../transports/session.js';
import type { LogTail, LogWriter } from './log-writer.js';
import type { WorkerDependencies } from './worker-dependencies.js';

/** The last bytes of an output over the limit that are kept, at the most. They are held in memory. */
const mostTailBytes = 1024 * 1024;

const streams = ['stdout', 'stderr'] as const;

interface Sizes {
  stdout: number;
  stderr: number;
}

interface Rest {
  session: Session;
  workspace: Workspace;
  location: AttemptLocation;
  writer: LogWriter;
  /** What the program wrote. */
  sizes: Sizes;
  signal: AbortSignal;
}

/** How much of the limit is for the beginning of the output; an eighth of it, or a MiB, is for the end. */
export function headBytesOf(limitBytes: number): number {
  return limitBytes - tailBytesOf(limitBytes);
}

const tailBytesOf = (limitBytes: number): number => Math.min(mostTailBytes, Math.floor(limitBytes / 8));

/** Fills the room that is left, then keeps the end of each stream; says in between what was left out. Resolves to a note, or null. */
export async function storeRest({ limits }: WorkerDependencies, rest: Rest): Promise<string | null> {
  const { session, workspace, location, writer, sizes, signal } = rest;
  if (writer.isComplete) return null;
  const { room } = writer;
  const bytes = atMost(remainingOf(rest), room);
  if (bytes.stdout + bytes.stderr > 0) {
    await workspace.readOutput(session, location, {
      from: writer.offsets,
      bytes,
      signal,
      onOutput: (stream, content) => writer.write(stream, content),
    });
  }
  await writer.end();
  const left = remainingOf(rest);
  if (left.stdout + left.stderr === 0) return null;
  // There was room for it, and it did not come.
  if (writer.room > 0) return `${left.stdout + left.stderr} bytes of its output are gone from the server.`;
  const kept = shareOut(left, tailBytesOf(limits.logBytes));
  const tails = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  await workspace.readOutput(session, location, {
    from: { stdout: sizes.stdout - kept.stdout, stderr: sizes.stderr - kept.stderr },
    bytes: kept,
    signal,
    onOutput: (stream, content) => void tails[stream].push(content),
  });
  await writer.addTail(
    streams.map((stream): LogTail => {
      return { stream, leftOut: left[stream] - kept[stream], content: Buffer.concat(tails[stream]) };
    }),
  );
  return null;
}

function remainingOf({ writer: { offsets }, sizes }: Rest): Sizes {
  return {
    stdout: Math.max(0, sizes.stdout - offsets.stdout),
    stderr: Math.max(0, sizes.stderr - offsets.stderr),
  };
}

function atMost({ stdout, stderr }: Sizes, most: number): Sizes {
  return { stdout: Math.min(stdout, most), stderr: Math.min(stderr, most) };
}

/** Half for each stream; what one does not need is the other's. */
function shareOut({ stdout, stderr }: Sizes, bytes: number): Sizes {
  const out = Math.min(stdout, Math.max(Math.ceil(bytes / 2), bytes - stderr));
  return { stdout: out, stderr: Math.min(stderr, bytes - out) };
}
