/** Tells a program's output from the lines that our scripts say in between: these begin with a secret mark. */

import { DrsError } from '../errors.js';

const separator = 0x1e;
/** Our scripts say nothing longer; what a server says instead is not held in memory. */
const mostLineBytes = 64 * 1024;

/** Output, or a line that a script said (without its mark). */
export type Piece = { output: Buffer } | { line: string };

/** Splits one stream. */
export class MarkedStream {
  readonly #mark: Buffer;
  #held: Buffer = Buffer.alloc(0);

  constructor(mark: string) {
    this.#mark = Buffer.concat([Buffer.of(separator), Buffer.from(`${mark} `)]);
  }

  /** The pieces that are complete with these bytes. @throws DrsError `script_broken` for a line that does not end */
  *write(bytes: Buffer): Generator<Piece> {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    for (let at = rest.indexOf(this.#mark); at >= 0; at = rest.indexOf(this.#mark)) {
      if (at > 0) yield { output: rest.subarray(0, at) };
      const lineEnd = rest.indexOf(0x0a, at);
      if (lineEnd < 0) {
        if (rest.length - at > mostLineBytes) throw endlessLine();
        this.#held = rest.subarray(at);
        return;
      }
      yield { line: rest.toString('utf8', at + this.#mark.length, lineEnd) };
      rest = rest.subarray(lineEnd + 1);
    }
    const split = rest.length - this.#beginningOfMark(rest);
    this.#held = rest.subarray(split);
    if (split > 0) yield { output: rest.subarray(0, split) };
  }

  /** What was held back because it looked like the beginning of a mark. Call it at the end of the stream. */
  *end(): Generator<Piece> {
    if (this.#held.length > 0) yield { output: this.#held };
  }

  /** How many of the last bytes may be the beginning of a mark. */
  #beginningOfMark(bytes: Buffer): number {
    const from = Math.max(0, bytes.length - this.#mark.length + 1);
    for (let at = bytes.indexOf(separator, from); at >= 0; at = bytes.indexOf(separator, at + 1)) {
      if (this.#mark.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return bytes.length - at;
    }
    return 0;
  }
}

function endlessLine(): DrsError {
  return new DrsError('script_broken', 'The server said a line that does not end. Is its login shell sound?');
}
