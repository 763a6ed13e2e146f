/** What handlers answer with: data for the adapter to send. */

import type { Readable } from 'node:stream';
import type { ByteRange } from '../protocol/byte-range.js';

export type Headers = Readonly<Record<string, string>>;

/** A value as JSON. */
export interface JsonAnswer {
  kind: 'json';
  status: number;
  headers: Headers;
  value: unknown;
}

/** Text of a known type. With an `ETag` among the headers, who has it already is told so. */
export interface TextAnswer {
  kind: 'text';
  status: number;
  headers: Headers;
  text: string;
}

/** Bytes of a known number: `Range` works. They are opened only when they are wanted. */
export interface BytesAnswer {
  kind: 'bytes';
  headers: Headers;
  size: number;
  open: (range: ByteRange) => Promise<Readable> | Readable;
}

/** Bytes of an unknown number. They are opened only when they are wanted. */
export interface StreamAnswer {
  kind: 'stream';
  headers: Headers;
  open: () => Readable;
}

export interface EmptyAnswer {
  kind: 'empty';
  status: number;
}

export type Answer = JsonAnswer | TextAnswer | BytesAnswer | StreamAnswer | EmptyAnswer;

export function json(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Headers } = {},
): JsonAnswer {
  return { kind: 'json', status, headers, value };
}

/** 201, and where the new thing is. */
export function created(value: unknown, location: string): JsonAnswer {
  return json(value, { status: 201, headers: { Location: location } });
}

/** 204. */
export function noContent(): EmptyAnswer {
  return { kind: 'empty', status: 204 };
}
