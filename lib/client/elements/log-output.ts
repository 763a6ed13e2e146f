/** The output of one attempt on the page: rows, search, links to lines, and how they are shown. */

import type { LogChunk } from '../../core/events.js';
import type { LogRow } from '../terminal/log-lines.js';
import { drawGap, EarlierOutput, type ReadPage } from './earlier-output.js';
import { columnsOf, showSize, type LogFrame } from './log-frame.js';
import { LineLinks, type LineRange } from './line-links.js';
import { drawRow } from './log-row.js';
import { LogSearch } from './log-search.js';
import { RowLayout } from './row-layout.js';
import { ShownRows, textOf } from './shown-rows.js';
import { VirtualRows } from './virtual-rows.js';

const noRow: LogRow = { text: '', stream: 'stdout', line: 0, isContinued: false, time: NaN };

/** What stands in the viewport. */
export class LogOutput {
  readonly search: LogSearch;
  readonly links: LineLinks;
  readonly #frame: LogFrame;
  readonly #lines = new ShownRows();
  readonly #layout: RowLayout;
  readonly #virtual: VirtualRows;
  readonly #resizes: ResizeObserver;
  #earlier: EarlierOutput | undefined;
  /** The last chunk that is shown. */
  #last = 0;
  #isSeeking = false;
  #hasTimes = false;
  #isWrapped = false;
  /** A line of the address that is not there yet. */
  #awaited: LineRange | null = null;

  /** @param onSearch hears that the hits are others */
  constructor(frame: LogFrame, host: Element, onSearch: () => void) {
    this.#frame = frame;
    this.#layout = new RowLayout(this.#lines);
    this.#virtual = new VirtualRows(
      frame,
      { layout: this.#layout, source: this.#source() },
      (isFollowing) => {
        frame.follow.hidden = isFollowing;
      },
    );
    this.search = new LogSearch(this.#lines, () => {
      this.#searched();
      onSearch();
    });
    this.links = new LineLinks(host, (lines, isFromAddress) => this.#choose(lines, isFromAddress));
    frame.rows.addEventListener('click', (event) => this.#clicked(event));
    this.#resizes = new ResizeObserver(() => this.#fit());
    this.#resizes.observe(frame.scroller);
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** Other output begins. */
  begin(read: ReadPage): void {
    this.#lines.begin();
    this.#last = 0;
    this.#earlier?.stop();
    this.#earlier = new EarlierOutput(read, () => this.#virtual.update());
    this.#layout.changed(0);
    this.#virtual.reset();
    this.search.changed(0);
    this.links.start();
  }

  /** What comes next is the end; what was before, up to a chunk, is loaded when it is wanted. */
  skip(seq: number): void {
    if (this.#earlier) this.#earlier.skipped = seq;
    this.#lines.leaveGap();
    if (this.#awaited || this.search.isActive) void this.complete();
  }

  append(received: readonly LogChunk[]): void {
    // The whole log may have been read meanwhile, with some of them in it.
    const chunks = received.filter(({ seq }) => seq > this.#last);
    if (chunks.length === 0) return;
    this.#last = chunks.at(-1)?.seq ?? this.#last;
    if (this.#lines.hasGap && this.#earlier?.learn(chunks)) void this.complete();
    this.#changed(Math.min(...chunks.map((chunk) => this.#lines.append(chunk))));
  }

  /** Loads what is before the end, if it is not there. Resolves when it is, or could not be loaded. */
  async complete(): Promise<void> {
    const earlier = this.#earlier;
    if (!earlier || !this.#lines.hasGap) return;
    const whole = await earlier.whole(() => this.#last);
    if (!whole || earlier !== this.#earlier || !this.#lines.hasGap) return;
    const fill = () => {
      this.#lines.fill(whole.lines);
      this.#last = whole.last;
      this.#layout.changed(0);
    };
    this.#virtual.keepPlace(fill, whole.lines.size - this.#lines.size);
    this.#isSeeking = this.search.isActive;
    this.search.changed(0);
    this.#changed(this.#lines.size);
  }

  #changed(changed: number): void {
    this.#layout.changed(changed);
    this.search.changed(changed);
    if (showSize(this.#frame, this.#lines)) this.#fit();
    this.#virtual.update();
    this.#showAwaited();
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
    this.#virtual.keepPlace(() => {
      this.#frame.spacer.toggleAttribute('data-wrap', isWrapped);
      this.#layout.columns = isWrapped ? columnsOf(this.#frame) : 0;
    });
  }

  /** Searches, and goes to the next hit from where the reader is. */
  find(text: string): void {
    this.#isSeeking = true;
    this.search.find(text);
    this.#virtual.redraw();
    if (this.search.isActive) void this.complete();
  }

  /** Goes to the next hit, or to the one before. */
  step(by: 1 | -1): void {
    this.#show(this.search.step(by));
  }

  /** Goes to a line, as its link does. */
  goToLine(line: number): void {
    this.links.choose(line, false);
    this.#awaited = this.links.lines;
    this.#showAwaited();
    void this.complete();
  }

  /** All of it as text, without colours. */
  async text(): Promise<string> {
    await this.complete();
    return textOf(this.#lines);
  }

  close(): void {
    this.#resizes.disconnect();
    this.#earlier?.stop();
    this.#virtual.stop();
    this.search.stop();
    this.links.stop();
  }

  #source() {
    const lines = this.#lines;
    return {
      get size() {
        return lines.size;
      },
      key: (index: number) =>
        lines.isGap(index)
          ? `${this.#virtual.isFollowing} ${this.#earlier?.words}`
          : (lines.row(index)?.text ?? ''),
      draw: (index: number) => this.#draw(index),
    };
  }

  #draw(index: number): HTMLElement {
    if (this.#earlier && this.#lines.isGap(index)) {
      // The reader went there: no need to ask for it.
      if (!this.#earlier.hasFailed && !this.#virtual.isFollowing) void this.complete();
      return drawGap(this.#earlier, () => void this.complete());
    }
    const row = this.#lines.row(index) ?? noRow;
    const drawn = drawRow(row, {
      href: row.line > 0 ? this.links.hrefOf({ first: row.line, last: row.line }) : null,
      isSelected: this.links.has(row.line),
      hasTime: this.#hasTimes,
      marks: (text) => this.search.marksOf(index, text),
    });
    const height = this.#layout.heightOf(index);
    if (height > 1) drawn.style.setProperty('--lines', String(height));
    return drawn;
  }

  /** Goes to a hit once all of them are known. */
  #searched(): void {
    if (!this.#isSeeking || !this.search.isDone) return;
    this.#isSeeking = false;
    if (this.search.isActive) this.#show(this.search.goFrom(this.#virtual.first));
  }

  #show(row: number): void {
    if (row < 0) return this.#virtual.redraw();
    this.#virtual.show(row);
    this.#virtual.redraw();
    // After the drawing, which waits for the same frame.
    requestAnimationFrame(() => this.#frame.showAcross(this.#frame.rows.querySelector('mark[data-current]')));
  }

  #choose(lines: LineRange | null, isFromAddress: boolean): void {
    this.#awaited = isFromAddress ? lines : null;
    this.#virtual.redraw();
    this.#showAwaited();
  }

  #showAwaited(): void {
    const row = this.#lines.indexOfLine(this.#awaited?.first ?? 0);
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
    this.#virtual.keepPlace(() => {
      this.#layout.columns = columns;
    });
  }
}
