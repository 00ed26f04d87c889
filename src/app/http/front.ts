/**
 * The server's front: whatever arrives is answered or dropped here, and nothing that arrives can end the process.
 * Every socket has an `error` listener from its first moment, and every request and upgrade is parsed and judged
 * inside a guard.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { addressOf } from './address.js';
import { type Door, refusal } from './guard.js';
import { HttpError, json, type Reply, securityHeaders, text, write } from './reply.js';

export interface Front {
  /** Who may come in, as of now: the port is known only when the server listens. */
  readonly door: () => Door;
  /** Answers a request that passed the door. */
  readonly request: (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<Reply>;
  /** Takes over a socket that passed the door; throws an HttpError to refuse it. */
  readonly upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer, url: URL) => void;
  /** Is told of errors that are ours, not the stranger's. */
  readonly onMishap?: ((error: unknown) => void) | undefined;
}

/** A page sends its headers at once; who dribbles them is dropped. */
const HEADERS_MS = 20_000;

/** The longest a body of 64 MB takes from a page on the same machine, and much more. */
const REQUEST_MS = 120_000;

export function makeFront(front: Front): Server {
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS });
  // Node's own listener leaves a socket when it is upgraded; a reset then would end the process.
  server.on('connection', socket => socket.on('error', ignore));
  server.on('request', (req, res) => {
    req.on('error', ignore);
    res.on('error', ignore);
    void answer(front, req, res);
  });
  server.on('upgrade', (req, socket, head) => {
    socket.on('error', ignore);
    try {
      const url = addressOf(req);
      const refused = refusal(req, url, front.door());
      if (refused !== null) throw new HttpError(403, refused);
      front.upgrade(req, socket, head, url);
    } catch (error) {
      const { status, sentence } = failure(error, front.onMishap);
      refuse(socket, status, sentence);
    }
  });
  server.on('connect', (_req, socket) => refuse(socket, 405, 'This server is no proxy.'));
  server.on('clientError', (error, socket) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'HPE_HEADER_OVERFLOW') refuse(socket, 431, 'The headers are too large.');
    else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') refuse(socket, 408, 'The request took too long.');
    else refuse(socket, 400, 'This is not HTTP/1.1.');
  });
  return server;
}

/** A broken connection is the end of one request, and nobody is left to be told. */
function ignore(): void {}

async function answer(front: Front, req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const door = front.door();
    for (const [name, value] of Object.entries(securityHeaders(door.port))) res.setHeader(name, value);
    const url = addressOf(req);
    const refused = refusal(req, url, door);
    if (refused !== null) return write(res, text(403, refused));
    const reply = await front.request(req, res, url);
    write(res, reply);
  } catch (error) {
    const { status, sentence, details } = failure(error, front.onMishap);
    if (res.headersSent) res.destroy();
    else write(res, json(status, { message: sentence, ...details }));
  }
}

interface Failure {
  readonly status: number;
  readonly sentence: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

function failure(error: unknown, onMishap: Front['onMishap']): Failure {
  if (error instanceof HttpError) return { status: error.status, sentence: error.message, details: error.details };
  // JSON nested a hundred thousand deep is for nothing else than this.
  if (error instanceof RangeError && /call stack/.test(error.message))
    return { status: 400, sentence: 'The request is nested too deeply.' };
  onMishap?.(error);
  return { status: 500, sentence: error instanceof Error ? error.message : String(error) };
}

/** Answers on a bare socket, and ends it. */
function refuse(socket: Duplex, status: number, sentence: string): void {
  if (!socket.writable) return void socket.destroy();
  const length = Buffer.byteLength(sentence);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\nContent-Type: text/plain; charset=utf-8\r\n`;
  socket.end(`${head}Content-Length: ${length}\r\nConnection: close\r\n\r\n${sentence}`, () => socket.destroy());
}
