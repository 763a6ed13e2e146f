/** Keeps the end of what a server said, to show it in a message. */

/** A character takes at most four bytes, and escape sequences are left out. */
const bytesPerCharacter = 8;

const escapeSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** The last words of a stream, in bounded memory. */
export class LastWords {
  readonly #mostCharacters: number;
  readonly #mostBytes: number;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(mostCharacters: number) {
    this.#mostCharacters = mostCharacters;
    this.#mostBytes = mostCharacters * bytesPerCharacter;
  }

  add(bytes: Buffer): void {
    // A copy, so that a long chunk is let go.
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(-this.#mostBytes)]).subarray(-this.#mostBytes);
  }

  /** In one line, without control characters; empty when nothing was said. */
  get text(): string {
    return endOf(printable(this.#bytes.toString('utf8')), this.#mostCharacters);
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
