/** Reads a stream of an attempt back from the database, byte by byte as it was written, a little at a time. */

import { Readable } from 'node:stream';
import { col, fn, Op, type WhereOptions } from 'sequelize';
import type { Stream } from '../protocol/log-policy.js';
import type { ByteRange } from '../protocol/byte-range.js';
import type { Models } from '../models/define-models.js';

type Log = InstanceType<Models['Log']>;

/** One stream of one attempt. */
export interface LogStream {
  jobId: number;
  attempt: number;
  stream: Stream;
}

/** How much of a log is held in memory for one reader. */
const maxBytes = 256 * 1024;
/** How many chunks are looked up at once. */
const maxChunks = 500;

/** Where a chunk lies; an index by stream and offset finds it. */
interface Piece {
  offset: number;
  size: number;
}

/** How many bytes of the stream are stored now. */
export async function logSize({ Log }: Models, of: LogStream): Promise<number> {
  const where: WhereOptions = { ...of };
  const last = await Log.findOne({
    where,
    attributes: pieceColumns(),
    order: [['offset', 'DESC']],
    raw: true,
  });
  const piece = last && toPiece(last);
  return piece ? piece.offset + piece.size : 0;
}

/** The bytes of a range that is stored: what is printed later does not follow. */
export function openLog(models: Models, of: LogStream, range: ByteRange): Readable {
  return Readable.from(readBytes(models, of, range), { objectMode: false, highWaterMark: maxBytes });
}

async function* readBytes({ Log }: Models, of: LogStream, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  const first = await Log.findOne({
    where: { ...of, offset: { [Op.lte]: start } },
    attributes: pieceColumns(),
    order: [['offset', 'DESC']],
    raw: true,
  });
  let after = first ? toPiece(first).offset - 1 : -1;
  for (let at = start; at <= end;) {
    const rows = await Log.findAll({
      where: { ...of, offset: { [Op.gt]: after } },
      attributes: pieceColumns(),
      order: [['offset', 'ASC']],
      limit: maxChunks,
      raw: true,
    });
    for (const group of grouped(rows.map(toPiece))) {
      for await (const bytes of contentOf(Log, of, { group, start: at, end })) {
        at += bytes.length;
        yield bytes;
      }
      if (at > end) return;
      after = group.at(-1)?.offset ?? after;
    }
    if (rows.length < maxChunks) return;
  }
}

/** Chunks that fit together; a chunk that is larger alone is a group of its own. */
function grouped(pieces: readonly Piece[]): Piece[][] {
  const groups: Piece[][] = [];
  let size = Infinity;
  for (const piece of pieces) {
    size += piece.size;
    if (size > maxBytes) {
      groups.push([]);
      size = piece.size;
    }
    groups.at(-1)?.push(piece);
  }
  return groups;
}

async function* contentOf(
  model: Models['Log'],
  of: LogStream,
  { group, start, end }: { group: readonly Piece[] } & ByteRange,
): AsyncGenerator<Buffer> {
  const [first] = group;
  const last = group.at(-1);
  if (!first || !last) return;
  const stop = Math.min(end + 1, last.offset + last.size);
  for (let at = Math.max(start, first.offset); at < stop;) {
    // A chunk can be as large as the whole log (policy `total`): the database cuts it.
    const from = Math.max(0, at - first.offset);
    const rows = await model.findAll({
      where: { ...of, offset: { [Op.between]: [first.offset, last.offset] } },
      attributes: [
        'offset',
        [group.length > 1 ? col('content') : fn('substring', col('content'), from + 1, maxBytes), 'content'],
      ],
      order: [['offset', 'ASC']],
      raw: true,
    });
    const bytes = Buffer.concat(rows.map(({ content }) => content));
    const skipped = group.length > 1 ? at - first.offset : 0;
    const slice = bytes.subarray(skipped, skipped + stop - at);
    if (slice.length === 0) return;
    at += slice.length;
    yield slice;
  }
}

function pieceColumns(): ['offset', [ReturnType<typeof fn>, string]] {
  return ['offset', [fn('octet_length', col('content')), 'size']];
}

function toPiece(row: Log): Piece {
  const { offset, size } = row as unknown as Record<keyof Piece, number | string>;
  return { offset: Number(offset), size: Number(size) };
}
