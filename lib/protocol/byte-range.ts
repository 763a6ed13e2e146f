/** Part of a file or a stream of output. */

/** Bytes counted from 0, both ends included. */
export interface ByteRange {
  start: number;
  end: number;
}
