/** The output of one attempt on the page: rows, search, links to lines, and how they are shown. */

import type { LogChunk } from '../../core/events.js';
import { LogLines, type LogRow } from '../terminal/log-lines.js';
import { plainText } from '../terminal/segments.js';
import type { LogFrame } from './log-frame.js';
import { LineLinks, type LineRange } from './line-links.js';
import { drawRow } from './log-row.js';
import { LogSearch } from './log-search.js';
import { RowLayout } from './row-layout.js';
import { VirtualRows } from './virtual-rows.js';

const noRow: LogRow = { text: '', stream: 'stdout', line: 0, isContinued: false, time: NaN };

/** What stands in the viewport. */
export class LogOutput {
  readonly search: LogSearch;
  readonly links: LineLinks;
  readonly #frame: LogFrame;
  readonly #lines = new LogLines();
  readonly #layout: RowLayout;
  readonly #virtual: VirtualRows;
  readonly #resizes: ResizeObserver;
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
    this.search = new LogSearch(this.#lines, onSearch);
    this.links = new LineLinks(host, (lines, isFromAddress) => this.#choose(lines, isFromAddress));
    frame.rows.addEventListener('click', (event) => this.#clicked(event));
    this.#resizes = new ResizeObserver(() => this.#fit());
    this.#resizes.observe(frame.scroller);
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** Other output begins. */
  begin(): void {
    this.#lines.clear();
    this.#layout.changed(0);
    this.#virtual.reset();
    this.search.changed(0);
    this.links.start();
  }

  append(chunks: readonly LogChunk[]): void {
    const changed = Math.min(...chunks.map((chunk) => this.#lines.append(chunk)));
    this.#layout.changed(changed);
    this.search.changed(changed);
    const { style } = this.#frame.spacer;
    const digits = Math.max(3, String(this.#lines.lineCount).length);
    if (style.getPropertyValue('--digits') !== String(digits)) {
      style.setProperty('--digits', String(digits));
      this.#fit();
    }
    style.setProperty('--columns', String(this.#lines.widest));
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
      this.#layout.columns = isWrapped ? this.#columnsInSight() : 0;
    });
  }

  /** Searches, and goes to the next hit from where the reader is. */
  find(text: string): void {
    this.search.find(text);
    this.#show(this.search.goFrom(this.#virtual.first));
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
  }

  /** All of it as text, without colours. */
  text(): string {
    const parts: string[] = [];
    for (let index = 0; index < this.#lines.size; index += 1) {
      const row = this.#lines.row(index) ?? noRow;
      if (index > 0 && !row.isContinued) parts.push('\n');
      parts.push(plainText(row.text));
    }
    return parts.join('');
  }

  redraw(): void {
    this.#virtual.redraw();
  }

  close(): void {
    this.#resizes.disconnect();
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
      key: (index: number) => lines.row(index)?.text ?? '',
      draw: (index: number) => this.#draw(index),
    };
  }

  #draw(index: number): HTMLElement {
    const row = this.#lines.row(index) ?? noRow;
    const drawn = drawRow(row, {
      href: this.links.hrefOf({ first: row.line, last: row.line }),
      isSelected: this.links.has(row.line),
      hasTime: this.#hasTimes,
      marks: (text) => this.search.marksOf(index, text),
    });
    const height = this.#layout.heightOf(index);
    if (height > 1) drawn.style.setProperty('--lines', String(height));
    return drawn;
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
    const columns = this.#isWrapped ? this.#columnsInSight() : 0;
    if (columns === this.#layout.columns) return this.#virtual.update();
    this.#virtual.keepPlace(() => {
      this.#layout.columns = columns;
    });
  }

  #columnsInSight(): number {
    const { room, ruler } = this.#frame;
    const character = ruler.getBoundingClientRect().width / (ruler.textContent?.length ?? 1);
    return character > 0 ? Math.max(8, Math.floor((room.clientWidth + 0.01) / character)) : 80;
  }
}
