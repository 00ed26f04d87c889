/** A static host: the site in a folder of a server that has nothing else, until the network is cut. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

export interface Host {
  /** With a slash at its end. */
  readonly address: string;
  /** Ends the server and every connection. */
  cut(): Promise<void>;
}

export async function hostAt(prefix: string, dir: string): Promise<Host> {
  const server = http.createServer((request, answer) => {
    const asked = new URL(request.url ?? '/', 'http://host').pathname;
    try {
      if (!asked.startsWith(prefix)) throw new Error('elsewhere');
      const rest = asked.slice(prefix.length);
      const file = path.join(dir, rest === '' ? 'index.html' : path.posix.normalize(rest));
      const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
      answer.writeHead(200, { 'content-type': type }).end(readFileSync(file));
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    cut: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
