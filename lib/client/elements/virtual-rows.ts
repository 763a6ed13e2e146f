/** A long list of rows of one height, of which only those in sight are in the document. */

/** Where the rows are shown. */
export interface VirtualParts {
  scroller: HTMLElement;
  /** As high as all rows together. */
  spacer: HTMLElement;
  /** Holds the rows in sight. */
  rows: HTMLElement;
}

/** Where the rows come from. */
export interface RowSource {
  readonly size: number;
  /** Changes when the row must be drawn anew. */
  key(index: number): string;
  draw(index: number): HTMLElement;
}

/** Browsers cut elements above some 17 million pixels: beyond this, the scrollbar works on a scale. */
const maxHeight = 16_000_000;
const overscan = 12;

/** Draws rows, and follows the end until the reader scrolls up. */
export class VirtualRows {
  readonly #parts: VirtualParts;
  readonly #source: RowSource;
  readonly #onFollow: (isFollowing: boolean) => void;
  #first = 0;
  #keys: string[] = [];
  #rowHeight = 20;
  #frame = 0;
  #lastTop = 0;
  #isFollowing = true;

  constructor(parts: VirtualParts, source: RowSource, onFollow: (isFollowing: boolean) => void) {
    this.#parts = parts;
    this.#source = source;
    this.#onFollow = onFollow;
    parts.scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
  }

  /** Draws before the next frame. */
  update(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#setFollowing(true);
    this.update();
  }

  /** Forgets what is drawn: for other rows altogether. */
  reset(): void {
    this.#parts.rows.replaceChildren();
    this.#keys = [];
    this.#first = 0;
    this.#lastTop = 0;
    this.follow();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #scrolled(): void {
    const { scroller } = this.#parts;
    const top = scroller.scrollTop;
    const isAtEnd = top + scroller.clientHeight >= scroller.scrollHeight - this.#rowHeight / 2;
    // Only the reader scrolls up; growing content alone leaves the top where it is.
    if (isAtEnd) this.#setFollowing(true);
    else if (top < this.#lastTop - 1) this.#setFollowing(false);
    this.#lastTop = top;
    this.update();
  }

  #setFollowing(isFollowing: boolean): void {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.#onFollow(isFollowing);
  }

  #draw(): void {
    this.#frame = 0;
    const { scroller, spacer, rows } = this.#parts;
    this.#rowHeight = (rows.firstElementChild as HTMLElement | null)?.offsetHeight || this.#rowHeight;
    const total = this.#source.size * this.#rowHeight;
    const height = Math.min(total, maxHeight);
    spacer.style.setProperty('height', `${height}px`);
    if (this.#isFollowing) scroller.scrollTop = scroller.scrollHeight;
    this.#lastTop = scroller.scrollTop;
    const view = scroller.clientHeight;
    const scale = total > height && height > view ? (total - view) / (height - view) : 1;
    const top = this.#lastTop * scale;
    const first = Math.max(0, Math.floor(top / this.#rowHeight) - overscan);
    const last = Math.min(this.#source.size, Math.ceil((top + view) / this.#rowHeight) + overscan);
    this.#show(Math.min(first, last), last);
    const offset = this.#lastTop + this.#first * this.#rowHeight - top;
    rows.style.setProperty('transform', `translateY(${offset}px)`);
  }

  /** Brings rows `first` up to but not including `last` into the document; those that stay are not touched. */
  #show(first: number, last: number): void {
    const { rows } = this.#parts;
    const end = this.#first + this.#keys.length;
    if (first >= end || last <= this.#first) {
      rows.replaceChildren();
      this.#keys = [];
      this.#first = first;
    }
    while (this.#first < first && this.#keys.length > 0) this.#drop('first');
    while (this.#first + this.#keys.length > last) this.#drop('last');
    this.#redraw();
    while (this.#first > first) this.#add(this.#first - 1);
    while (this.#first + this.#keys.length < last) this.#add(this.#first + this.#keys.length);
  }

  #redraw(): void {
    this.#keys.forEach((key, position) => {
      const index = this.#first + position;
      const current = this.#source.key(index);
      if (current === key) return;
      this.#keys[position] = current;
      this.#parts.rows.children[position]?.replaceWith(this.#source.draw(index));
    });
  }

  #add(index: number): void {
    const row = this.#source.draw(index);
    if (index < this.#first) {
      this.#parts.rows.prepend(row);
      this.#keys.unshift(this.#source.key(index));
      this.#first = index;
    } else {
      this.#parts.rows.append(row);
      this.#keys.push(this.#source.key(index));
    }
  }

  #drop(side: 'first' | 'last'): void {
    if (side === 'first') {
      this.#parts.rows.firstElementChild?.remove();
      this.#keys.shift();
      this.#first += 1;
    } else {
      this.#parts.rows.lastElementChild?.remove();
      this.#keys.pop();
    }
  }
}
