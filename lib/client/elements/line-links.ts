/** Links to lines, as in `#L120` and `#L10-L20`; with an `id` on the element, `#id-L120`. */

/** Lines, both included. */
export interface LineRange {
  first: number;
  last: number;
}

/** The links of one element. */
export class LineLinks {
  readonly #host: Element;
  readonly #onLines: (lines: LineRange | null, isFromAddress: boolean) => void;
  readonly #listen = () => this.#read();
  #lines: LineRange | null = null;

  /** @param onLines hears the lines of the page's address, and of links that are chosen */
  constructor(host: Element, onLines: (lines: LineRange | null, isFromAddress: boolean) => void) {
    this.#host = host;
    this.#onLines = onLines;
    window.addEventListener('hashchange', this.#listen);
  }

  get lines(): LineRange | null {
    return this.#lines;
  }

  has(line: number): boolean {
    return this.#lines !== null && line >= this.#lines.first && line <= this.#lines.last;
  }

  /** What the address of the page asks for. */
  start(): void {
    this.#read();
  }

  hrefOf({ first, last }: LineRange): string {
    const url = new URL(location.href);
    url.hash = `${this.#prefix}${first}${last > first ? `-L${last}` : ''}`;
    return url.href;
  }

  /** Chooses a line, or all from the one chosen before. The address of the page says so, without another step back. */
  choose(line: number, isRange: boolean): void {
    const from = isRange ? (this.#lines?.first ?? line) : line;
    this.#lines = { first: Math.min(from, line), last: Math.max(from, line) };
    history.replaceState(history.state, '', this.hrefOf(this.#lines));
    this.#onLines(this.#lines, false);
  }

  stop(): void {
    window.removeEventListener('hashchange', this.#listen);
  }

  get #prefix(): string {
    return this.#host.id === '' ? 'L' : `${this.#host.id}-L`;
  }

  #read(): void {
    const hash = decodeURIComponentSafely(location.hash.slice(1));
    const match = hash.startsWith(this.#prefix)
      ? /^([1-9]\d{0,8})(?:-L([1-9]\d{0,8}))?$/.exec(hash.slice(this.#prefix.length))
      : null;
    const first = Number(match?.[1]);
    this.#lines = match && { first, last: Math.max(first, Number(match[2] ?? first)) };
    this.#onLines(this.#lines, true);
  }
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
