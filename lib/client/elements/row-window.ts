/** The rows that are in the document just now. */

/** Where the rows come from. */
export interface RowSource {
  readonly size: number;
  /** Changes when the row must be drawn anew. */
  key(index: number): string;
  draw(index: number): HTMLElement;
}

/** Keeps a range of rows in an element; those that stay in it are not touched. */
export class RowWindow {
  readonly #element: HTMLElement;
  readonly #source: RowSource;
  #first = 0;
  #keys: (string | null)[] = [];

  constructor(element: HTMLElement, source: RowSource) {
    this.#element = element;
    this.#source = source;
  }

  /** The first row that is there. */
  get first(): number {
    return this.#first;
  }

  get #end(): number {
    return this.#first + this.#keys.length;
  }

  /** All rows are drawn anew at the next `show`. */
  forget(): void {
    this.#keys.fill(null);
  }

  clear(): void {
    this.#element.replaceChildren();
    this.#keys = [];
    this.#first = 0;
  }

  /** Brings rows `first` up to but not including `end` into the document. */
  show(first: number, end: number): void {
    const last = Math.min(end, this.#source.size);
    if (first >= this.#end || last <= this.#first) {
      this.clear();
      this.#first = Math.min(first, last);
    }
    while (this.#first < first && this.#keys.length > 0) this.#drop('first');
    while (this.#end > last) this.#drop('last');
    this.#redraw();
    while (this.#first > first) this.#add(this.#first - 1);
    while (this.#end < last) this.#add(this.#end);
  }

  #redraw(): void {
    this.#keys.forEach((key, position) => {
      const index = this.#first + position;
      const current = this.#source.key(index);
      if (current === key) return;
      this.#keys[position] = current;
      this.#element.children[position]?.replaceWith(this.#source.draw(index));
    });
  }

  #add(index: number): void {
    const row = this.#source.draw(index);
    if (index < this.#first) {
      this.#element.prepend(row);
      this.#keys.unshift(this.#source.key(index));
      this.#first = index;
    } else {
      this.#element.append(row);
      this.#keys.push(this.#source.key(index));
    }
  }

  #drop(side: 'first' | 'last'): void {
    if (side === 'first') {
      this.#element.firstElementChild?.remove();
      this.#keys.shift();
      this.#first += 1;
    } else {
      this.#element.lastElementChild?.remove();
      this.#keys.pop();
    }
  }
}
