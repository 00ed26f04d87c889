/** Websockets between pages and kernels: `/api/kernels/ID/channels`. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Door, refusal } from '../http/guard.js';
import type { KernelPool } from './pool.js';
import { SUBPROTOCOL } from './ws-frames.js';

const MESSAGE_MAX = 64 * 1024 * 1024;

export function bridge(server: Server, door: () => Door, kernels: KernelPool): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_MAX,
    handleProtocols: offered => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  server.on('upgrade', (req, socket, head) => {
    const refused = refusal(req, door());
    if (refused !== null) return refuse(socket, 403, refused);
    const id = kernelId(req);
    const kernel = id === null ? undefined : kernels.get(id);
    if (kernel === undefined) return refuse(socket, 404, 'There is no such kernel.');
    if (!offers(req).includes(SUBPROTOCOL))
      return refuse(socket, 400, `Only the subprotocol ${SUBPROTOCOL} is spoken.`);
    sockets.handleUpgrade(req, socket, head, connected => kernel.addSocket(connected));
  });
}

function kernelId(req: IncomingMessage): string | null {
  const { pathname } = new URL(req.url ?? '/', 'http://127.0.0.1');
  return /^\/api\/kernels\/([^/]+)\/channels$/.exec(pathname)?.[1] ?? null;
}

function offers(req: IncomingMessage): string[] {
  return (req.headers['sec-websocket-protocol'] ?? '').split(',').map(offer => offer.trim());
}

function refuse(socket: Duplex, status: number, sentence: string): void {
  const head = `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(sentence)}\r\n\r\n${sentence}`);
}
