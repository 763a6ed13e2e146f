/** The part of a long log before the end that is shown first: read when somebody wants it. */

import type { LogChunk } from '../../core/events.js';
import { LogLines } from '../terminal/log-lines.js';
import type { LogPage } from '../types.js';
import { h } from './dom.js';
import { formatBytes } from './format.js';

/** Earlier output up to this size is loaded without being asked for. */
const small = { bytes: 2_000_000, chunks: 4000 };

/** Reads a page of stored chunks. */
export type ReadPage = (after: number) => Promise<LogPage>;

/** The whole log, and the last chunk that is in it. */
export interface WholeLog {
  lines: LogLines;
  last: number;
}

/** Reads a log from its start, once. */
export class EarlierOutput {
  readonly #read: ReadPage;
  readonly #onChange: () => void;
  #reading: Promise<WholeLog | null> | undefined;
  #isStopped = false;
  #after = 0;
  #problem = '';
  /** The last chunk that is not shown. */
  skipped = 0;
  /** About how many bytes are not shown. */
  bytes = 0;

  constructor(read: ReadPage, onChange: () => void) {
    this.#read = read;
    this.#onChange = onChange;
  }

  /** True after a failure: only the reader's own wish tries again. */
  get hasFailed(): boolean {
    return this.#problem !== '';
  }

  /** What the gap says. */
  get words(): string {
    if (this.#problem !== '') return `Earlier output could not be loaded: ${this.#problem}`;
    if (!this.#reading) return `Earlier output, ${formatBytes(this.bytes)}`;
    return `Loading earlier output… ${Math.min(99, Math.floor((this.#after / this.skipped) * 100))} %`;
  }

  /** Learns from the first chunks that are shown how much is not. True when it is so little that it may be loaded. */
  learn(chunks: readonly LogChunk[]): boolean {
    if (this.bytes > 0) return false;
    const first = new Map([...chunks].reverse().map(({ stream, offset }) => [stream, offset]));
    this.bytes = [...first.values()].reduce((sum, offset) => sum + offset, 0);
    return this.bytes <= small.bytes && this.skipped <= small.chunks;
  }

  /** The log from its first chunk up to the one that `wanted` names, at least; null when it could not be read. */
  whole(wanted: () => number): Promise<WholeLog | null> {
    this.#reading ??= this.#readAll(wanted).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #readAll(wanted: () => number): Promise<WholeLog | null> {
    const lines = new LogLines();
    this.#after = 0;
    this.#problem = '';
    try {
      while (!this.#isStopped) {
        const { items, next } = await this.#read(this.#after);
        for (const chunk of items) lines.append(chunk);
        this.#after = items.at(-1)?.seq ?? this.#after;
        if (this.#after >= wanted() && (next === null || items.length === 0))
          return { lines, last: this.#after };
        this.#onChange();
      }
    } catch (error) {
      this.#problem = (error as Error).message;
      this.#onChange();
    }
    return null;
  }
}

/** The row that stands for what is not loaded. */
export function drawGap({ words }: EarlierOutput, load: () => void): HTMLElement {
  const button = h('button', { type: 'button', class: 'load', part: 'load' }, 'Load');
  button.addEventListener('click', load);
  return h('div', { class: 'row gap', part: 'gap' }, button, h('span', {}, words));
}
