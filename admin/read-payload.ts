/** Reads what a form of the panel sent, whether or not the host's own body parser was there first. */

import type { IncomingMessage } from 'node:http';
import { ValidationError } from '../lib/errors.js';

type Payload = Record<string, unknown>;

/**
 * The fields of a multipart, form or JSON body. A body that somebody has read already is taken from `request.body`
 * (or `request.fields`): reading it again would wait for ever.
 *
 * @throws ValidationError for a body over `maxBytes` or one that cannot be read
 */
export async function readPayload(request: IncomingMessage, maxBytes: number): Promise<Payload> {
  if (request.readableEnded) {
    const { body, fields } = request as { body?: unknown; fields?: unknown };
    return { ...asPayload(fields), ...asPayload(body) };
  }
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) return {};
  const type = request.headers['content-type'] ?? '';
  try {
    if (type.startsWith('application/json')) return asPayload(JSON.parse(bytes.toString('utf8')));
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
    return textFields(form);
  } catch (cause) {
    throw unreadable('The form could not be read. Reload the page and try again.', cause);
  }
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) throw unreadable(`What was sent is larger than ${maxBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function textFields(form: FormData): Payload {
  const fields: Payload = {};
  for (const [name, value] of form) if (typeof value === 'string') fields[name] = value;
  return fields;
}

function asPayload(value: unknown): Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function unreadable(message: string, cause?: unknown): ValidationError {
  const error = new ValidationError([{ path: '', message }]);
  return cause === undefined ? error : Object.assign(error, { cause });
}
