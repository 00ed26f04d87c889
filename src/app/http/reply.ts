/** What a handler answers, and how it is written. */
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** In place of a body: a file that is sent without being held in memory. */
  readonly file?: string;
}

/** An error that a handler throws to answer with a status and a sentence. */
export class HttpError extends Error {
  readonly status: number;
  /** For the page, beside the message in the JSON of the answer: for instance `{ code: 'ENOSPC' }`. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(status: number, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

export function json(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export function text(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export const noContent: Reply = { status: 204 };

/**
 * Headers of every answer. Scripts only from our own files and never from strings; styles may be inline because
 * CodeMirror and plotly write style elements; nothing may be fetched from elsewhere.
 */
export function securityHeaders(port: number): Record<string, string> {
  const sockets = `ws://127.0.0.1:${port} ws://localhost:${port}`;
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self' data:",
      `connect-src 'self' ${sockets}`,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    // Not no-referrer: the form of a page of ours would then come from the origin 'null', which the door refuses.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

/** Does nothing when the reader has gone meanwhile. */
export function write(res: ServerResponse, reply: Reply): void {
  if (res.destroyed) return;
  res.writeHead(reply.status, { 'cache-control': 'no-store', ...reply.headers });
  if (reply.file === undefined) res.end(reply.body);
  else pipeline(createReadStream(reply.file), res, () => {});
}
