/** Where each row begins, counted in lines of the screen: one row may take several when long lines wrap. */

/** What is laid out. */
export interface LaidOut {
  readonly size: number;
  /** Columns of a row. */
  width(index: number): number;
}

/** The positions of rows. */
export class RowLayout {
  readonly #rows: LaidOut;
  /** Screen lines of rows that were measured. */
  readonly #measured = new Map<number, number>();
  /** Columns of the screen; 0: rows do not wrap. */
  #columns = 0;
  /** `#tops[i]` is the top of row i; known up to and with `#known`. */
  #tops = new Uint32Array(1024);
  #known = 0;

  constructor(rows: LaidOut) {
    this.#rows = rows;
  }

  get columns(): number {
    return this.#columns;
  }

  set columns(columns: number) {
    this.#columns = columns;
    this.changed(0);
  }

  /** Screen lines of all rows. */
  get height(): number {
    return this.topOf(this.#rows.size);
  }

  /** Rows from this one on have other widths than before. */
  changed(from: number): void {
    this.#known = Math.min(this.#known, from);
    for (const index of this.#measured.keys()) if (index >= from) this.#measured.delete(index);
  }

  /** Takes the heights that rows turned out to have: fonts know nothing of columns. True when one is other than thought. */
  learn(first: number, heights: readonly number[]): boolean {
    const before = this.#known;
    heights.forEach((height, position) => {
      const index = first + position;
      if (height === this.heightOf(index)) return;
      this.#measured.set(index, height);
      this.#known = Math.min(this.#known, index);
    });
    return this.#known < before;
  }

  topOf(index: number): number {
    if (this.#columns === 0) return index;
    this.#measure();
    return this.#tops[index] ?? 0;
  }

  heightOf(index: number): number {
    if (this.#columns === 0) return 1;
    const thought = Math.max(1, Math.ceil(this.#rows.width(index) / this.#columns));
    return this.#measured.get(index) ?? thought;
  }

  /** The row at a screen line. */
  indexAt(line: number): number {
    const last = Math.max(0, this.#rows.size - 1);
    if (this.#columns === 0) return Math.min(Math.max(0, Math.floor(line)), last);
    this.#measure();
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#tops[middle] ?? 0) <= line) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #measure(): void {
    const { size } = this.#rows;
    if (this.#tops.length <= size) {
      const larger = new Uint32Array(size * 2);
      larger.set(this.#tops);
      this.#tops = larger;
    }
    for (; this.#known < size; this.#known += 1) {
      this.#tops[this.#known + 1] = (this.#tops[this.#known] ?? 0) + this.heightOf(this.#known);
    }
  }
}
