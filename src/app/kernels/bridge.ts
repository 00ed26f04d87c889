/** WebSockets between pages and kernels: `/api/kernels/ID/channels`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HttpError } from '../http/reply.js';
import { WebSockets } from '../http/websockets.js';
import type { KernelPool } from './pool.js';
import { SUBPROTOCOL } from './ws-frames.js';

const MESSAGE_MAX = 64 * 1024 * 1024;

export class KernelBridge {
  readonly #kernels: KernelPool;
  readonly #sockets = new WebSockets({ maxBytes: MESSAGE_MAX, subprotocol: SUBPROTOCOL });

  constructor(kernels: KernelPool) {
    this.#kernels = kernels;
  }

  /** Throws an HttpError when there is no such kernel, or the page speaks another protocol. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void {
    const id = /^\/api\/kernels\/([^/]+)\/channels$/.exec(url.pathname)?.[1];
    const kernel = id === undefined ? undefined : this.#kernels.get(id);
    if (kernel === undefined) throw new HttpError(404, 'There is no such kernel.');
    if (!offers(req).includes(SUBPROTOCOL)) throw new HttpError(400, `Only the subprotocol ${SUBPROTOCOL} is spoken.`);
    this.#sockets.accept(req, socket, head, connected => kernel.addSocket(connected));
  }

  close(): void {
    this.#sockets.close();
  }
}

function offers(req: IncomingMessage): string[] {
  return (req.headers['sec-websocket-protocol'] ?? '').split(',').map(offer => offer.trim());
}
