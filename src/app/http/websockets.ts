/** WebSockets whose other end may send anything: what is wrong closes that socket, with the code of RFC 6455. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** An end that answers no ping for so long is gone: a closed laptop, a browser that was killed. */
const PING_MS = 30_000;

export interface SocketLimits {
  /** A longer message closes the socket with 1009. */
  readonly maxBytes: number;
  /** The subprotocol to agree on, if the other end offers it. */
  readonly subprotocol?: string;
}

export class WebSockets {
  readonly #server: WebSocketServer;
  readonly #silent = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;

  constructor({ maxBytes, subprotocol }: SocketLimits) {
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: maxBytes,
      handleProtocols: offered => (subprotocol !== undefined && offered.has(subprotocol) ? subprotocol : false),
    });
    this.#pings = setInterval(() => this.#ping(), PING_MS);
    this.#pings.unref();
  }

  /** Finishes the handshake; a request that is no handshake gets its 400 from here. */
  accept(req: IncomingMessage, socket: Duplex, head: Buffer, use: (socket: WebSocket) => void): void {
    this.#server.handleUpgrade(req, socket, head, connected => {
      // ws has closed it with 1002, 1007 or 1009 when it tells of an error; without a listener the process would end.
      connected.on('error', () => {});
      connected.on('pong', () => this.#silent.delete(connected));
      use(connected);
    });
  }

  get open(): ReadonlySet<WebSocket> {
    return this.#server.clients;
  }

  close(): void {
    clearInterval(this.#pings);
    for (const socket of this.#server.clients) socket.close(1001, 'The server ends.');
    this.#server.close();
  }

  #ping(): void {
    for (const socket of this.#server.clients) {
      if (this.#silent.has(socket)) socket.terminate();
      this.#silent.add(socket);
      socket.ping();
    }
  }
}
