/** A long list of rows, of which only those in sight are in the document. */

import type { RowLayout } from './row-layout.js';
import { RowWindow, type RowSource } from './row-window.js';
import { clearSelection, selectedRows } from './selected-rows.js';

export type { RowSource };

/** Where the rows are shown. */
export interface VirtualElements {
  scroller: HTMLElement;
  /** As high as all rows together. */
  spacer: HTMLElement;
  /** Holds the rows in sight. */
  rows: HTMLElement;
  /** As high as one line of the screen. */
  ruler: HTMLElement;
}

/** Who hears of what the reader does. */
export interface VirtualListener {
  onFollow(isFollowing: boolean): void;
  /** Rows `first` up to but not including `end` are in sight. */
  onSight(first: number, end: number): void;
}

/** Browsers cut elements above some 17 million pixels: beyond this, the scrollbar works on a scale. */
const maxHeight = 16_000_000;
const overscan = 12;
/** Rows with selected text that stay in the document although they are out of sight. */
const maxSelected = 5000;

/** Draws rows, and follows the end until the reader scrolls up. */
export class VirtualRows {
  readonly #elements: VirtualElements;
  readonly #layout: RowLayout;
  readonly #window: RowWindow;
  readonly #listener: VirtualListener;
  #rowHeight = 20;
  #frame = 0;
  /** Where the reader is, in pixels of all rows; the scrollbar may work on a scale. */
  #top = 0;
  #scrollTop = 0;
  #isFollowing = true;
  /** A position to go to at the next drawing. */
  #target: (() => number) | undefined;
  /** The same, when there are not rows enough to go there yet: more may come. */
  #late: (() => number) | undefined;

  constructor(
    elements: VirtualElements,
    { layout, source }: { layout: RowLayout; source: RowSource },
    listener: VirtualListener,
  ) {
    this.#elements = elements;
    this.#layout = layout;
    this.#window = new RowWindow(elements.rows, source);
    this.#listener = listener;
    elements.scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** The first row in sight. */
  get first(): number {
    return this.#layout.indexAt(this.#top / this.#rowHeight);
  }

  /** Draws before the next frame. */
  update(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Draws all rows in sight anew. */
  redraw(): void {
    this.#window.forget();
    this.update();
  }

  /** Goes to the end and stays there. */
  follow(): void {
    clearSelection(this.#elements.rows);
    this.#setFollowing(true);
    this.update();
  }

  /** Brings a row into sight, in the upper part, if it is not there. */
  show(index: number): void {
    this.#setFollowing(false);
    let isInSight: boolean | undefined;
    this.#target = () => {
      const [view, top] = [this.#elements.scroller.clientHeight, this.#layout.topOf(index) * this.#rowHeight];
      isInSight ??= top >= this.#top && top + this.#rowHeight * 2 <= this.#top + view;
      return isInSight ? this.#top : top - view / 3;
    };
    this.update();
  }

  /** Lets rows change their positions, with the first row in sight staying where it is. @param change says which it is then */
  keepPosition(change: (first: number) => number): void {
    const { first } = this;
    const within = this.#top - this.#layout.topOf(first) * this.#rowHeight;
    const now = change(first);
    this.#target = () => this.#layout.topOf(now) * this.#rowHeight + within;
    this.update();
  }

  /** Forgets what is drawn: for other rows altogether. */
  reset(): void {
    this.#window.clear();
    this.#top = 0;
    this.#target = this.#late = undefined;
    this.follow();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #scrolled(): void {
    const { scroller } = this.#elements;
    const change = scroller.scrollTop - this.#scrollTop;
    if (change === 0) return;
    this.#scrollTop = scroller.scrollTop;
    this.#late = undefined;
    const { scale, last } = this.#range();
    const isAtEdge =
      this.#scrollTop <= 0 || this.#scrollTop >= scroller.scrollHeight - scroller.clientHeight - 1;
    // On a scale, small steps still move by what the reader turned the wheel.
    const isStep = scale > 1 && !isAtEdge && Math.abs(change) < scroller.clientHeight * 2;
    this.#top = Math.min(last, isStep ? Math.max(0, this.#top + change) : this.#scrollTop * scale);
    // Only the reader scrolls up; growing content alone leaves the top where it is.
    if (this.#top >= last - this.#rowHeight / 2) this.#setFollowing(true);
    else if (change < -1) this.#setFollowing(false);
    this.update();
  }

  #setFollowing(isFollowing: boolean): void {
    if (isFollowing === this.#isFollowing) return;
    this.#isFollowing = isFollowing;
    this.#listener.onFollow(isFollowing);
  }

  /** The last position of the reader, and how far one pixel of the scrollbar goes. */
  #range(): { last: number; scale: number } {
    const { scroller, spacer } = this.#elements;
    const total = this.#layout.height * this.#rowHeight;
    const room = Math.max(0, scroller.scrollHeight - scroller.clientHeight);
    const last = Math.max(0, total + room - spacer.offsetHeight);
    return { last, scale: total > maxHeight && room > 0 ? last / room : 1 };
  }

  #draw(isAgain = false): void {
    this.#frame = 0;
    const { scroller, spacer, rows, ruler } = this.#elements;
    const selected = selectedRows(rows, this.#window.first);
    // Text that runs away cannot be selected.
    if (selected) this.#setFollowing(false);
    this.#rowHeight = ruler.offsetHeight || this.#rowHeight;
    const height = Math.min(this.#layout.height * this.#rowHeight, maxHeight);
    spacer.style.setProperty('height', `${height}px`);
    this.#move();
    const { first } = this;
    const end = this.#layout.indexAt((this.#top + scroller.clientHeight) / this.#rowHeight) + 1;
    const [from, to] = [Math.max(0, first - overscan), end + overscan];
    const kept = selected ?? { first: from, end: to };
    this.#window.show(
      Math.min(from, Math.max(kept.first, from - maxSelected)),
      Math.max(to, Math.min(kept.end, to + maxSelected)),
    );
    const offset = this.#scrollTop + this.#layout.topOf(this.#window.first) * this.#rowHeight - this.#top;
    rows.style.setProperty('transform', `translateY(${offset}px)`);
    if (this.#hasOtherHeights(first)) return isAgain ? this.update() : this.#draw(true);
    this.#listener.onSight(first, end);
  }

  /** True when rows in sight wrap otherwise than was thought. The first one stays where it is. */
  #hasOtherHeights(first: number): boolean {
    if (this.#layout.columns === 0) return false;
    const within = this.#top - this.#layout.topOf(first) * this.#rowHeight;
    const rows = [...this.#elements.rows.children] as HTMLElement[];
    const heights = rows.map(({ offsetHeight }) => Math.round(offsetHeight / this.#rowHeight));
    if (!this.#layout.learn(this.#window.first, heights)) return false;
    if (!this.#late) this.#target = () => this.#layout.topOf(first) * this.#rowHeight + within;
    return true;
  }

  #move(): void {
    const { scroller } = this.#elements;
    const { last, scale } = this.#range();
    const targetOf = this.#isFollowing ? () => last : (this.#target ?? this.#late);
    const target = targetOf?.();
    this.#target = this.#late = undefined;
    if (target !== undefined) {
      if (target > last) this.#late = targetOf;
      this.#top = Math.min(last, Math.max(0, target));
      scroller.scrollTop = this.#top / scale;
    } else if (scale === 1) this.#top = scroller.scrollTop;
    this.#scrollTop = scroller.scrollTop;
  }
}
