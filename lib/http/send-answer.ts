/** Sends an answer: headers for safety, ranges, HEAD, and streams that are closed whatever happens. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import parseRange from 'range-parser';
import { DrsError } from '../errors.js';
import type { ByteRange } from '../protocol/byte-range.js';
import type { Answer, BytesAnswer, Headers, StreamAnswer } from './answer.js';

type Exchange = { request: IncomingMessage; response: ServerResponse };

/** Resolves when the answer is sent. @throws when it was cut: by the reader, or by what it was read from */
export async function sendAnswer(answer: Answer, exchange: Exchange): Promise<void> {
  exchange.response.setHeader('X-Content-Type-Options', 'nosniff');
  if (answer.kind === 'bytes') return sendBytes(answer, exchange);
  if (answer.kind === 'stream') return sendStream(answer, exchange);
  const { request, response } = exchange;
  if (answer.kind === 'empty') {
    response.writeHead(answer.status).end();
  } else if (answer.kind === 'json') {
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      ...answer.headers,
    };
    sendText(exchange, { ...answer, headers, text: JSON.stringify(answer.value) });
  } else if (hasAlready(request, answer.headers)) {
    response.writeHead(304, answer.headers).end();
  } else {
    sendText(exchange, answer);
  }
}

function sendText(
  { response }: Exchange,
  { status, headers, text }: { status: number; headers: Headers; text: string },
): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

/** One range is served as such; several are answered with the whole (RFC 9110, 14.2 allows it). */
async function sendBytes(
  { headers, size, open }: BytesAnswer,
  { request, response }: Exchange,
): Promise<void> {
  const range = rangeOf(request, { headers, size });
  // Ranges count the bytes as they are: nothing on the way may compress them.
  const common = { 'Cache-Control': 'no-store, no-transform', 'Accept-Ranges': 'bytes', ...headers };
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${size}`);
    const message = `The range asked for begins behind the end: there are ${size} bytes.`;
    throw new DrsError('range_not_satisfiable', message, { status: 416 });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const length = end - start + 1;
  const partial = range ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {};
  // Opened before the head is sent: a file that is not there is still a clean error.
  const isEmpty = request.method === 'HEAD' || length === 0;
  const content = isEmpty ? null : await open({ start, end });
  response.writeHead(range ? 206 : 200, { ...common, ...partial, 'Content-Length': length });
  if (content) await pipeline(content, response);
  else response.end();
}

async function sendStream({ headers, open }: StreamAnswer, { request, response }: Exchange): Promise<void> {
  response.writeHead(200, { 'Cache-Control': 'no-store', ...headers });
  if (request.method === 'HEAD') response.end();
  else await pipeline(open(), response);
}

function rangeOf(
  { headers: asked, method }: IncomingMessage,
  { headers, size }: { headers: Headers; size: number },
): ByteRange | 'unsatisfiable' | null {
  const isWanted = asked['if-range'] === undefined || asked['if-range'] === headers.ETag;
  if (asked.range === undefined || !isWanted || (method !== 'GET' && method !== 'HEAD')) return null;
  const ranges = parseRange(size, asked.range);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}

function hasAlready({ headers: asked }: IncomingMessage, headers: Headers): boolean {
  const tags = asked['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return headers.ETag !== undefined && (tags?.includes(headers.ETag) ?? false);
}
