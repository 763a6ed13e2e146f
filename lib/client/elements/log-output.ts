/** The output of one attempt on the page: rows, search, links to lines, and how they are shown. */

import type { LogChunk } from '../../protocol/events.js';
import { LogPieces } from '../terminal/log-pieces.js';
import { columnsOf, showSize, type LogFrame } from './log-frame.js';
import { LineLinks, type LineRange } from './line-links.js';
import { LogLoader, type ReadPage } from './log-loader.js';
import { rowSource } from './log-rows.js';
import { LogSearch, type SearchServer } from './log-search.js';
import { RowLayout } from './row-layout.js';
import { VirtualRows } from './virtual-rows.js';
import { readWhole, textOf } from './log-text.js';

/** What is held at most, in characters: some hundred thousand lines. */
const maxLength = 16_000_000;

/** Where stored output comes from. */
export interface StoredOutput {
  read: ReadPage;
  search: SearchServer;
}

/** What stands in the viewport. */
export class LogOutput {
  readonly search: LogSearch;
  readonly links: LineLinks;
  readonly #frame: LogFrame;
  readonly #rows = new LogPieces();
  readonly #layout = new RowLayout(this.#rows);
  readonly #virtual: VirtualRows;
  readonly #resizes = new ResizeObserver(() => this.#fit());
  #stored: StoredOutput | undefined;
  #loader: LogLoader | undefined;
  #isSeeking = false;
  /** True until the hit that the reader goes to is in sight. */
  #wantsAcross = false;
  #hasTimes = false;
  #isWrapped = false;
  /** A line of the address that is not there yet. */
  #awaited: LineRange | null = null;

  /** @param onSearch hears that the hits are others */
  constructor(frame: LogFrame, host: Element, onSearch: () => void) {
    this.#frame = frame;
    this.search = new LogSearch(this.#rows, () => {
      this.#searched();
      onSearch();
    });
    this.links = new LineLinks(host, (lines, isFromAddress) => this.#choose(lines, isFromAddress));
    const rows = this.#rows;
    const source = rowSource({
      rows,
      search: this.search,
      links: this.links,
      hasTimes: () => this.#hasTimes,
    });
    this.#virtual = new VirtualRows(
      frame,
      { layout: this.#layout, source },
      {
        onFollow: (isFollowing) => (frame.follow.hidden = isFollowing),
        onSight: (first, end) => this.#look(first, end),
      },
    );
    frame.rows.addEventListener('click', (event) => this.#clicked(event));
    frame.retry.addEventListener('click', () => this.retry());
    this.#resizes.observe(frame.scroller);
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  /** Other output begins. */
  begin(stored: StoredOutput): void {
    this.#stored = stored;
    this.#rows.clear();
    this.#loader?.stop();
    this.#loader = new LogLoader({
      pieces: this.#rows,
      read: stored.read,
      onLoaded: (chunks) => this.#fill(chunks),
      onState: (words, hasFailed) => this.#frame.showLoading(words, hasFailed),
    });
    this.#layout.changed(0);
    this.#virtual.reset();
    this.search.begin(stored.search);
    this.links.start();
  }

  append(chunks: readonly LogChunk[]): void {
    const isStart = this.isEmpty;
    const changed = Math.min(...chunks.map((chunk) => this.#rows.append(chunk)));
    if (isStart && !this.#rows.isWhole) this.#loader?.learn(chunks);
    if (this.#virtual.isFollowing) this.#rows.keepNear(this.#rows.lineCount, maxLength);
    this.#changed(changed);
  }

  /** Loads again what could not be loaded. */
  retry(): void {
    this.#loader?.retry();
  }

  follow(): void {
    this.#virtual.follow();
  }

  setTimes(hasTimes: boolean): void {
    this.#hasTimes = hasTimes;
    this.#frame.spacer.toggleAttribute('data-times', hasTimes);
    this.#fit();
    this.#virtual.redraw();
  }

  setWrap(isWrapped: boolean): void {
    this.#isWrapped = isWrapped;
    this.#virtual.keepPosition((first) => {
      this.#frame.spacer.toggleAttribute('data-wrap', isWrapped);
      this.#layout.columns = isWrapped ? columnsOf(this.#frame) : 0;
      return first;
    });
  }

  /** Searches, and goes to the next hit from where the reader is. */
  find(text: string): void {
    this.#isSeeking = true;
    this.search.find(text);
    this.#virtual.redraw();
  }

  /** Goes to the next hit, or to the one before. */
  step(by: 1 | -1): void {
    this.search.step(by);
    this.#showHit();
  }

  /** Goes to a line, as its link does. */
  goToLine(line: number): void {
    this.links.choose(line, false);
    this.#awaited = this.links.lines;
    this.#showAwaited();
  }

  /** All of it as text, without colours. @throws Error when it cannot be had */
  async text(): Promise<string> {
    if (this.#rows.isWhole || !this.#stored) return textOf(this.#rows);
    return readWhole(this.#stored.read);
  }

  close(): void {
    this.#resizes.disconnect();
    this.#loader?.stop();
    this.#virtual.stop();
    this.search.stop();
    this.links.stop();
  }

  /** Puts what was loaded into its place; the reader stays at the same line. */
  #fill(chunks: readonly LogChunk[]): void {
    const rows = this.#rows;
    this.#virtual.keepPosition((first) => {
      const line = rows.lineOf(first);
      const within = first - rows.indexOfLine(line);
      rows.insert(chunks);
      rows.keepNear(line, maxLength);
      return rows.indexOfLine(line) + within;
    });
    this.#changed(0);
  }

  #changed(changed: number): void {
    this.#layout.changed(changed);
    this.search.changed(changed);
    if (showSize(this.#frame, this.#rows)) this.#fit();
    this.#virtual.update();
    this.#showAwaited();
  }

  /** Loads what is in sight, and a screen before and after it. */
  #look(first: number, end: number): void {
    const room = end - first;
    const [from, to] = [Math.max(0, first - room), Math.min(this.#rows.size, end + room) - 1];
    if (to >= from) this.#loader?.see({ first: this.#rows.lineOf(from), last: this.#rows.lineOf(to) });
    const mark = this.#wantsAcross && this.#frame.rows.querySelector('mark[data-current]');
    if (!mark) return;
    this.#wantsAcross = false;
    this.#frame.showAcross(mark);
  }

  /** Goes to a hit once one is known. */
  #searched(): void {
    const here = this.#rows.lineOf(this.#virtual.first);
    if (!this.#isSeeking || !(this.search.isDone || this.search.hasFrom(here))) return;
    this.#isSeeking = false;
    if (!this.search.isActive) return;
    this.search.goFrom(here);
    this.#showHit();
  }

  #showHit(): void {
    const { row } = this.search;
    if (row >= 0) this.#virtual.show(row);
    this.#wantsAcross = row >= 0;
    this.#virtual.redraw();
  }

  #choose(lines: LineRange | null, isFromAddress: boolean): void {
    this.#awaited = isFromAddress ? lines : null;
    this.#virtual.redraw();
    this.#showAwaited();
  }

  #showAwaited(): void {
    const row = this.#rows.indexOfLine(this.#awaited?.first ?? 0);
    if (row < 0) return;
    this.#awaited = null;
    this.#virtual.show(row);
    this.#frame.viewport.scrollIntoView({ block: 'nearest' });
  }

  #clicked(event: MouseEvent): void {
    const line = Number((event.target as Element).closest<HTMLElement>('[data-line]')?.dataset.line);
    // A new tab or window is the browser's matter.
    if (!line || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    this.links.choose(line, event.shiftKey);
  }

  /** The room for text has changed. */
  #fit(): void {
    const columns = this.#isWrapped ? columnsOf(this.#frame) : 0;
    if (columns === this.#layout.columns) return this.#virtual.update();
    this.#virtual.keepPosition((first) => {
      this.#layout.columns = columns;
      return first;
    });
  }
}
