/** The line that output is being written to, with a cursor, and what a terminal does with it. */

import { Cells, changeOf } from './cells.js';
import { segmentsOf } from './segments.js';
import { plain, type Style } from './style.js';
import type { Token } from './tokens.js';
import { columnsOf, fitting } from './width.js';

/** A line may be this long; what follows goes to another row. */
export const maxColumns = 2048;

/** A line under way. */
export class OpenLine {
  /** As long as text only follows text: all of it, with style sequences. */
  #text = '';
  #style = plain;
  #length = 0;
  /** Once something was written over. */
  #cells: Cells | null = null;
  #cursor = 0;

  /** How many columns it takes. */
  get columns(): number {
    return this.#cells?.length ?? this.#length;
  }

  /** Writes at the cursor. Returns what did not fit. */
  write(text: string, style: Style): string {
    if (!this.#cells && this.#cursor === this.#length) return this.#append(text, style);
    const cells = this.#toCells();
    let used = 0;
    for (const character of text) {
      if (this.#cursor + columnsOf(character) > maxColumns) return text.slice(used);
      this.#cursor = cells.put(this.#cursor, character, style);
      used += character.length;
    }
    return '';
  }

  /** Moves the cursor or erases. */
  act(token: Exclude<Token, { type: 'text' | 'newline' | 'style' }>): void {
    if (token.type === 'return') this.#moveTo(0);
    else if (token.type === 'tab') this.#moveTo(this.#cursor + 8 - (this.#cursor % 8));
    else if (token.type === 'move') this.#moveTo(this.#cursor + token.by);
    else if (token.type === 'column') this.#moveTo(token.column);
    else if (token.type === 'blank') this.#toCells().blank(this.#cursor, this.#cursor + token.count);
    else this.#erase(token.part);
  }

  /** The line as text with style sequences, which stands for itself. */
  text(): string {
    return this.#cells?.text() ?? this.#text;
  }

  clear(): void {
    this.#cut();
    this.#cursor = 0;
  }

  #append(text: string, style: Style): string {
    const room = maxColumns - this.#length;
    const { columns, characters } = fitting(text, room);
    if (characters > 0) {
      this.#text += changeOf(this.#style, style) + text.slice(0, characters);
      this.#style = style;
      this.#length += columns;
      this.#cursor = this.#length;
    }
    return text.slice(characters);
  }

  #moveTo(column: number): void {
    this.#cursor = Math.max(0, Math.min(column, maxColumns - 1));
  }

  #toCells(): Cells {
    if (this.#cells) return this.#cells;
    const cells = new Cells();
    let at = 0;
    for (const { text, style } of segmentsOf(this.#text)) {
      for (const character of text) at = cells.put(at, character, style);
    }
    this.#cells = cells;
    return cells;
  }

  #erase(part: number): void {
    if (part === 2 || (part === 0 && this.#cursor === 0)) this.#cut();
    else if (part === 0 && this.columns > this.#cursor) {
      this.#toCells().cut(this.#cursor);
    } else if (part === 1) this.#toCells().blank(0, this.#cursor + 1);
  }

  /** Takes all of it away; the cursor stays. */
  #cut(): void {
    this.#text = '';
    this.#style = plain;
    this.#length = 0;
    this.#cells = null;
  }
}
