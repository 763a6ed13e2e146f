/** Tells what an attempt made or changed: what is there now is compared with what was there before. */

import { cksumOf } from './cksum.js';
import { ListingBuilder } from './compare-listing.js';
import { RecordReader } from './parse-listing.js';
import { directoryProblem } from './directory-problem.js';
import { readScript, type ScriptCall } from './script-call.js';
import type { FilesBefore } from '../protocol/attempt-records.js';
import type { Listing } from './scheduler.js';

/** What the comparison has to know. */
export interface ListOptions {
  /** The program's name over there. */
  filename: string;
  program: Buffer;
  before: FilesBefore;
  /** Folders below the remote directory that are another attempt's: nothing in them is looked at. */
  without: readonly string[];
  /** Names of a list that are looked at. Default 200,000. */
  mostNames?: number;
  /** Bytes of names that are held. Default 32 MiB. */
  mostBytes?: number;
}

/** Nothing was made or changed. */
export function emptyListing(): Listing {
  const none = (): Listing['links'] => ({ count: 0, names: [] });
  return {
    files: [],
    links: none(),
    special: none(),
    nameless: none(),
    unreadable: none(),
    others: none(),
    isCut: false,
    isByTime: false,
    problem: null,
  };
}

/**
 * Reads list-after.sh to its end.
 * @throws TransportError; DrsError `script_broken`
 */
export async function listFiles(call: ScriptCall, options: ListOptions): Promise<Listing> {
  const builder = new ListingBuilder(emptyListing(), options);
  let section = '';
  let records = new RecordReader();
  let problem: string | null = null;
  await readScript(call, {
    onLine(stream, line) {
      if (stream === 'stderr') return;
      const [word = '', ...rest] = line.split(' ');
      section = word;
      records = new RecordReader();
      if (word === 'sum') builder.isProgramSame = isSame(rest, options.program);
      if (word === 'tool') builder.tool = rest[0] ?? '';
      problem ??= directoryProblem(word);
      if (word === 'end') problem = problemOf(rest, builder);
    },
    onOutput(stream, bytes) {
      if (stream === 'stderr') return;
      if (section === 'before') for (const record of records.write(bytes)) builder.addBefore(record);
      if (section === 'after') for (const record of records.write(bytes)) builder.addAfter(record);
    },
  });
  return { ...builder.listing, problem };
}

/** null: there is no `cksum` over there, or the file cannot be read. */
function isSame(sum: readonly string[], program: Buffer): boolean | null {
  return sum.length < 2 ? null : sum.join(' ') === cksumOf(program);
}

/** Files that are deleted while they are listed are no problem, and folders that cannot be read are named elsewhere. */
function problemOf([status, ...words]: readonly string[], { listing }: ListingBuilder): string | null {
  const said = words.join(' ');
  if (status === '0' || listing.unreadable.count > 0 || /no such file/i.test(said)) return null;
  return `Not all files could be listed${said === '' ? '' : ` (${said.slice(0, 200)})`}.`;
}
