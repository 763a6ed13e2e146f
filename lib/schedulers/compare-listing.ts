/** Compares two lists of files: what is in the second and was not so in the first was made or changed. */

import { shownName, textOf, type ListRecord } from './parse-listing.js';
import type { FilesBefore } from '../protocol/attempt-records.js';
import type { Left, Listing } from './scheduler.js';

/** Of what is no result, so many names are kept: patterns tell which of them somebody wanted. */
const mostLeftNames = 1000;

/** What the comparison knows beforehand. */
export interface Comparison {
  filename: string;
  program: Buffer;
  before: FilesBefore;
  /** Folders below the remote directory, as text, that are another attempt's. */
  without: readonly string[];
  mostNames?: number;
  mostBytes?: number;
}

/** Takes the records of the list before, then those of the list after. */
export class ListingBuilder {
  readonly listing: Listing;
  /** What the list was made with. */
  tool = '';
  /** null: not known. */
  isProgramSame: boolean | null = null;
  readonly #options: Comparison;
  readonly #mostNames: number;
  readonly #mostBytes: number;
  /** Facts by name. */
  readonly #before = new Map<string, string>();
  readonly #without: ReadonlySet<string>;
  #bytes = 0;
  #isWhole = false;
  /** The list before was made with other tools, on another machine behind the same address: it cannot be compared. */
  #isForeign = false;

  constructor(listing: Listing, options: Comparison) {
    this.listing = listing;
    this.#options = options;
    this.#without = new Set(options.without);
    this.#mostNames = options.mostNames ?? 200_000;
    this.#mostBytes = options.mostBytes ?? 32 * 1024 * 1024;
  }

  /** Of the list that was made before the start. */
  addBefore({ kind, name, facts }: ListRecord): void {
    if (kind === 'tool') this.#isForeign = facts !== this.tool;
    if (kind === 'unreadable' || kind === 'tool' || this.#isForeign) return;
    this.#bytes += name.length;
    if (this.#before.size >= this.#mostNames || this.#bytes > this.#mostBytes) this.#isWhole = false;
    else if (kind === 'end') this.#isWhole = this.#options.before.kind === 'listed';
    else this.#before.set(name, facts);
  }

  /** Of the list that was made after the end, once the other one is complete. */
  addAfter(record: ListRecord): void {
    const { kind, name } = record;
    if (this.#isOfOther(name)) return;
    if (kind === 'unreadable') return this.#leave('unreadable', textOf(name) ?? shownName(name));
    if (kind === 'end' || !this.#isChanged(record)) return;
    const text = textOf(name);
    if (kind === 'link') return this.#leave('links', text ?? shownName(name));
    if (kind === 'special') return this.#leave('special', text ?? shownName(name));
    if (text === null) return this.#leave('nameless', shownName(name));
    if (this.#isCutBy(name)) return;
    const { size, facts } = record;
    this.listing.files.push({ name: text, size, signature: `${this.tool} ${facts}` });
  }

  #isChanged(record: ListRecord): boolean {
    const { before, filename, program } = this.#options;
    if (record.kind === 'file' && textOf(record.name) === filename) {
      return !(this.isProgramSame ?? record.size === program.length);
    }
    if (before.kind === 'made') return true;
    const known = this.#before.get(record.name);
    if (known !== undefined) return known !== record.facts;
    if (this.#isWhole) return true;
    this.listing.isByTime = true;
    const changedAt = record.changedAt();
    return changedAt >= (Number.isInteger(changedAt) ? Math.floor(before.time) : before.time);
  }

  /** Its folder is told once, whatever lies in it. */
  #isOfOther(name: string): boolean {
    if (this.#without.size === 0) return false;
    const text = textOf(name) ?? name;
    for (let end = text.indexOf('/'); end !== -1; end = text.indexOf('/', end + 1)) {
      const folder = text.slice(0, end);
      if (!this.#without.has(folder)) continue;
      this.#leave('others', folder);
      return true;
    }
    return false;
  }

  /** Names are held in memory: whoever writes there can make millions of them. */
  #isCutBy(name: string): boolean {
    const { listing } = this;
    if (listing.files.length === 0) this.#bytes = 0;
    this.#bytes += name.length;
    if (listing.files.length >= this.#mostNames || this.#bytes > this.#mostBytes) listing.isCut = true;
    return listing.isCut;
  }

  #leave(what: 'links' | 'special' | 'nameless' | 'unreadable' | 'others', name: string): void {
    const left: Left = this.listing[what];
    if (what === 'others' && left.names.includes(name)) return;
    left.count += 1;
    if (left.names.length < mostLeftNames) left.names.push(name);
  }
}
