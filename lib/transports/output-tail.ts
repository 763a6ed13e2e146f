/** Keeps the end of an output, to show it in a message. */

/** A character takes at most four bytes, and escape sequences are left out. */
const bytesPerCharacter = 8;

const escapeSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** Between the beginning and the end of a line that is too long to be shown. */
const mark = ' … ';
const newline = 0x0a;

/** The tail of a stream, in bounded memory: of one line that is too long, its beginning and its end. */
export class OutputTail {
  readonly #mostCharacters: number;
  readonly #mostBytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  /** How the last line that holds anything begins, and how many bytes it has. */
  #beginning: Buffer = Buffer.alloc(0);
  #lineBytes = 0;
  #isLineOver = false;

  constructor(mostCharacters: number) {
    this.#mostCharacters = mostCharacters;
    this.#mostBytes = mostCharacters * bytesPerCharacter;
  }

  add(bytes: Buffer): void {
    // A copy, so that a long chunk is not kept in memory.
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(-this.#mostBytes)]).subarray(-this.#mostBytes);
    for (let at = 0; at <= bytes.length;) {
      const end = bytes.indexOf(newline, at);
      this.#addToLine(bytes.subarray(at, end < 0 ? undefined : end));
      if (end < 0) break;
      this.#isLineOver = true;
      at = end + 1;
    }
  }

  /** In one line, without control characters; empty when nothing was said. */
  get text(): string {
    const most = this.#mostCharacters;
    const all = printable(this.#bytes.toString('utf8'));
    const line = printable(this.#bytes.toString('utf8').trimEnd().split('\n').at(-1) ?? '');
    const isWhole = this.#lineBytes <= this.#mostBytes && [...line].length <= most;
    if (isWhole) return endOf(all, most);
    const half = Math.floor((most - mark.length) / 2);
    const beginning = [...printable(this.#beginning.toString('utf8'))].slice(0, half).join('');
    return `${beginning}${mark}${endOf(line, half)}`;
  }

  #addToLine(bytes: Buffer): void {
    if (this.#isLineOver) {
      if (!bytes.some((byte) => byte > 0x20)) return;
      this.#beginning = Buffer.alloc(0);
      this.#lineBytes = 0;
      this.#isLineOver = false;
    }
    const room = this.#mostBytes - this.#beginning.length;
    this.#beginning = Buffer.concat([this.#beginning, bytes.subarray(0, room)]);
    this.#lineBytes += bytes.length;
  }
}

/** The last characters of a text, none of them cut in two. */
export function endOf(text: string, characters: number): string {
  return [...text].slice(-characters).join('').trim();
}

/** In one line, without escape sequences and characters that are not seen. */
function printable(text: string): string {
  return text
    .replace(escapeSequence, '')
    .replace(/[\p{C}\s\ufffd]+/gu, ' ')
    .trim();
}
