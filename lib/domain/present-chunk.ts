/** Output as JSON. */

import type { LogChunk } from '../protocol/events.js';
import type { StoredChunk } from '../store/read-log.js';

/** A stored chunk as viewers get it. */
export function presentChunk({ line, linesBefore, ...chunk }: StoredChunk): LogChunk {
  return { ...presentContent(chunk), line, linesBefore };
}

/** A stored chunk without its place among the lines. */
export function presentContent({
  seq,
  stream,
  offset,
  time,
  content,
}: Omit<StoredChunk, 'line' | 'linesBefore'>): Omit<LogChunk, 'line' | 'linesBefore'> {
  return { seq, stream, offset, time: time.toISOString(), content: content.toString('utf8') };
}
