/**
 * News from the server to open pages, over one WebSocket a page: `/api/put-page/news`. A browser allows six HTTP
 * connections to a server, and an event stream would hold one of them for each open tab; of WebSockets it allows 255.
 *
 * The protocol, as the page sees it:
 *
 * - Each message from the server is a text, the JSON of one `AppEvent`.
 * - The first is `{ "type": "hello", "server": ID, "key": KEY }`. ID is new for each run of the server: a page that
 *   connects again and is told another one knows that the server was restarted, so that its kernel is gone. KEY names the
 *   built page: when it is another than before, the page's scripts are older than the server, and a reload is due.
 * - Every 15 s comes `{ "type": "alive" }`. A page that has heard nothing for 40 s should close its socket and connect
 *   again: after a laptop's sleep a connection can be dead without having been closed.
 * - The page sends nothing. More than 1 KiB from it closes the socket with 1009.
 * - 1001 means that the server ends. The page tries again by itself: after 0.5 s, then slower, up to every 5 s.
 * - While the server is away, or another program has its port, the handshake fails; the page goes on trying.
 *
 * The handshake passes the same door as every request: Host, Origin, cookie.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSockets } from './websockets.js';

export const NEWS = '/api/put-page/news';

export type AppEvent =
  | { readonly type: 'hello'; readonly server: string; readonly key: string }
  | { readonly type: 'alive' }
  | { readonly type: 'rebuilt' }
  | { readonly type: 'build-failed'; readonly text: string }
  | { readonly type: 'kernel-died'; readonly kernel: string; readonly text: string };

const ALIVE_MS = 15_000;
const FROM_PAGE_MAX = 1024;

export class News {
  readonly #sockets = new WebSockets({ maxBytes: FROM_PAGE_MAX });
  readonly #hello: AppEvent;
  readonly #beat: NodeJS.Timeout;

  /** @param key names the built page */
  constructor(key: string) {
    this.#hello = { type: 'hello', server: randomUUID(), key };
    this.#beat = setInterval(() => this.send({ type: 'alive' }), ALIVE_MS);
    this.#beat.unref();
  }

  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.accept(req, socket, head, page => page.send(JSON.stringify(this.#hello)));
  }

  send(event: AppEvent): void {
    const text = JSON.stringify(event);
    for (const page of this.#sockets.open) page.send(text);
  }

  close(): void {
    clearInterval(this.#beat);
    this.#sockets.close();
  }
}
