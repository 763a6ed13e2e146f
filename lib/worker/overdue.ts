/** An end that must have come by now, and of which nothing is heard: then it is looked for over another channel. */

/** Aborts its signal when what was expected did not come in time. */
export class Overdue {
  #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The end is to come within so long. */
  expect(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(new Error('Nothing is heard of the end.')), ms);
  }

  /** It is looked for anew. */
  restart(): void {
    if (this.signal.aborted) this.#controller = new AbortController();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
