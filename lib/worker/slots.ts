/** How many attempts are carried out at the same time. */

export class Slots {
  #free: number;
  #isOpen = false;
  #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  async enter(): Promise<void> {
    while (this.#free <= 0 && !this.#isOpen) await this.#next();
    this.#free -= 1;
  }

  leave(): void {
    this.#free += 1;
    this.#wake();
  }

  async untilFree(): Promise<void> {
    while (this.#free <= 0 && !this.#isOpen) await this.#next();
  }

  /** Nobody waits any longer: the worker stops. */
  open(): void {
    this.#isOpen = true;
    this.#wake();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
