/** News from the server to open pages (server-sent events). */
import type { ServerResponse } from 'node:http';

export type AppEvent =
  | { readonly type: 'rebuilt' }
  | { readonly type: 'build-failed'; readonly text: string }
  | { readonly type: 'kernel-died'; readonly kernel: string; readonly text: string };

export class EventHub {
  readonly #open = new Set<ServerResponse>();

  add(res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    res.write('retry: 2000\n\n');
    this.#open.add(res);
    res.on('close', () => this.#open.delete(res));
  }

  send(event: AppEvent): void {
    for (const res of this.#open) res.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  close(): void {
    for (const res of this.#open) res.end();
    this.#open.clear();
  }
}
