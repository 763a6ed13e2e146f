/** Numbers for lines: counted from 1 in the order in which they begin, over both streams. */

import type { Stream } from './log-policy.js';

/** How far lines are counted. */
export interface LineCount {
  /** Lines that have begun. */
  begun: number;
  /** The number of the line that a stream is in the middle of; 0 when its next byte begins one. */
  stdout: number;
  stderr: number;
}

/** The lines of a chunk. */
export interface ChunkLines {
  /** The number of the line that the chunk's first byte belongs to. */
  line: number;
  /** Lines that have begun up to the chunk's end. */
  lines: number;
}

const newline = 0x0a;

/** Counts on over chunks, in order. A stream's line goes on where the other stream prints in between. */
export function countLines(
  from: LineCount,
  chunks: readonly { stream: Stream; content: Uint8Array }[],
): { counted: ChunkLines[]; after: LineCount } {
  const after = { ...from };
  const counted = chunks.map(({ stream, content }) => {
    const open = after[stream];
    const line = open === 0 ? after.begun + 1 : open;
    const ends = newlinesIn(content);
    const isOpen = content.length > 0 ? content.at(-1) !== newline : open !== 0;
    after.begun += ends + Number(isOpen) - Number(open !== 0);
    if (!isOpen) after[stream] = 0;
    else if (open === 0 || ends > 0) after[stream] = after.begun;
    return { line, lines: after.begun };
  });
  return { counted, after };
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}
