/** The body of a request: a JSON object of a bounded size. */
import type { IncomingMessage } from 'node:http';
import { HttpError } from './reply.js';

/** Notebooks with figures are a few MB; a body above this is a mistake or an attack. */
export const BODY_MAX = 64 * 1024 * 1024;

/** So much more is read and dropped, for the sender to hear the answer; above it the connection just ends. */
const PATIENCE = 4 * BODY_MAX;

/** `{}` when there is no body. Throws an HttpError when it is too large or no JSON object. */
export async function readBody(req: IncomingMessage): Promise<Record<string, unknown>> {
  const bytes = await collect(req);
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // falls through to the same sentence
  }
  throw new HttpError(400, 'The body of the request must be a JSON object.');
}

function collect(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const cut = new HttpError(400, 'The request ended before its body did.');
    if (req.destroyed) return reject(cut);
    let chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_MAX) chunks.push(chunk);
      else chunks = [];
      if (size > PATIENCE) req.destroy();
    });
    req.on('end', () => {
      if (size <= BODY_MAX) resolve(Buffer.concat(chunks));
      else
        reject(new HttpError(413, `The request is larger than ${BODY_MAX / 1024 / 1024} MB: nothing of it was kept.`));
    });
    req.on('close', () => reject(cut));
  });
}
