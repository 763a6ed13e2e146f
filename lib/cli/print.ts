/** What the commands print: bytes, sentences, JSON and tables. */

import type { Writable } from 'node:stream';
import { exitCodes } from './exit-code.js';

/** Resolves when the bytes are out; false when the reader is gone. */
export function writeBytes(stream: Writable, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // A stream tells of its errors twice, and one that nobody hears would end the process.
    const ignore = (): void => undefined;
    stream.once('error', ignore);
    stream.write(bytes, (error) => {
      if (error && !isBrokenPipe(error)) return reject(error);
      if (!error) stream.off('error', ignore);
      resolve(!error);
    });
  });
}

function isBrokenPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE';
}

/** Prints to the standard output. Resolves to the exit code. */
export async function print(text: string): Promise<number> {
  return (await writeBytes(process.stdout, Buffer.from(text))) ? 0 : exitCodes.outputClosed;
}

/** A record as one line of JSON where `--json` is given, else as a sentence. Resolves to the exit code. */
export function printRecord(flags: JsonFlag, record: object, sentence: string): Promise<number> {
  return flags.json ? printJson(record) : print(sentence);
}

/** The option of commands that print records. */
export interface JsonFlag {
  json?: boolean;
}

/** JSON as the REST interface answers it, in one line. Resolves to the exit code. */
export function printJson(value: object): Promise<number> {
  const text = JSON.stringify(value).replace(hidden, (character) => codeOf(character));
  return print(`${text}\n`);
}

/** Null and undefined are empty. */
type Cell = string | number | null | undefined;

/**
 * Rows as aligned columns with their names above on a terminal; to a file or a program one line a row, with tabs, whole
 * and without names, as `gh` does. Resolves to the exit code.
 */
export function printTable(names: readonly string[], rows: readonly (readonly Cell[])[]): Promise<number> {
  const cells = rows.map((row) => row.map((value) => shown(String(value ?? ''))));
  return print(process.stdout.isTTY ? aligned([names, ...cells]) : lines(cells, '\t'));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  return lines(padded, '  ');
}

function lines(rows: readonly (readonly string[])[], between: string): string {
  return rows.map((row) => `${row.join(between).trimEnd()}\n`).join('');
}

/** Control characters, and those that turn the direction of what follows. */
const hidden = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Text of others as it may stand on a terminal: it must not move the cursor, or paint over what is there. */
export function shown(text: string): string {
  return text.replace(hidden, codeOf);
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
