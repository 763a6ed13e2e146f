/** The line that output is being written to: cells, a cursor, and what a terminal does with them. */

import { plain, sgrOf, type Style } from './style.js';
import type { Token } from './tokens.js';

/** A line may be this long; what follows goes to another row. */
export const maxColumns = 4096;

/** A line under way. */
export class OpenLine {
  #characters: string[] = [];
  #styles: Style[] = [];
  #cursor = 0;

  get isEmpty(): boolean {
    return this.#characters.length === 0;
  }

  /** True when the next character belongs to another row. */
  get isFull(): boolean {
    return this.#cursor >= maxColumns;
  }

  /** Writes over what is under the cursor. Returns what did not fit. */
  write(text: string, style: Style): string {
    let used = 0;
    for (const character of text) {
      if (this.isFull) return text.slice(used);
      // A cursor beyond the end leaves blanks behind.
      while (this.#characters.length < this.#cursor) this.#put(this.#characters.length, ' ', plain);
      this.#put(this.#cursor, character, style);
      this.#cursor += 1;
      used += character.length;
    }
    return '';
  }

  /** Moves the cursor or erases. */
  act(token: Exclude<Token, { type: 'text' | 'newline' | 'style' }>): void {
    if (token.type === 'return') this.#cursor = 0;
    else if (token.type === 'backspace') this.#cursor = Math.max(0, this.#cursor - 1);
    else if (token.type === 'column') this.#cursor = Math.min(token.column, maxColumns - 1);
    else this.#erase(token.part);
  }

  /** The line as text with style sequences, which stands for itself. */
  text(): string {
    let text = '';
    let style = plain;
    this.#characters.forEach((character, index) => {
      const own = this.#styles[index] ?? plain;
      if (own !== style) {
        const code = sgrOf(own);
        // Equal styles may be different objects.
        if (code !== sgrOf(style)) text += style === plain ? code : `\u001b[m${code}`;
        style = own;
      }
      text += character;
    });
    return text;
  }

  clear(): void {
    this.#characters = [];
    this.#styles = [];
    this.#cursor = 0;
  }

  #put(index: number, character: string, style: Style): void {
    this.#characters[index] = character;
    this.#styles[index] = style;
  }

  #erase(part: number): void {
    if (part === 0) {
      this.#characters.length = Math.min(this.#characters.length, this.#cursor);
      this.#styles.length = this.#characters.length;
    } else if (part === 1) {
      const end = Math.min(this.#cursor + 1, this.#characters.length);
      for (let index = 0; index < end; index += 1) this.#put(index, ' ', plain);
    } else if (part === 2) {
      this.#characters = [];
      this.#styles = [];
    }
  }
}
