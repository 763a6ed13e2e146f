/** Reads a JSON body inside the router; a body that the host's own parser has read already is taken as it is. */

import express, { type Request, type RequestHandler, type Response } from 'express';
import { DrsError } from '../errors.js';

/** A JSON body that was read; undefined when there is none. @throws DrsError 400, 413, 415 */
export type ReadBody = (request: Request, response: Response) => Promise<unknown>;

/** @param programBytes the limit of programs: JSON can double it (`\n`, `\"`), and there is more in a body */
export function createBodyReader(programBytes: number): ReadBody {
  const limit = 2 * programBytes + 64 * 1024;
  const parser = express.json({ limit, type: () => true });
  return async (request, response) => {
    const isJson = request.is(['json', '+json']);
    if (isJson === null || request.headers['content-length'] === '0') return undefined;
    if (isJson === false) {
      const message = 'Send the body as JSON, with Content-Type: application/json.';
      throw new DrsError('unsupported_media_type', message, { status: 415 });
    }
    if (request.readableEnded) return parsedByHost(request.body);
    await parse(parser, { request, response, limit });
    return request.body as unknown;
  };
}

function parse(
  parser: RequestHandler,
  { request, response, limit }: { request: Request; response: Response; limit: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    void parser(request, response, (error?: unknown) => {
      if (error) reject(toDrsError(error as Error, limit));
      else resolve();
    });
  });
}

/** body-parser names its errors in `type`. */
function toDrsError(error: Error & { type?: string; status?: number }, limit: number): Error {
  const { type, status } = error;
  if (type === 'entity.too.large') {
    return new DrsError('body_too_large', `The body is larger than ${limit} bytes, the limit here.`, {
      status: 413,
    });
  }
  if (status === 415) return new DrsError('unsupported_media_type', error.message, { status: 415 });
  return status === 400 ? invalidJson() : error;
}

function parsedByHost(body: unknown): unknown {
  if (!Buffer.isBuffer(body) && typeof body !== 'string') return body;
  try {
    return JSON.parse(body.toString());
  } catch {
    throw invalidJson();
  }
}

function invalidJson(): DrsError {
  return new DrsError('invalid_json', 'The body is not valid JSON: an object in braces is wanted.', {
    status: 400,
  });
}
