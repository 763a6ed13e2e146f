/** A line as a terminal keeps it: a cell for each column, which may be written over. */

import { plain, sgrOf, type Style } from './style.js';
import { columnsOf } from './width.js';

/** More accents than these on one character are a flood. */
const maxCellLength = 16;

/** The cells of a line. */
export class Cells {
  /** A character and its accents for each column; empty where a wide one goes on. */
  #cells: string[] = [];
  #styles: Style[] = [];

  get length(): number {
    return this.#cells.length;
  }

  /** Writes a character over what is there. Returns the column after it. */
  put(at: number, character: string, style: Style): number {
    const columns = columnsOf(character);
    if (columns === 0 && at > 0) {
      this.#addAccent(Math.min(at, this.length) - 1, character);
      return at;
    }
    // A cursor beyond the end leaves blanks behind.
    if (this.length < at) this.#fill(this.length, at);
    this.#split(at);
    this.#split(at + Math.max(1, columns));
    this.#set(at, character, style);
    if (columns < 2) return at + 1;
    this.#set(at + 1, '', style);
    return at + 2;
  }

  /** Empties columns, those that there are. */
  blank(from: number, to: number): void {
    const end = Math.min(to, this.length);
    if (from >= end) return;
    this.#split(from);
    this.#split(end);
    this.#fill(from, end);
  }

  /** Takes away what is from a column on. */
  cut(from: number): void {
    this.#split(from);
    this.#cells.length = this.#styles.length = Math.min(this.length, from);
  }

  /** The line as text with style sequences, which stands for itself. */
  text(): string {
    let text = '';
    let style = plain;
    this.#cells.forEach((cell, index) => {
      const own = this.#styles[index] ?? plain;
      text += changeOf(style, own) + cell;
      style = own;
    });
    return text;
  }

  #set(at: number, character: string, style: Style): void {
    this.#cells[at] = character;
    this.#styles[at] = style;
  }

  /** What takes no room of its own belongs to the character before it. */
  #addAccent(before: number, mark: string): void {
    const at = this.#cells[before] === '' ? before - 1 : before;
    const cell = this.#cells[at];
    if (cell !== undefined && cell.length < maxCellLength) this.#cells[at] = cell + mark;
  }

  /** A wide character that loses a half is gone. */
  #split(at: number): void {
    if (this.#cells[at] !== '') return;
    this.#cells[at - 1] = ' ';
    this.#cells[at] = ' ';
  }

  #fill(from: number, to: number): void {
    for (let at = this.length; at < to; at += 1) this.#set(at, ' ', plain);
    this.#cells.fill(' ', from, to);
    this.#styles.fill(plain, from, to);
  }
}

/** The sequence that leads from one style to another; empty when both look the same. */
export function changeOf(from: Style, to: Style): string {
  if (from === to) return '';
  const code = sgrOf(to);
  const before = sgrOf(from);
  if (code === before) return '';
  return before === '' ? code : `\u001b[m${code}`;
}
