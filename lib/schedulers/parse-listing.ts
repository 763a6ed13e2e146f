/** Reads the records that list.sh prints. */

import { DrsError } from '../errors.js';

const recordEnd = '//\n';
const mostRecordBytes = 1024 * 1024;
/** Type, size, times and the like. */
const mostFactsBytes = 1024;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const dayMs = 24 * 60 * 60 * 1000;

/** What is known of a file over there, or of a folder that cannot be read. */
export interface ListRecord {
  kind: 'file' | 'link' | 'special' | 'unreadable' | 'tool' | 'end';
  /** Each byte is a letter (latin1). */
  name: string;
  /** Bytes. */
  size: number;
  /** All that is known but the name: another one means that the file was changed. */
  facts: string;
  /** When it was changed, in seconds since 1970; some servers tell it by the minute. */
  changedAt(): number;
}

/** Takes a stream of records apart. */
export class RecordReader {
  #held = '';

  /** The records that are complete with these bytes. @throws DrsError `script_broken` for one that does not end */
  *write(bytes: Buffer): Generator<ListRecord> {
    const pieces = (this.#held + bytes.toString('latin1')).split(recordEnd);
    this.#held = pieces.pop() ?? '';
    if (this.#held.length > mostRecordBytes) {
      throw new DrsError('script_broken', 'The server told a file name that does not end.');
    }
    for (const piece of pieces) yield parseRecord(piece);
  }
}

function parseRecord(text: string): ListRecord {
  const at = text.indexOf(' ./');
  const head = at < 0 ? text : text.slice(0, at);
  if (head.length > mostFactsBytes) {
    throw new DrsError('script_broken', 'The server told something of a file that does not end.');
  }
  const [type = '', , size, , changed = ''] = head.split(' ', 5);
  return {
    kind: kindOf(type),
    name: at < 0 ? '.' : text.slice(at + 3),
    size: Number(size),
    facts: head.slice(type.length + 1),
    changedAt: () => secondsOf(changed),
  };
}

function kindOf(type: string): ListRecord['kind'] {
  const [letter] = type;
  if (letter === 'f' || letter === '-') return 'file';
  if (letter === 'l') return 'link';
  if (letter === 'u') return 'unreadable';
  if (letter === 't') return 'tool';
  return letter === 'e' ? 'end' : 'special';
}

/** A number; or `Nov-27-21:35` of the past year, or `Nov-27-2020`, of which the latest moment is taken. */
function secondsOf(text: string): number {
  const [month = '', day, timeOrYear = ''] = text.split('-');
  if (!months.includes(month)) return Number(text);
  if (!timeOrYear.includes(':')) return (Date.parse(`${month} ${day} ${timeOrYear} UTC`) + dayMs) / 1000;
  const now = new Date();
  const inYear = (year: number): number => Date.parse(`${month} ${day} ${year} ${timeOrYear}:59 UTC`);
  const thisYear = inYear(now.getUTCFullYear());
  return (thisYear > now.getTime() + dayMs ? inYear(now.getUTCFullYear() - 1) : thisYear) / 1000;
}

/** A name as text: null where it is no UTF-8. */
export function textOf(name: string): string | null {
  if (!/[\u0080-\u00ff]/.test(name)) return name;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(name, 'latin1'));
  } catch {
    return null;
  }
}

/** A name that is no UTF-8, to be shown: `caf\xe9.csv`. */
export function shownName(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
