/**
 * Who may talk to the server. The server runs code for whoever asks, so a request must come to our own name (no DNS
 * rebinding), from our own page (no other site, no other local server) and with the token of this run.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Door {
  readonly port: number;
  readonly token: string;
}

/** Cookies do not tell ports apart, so the name does: two kits can run side by side. */
export function cookieName(port: number): string {
  return `put-page-${port}`;
}

/** The value of `Set-Cookie` after a request that brought the token in its URL. */
export function tokenCookie(door: Door): string {
  return `${cookieName(door.port)}=${door.token}; Path=/; HttpOnly; SameSite=Strict`;
}

/** Why this request (HTTP or websocket) is refused, as a sentence, or null when it may pass. */
export function refusal(req: IncomingMessage, door: Door): string | null {
  const hosts = [`127.0.0.1:${door.port}`, `localhost:${door.port}`];
  const host = req.headers.host ?? '';
  if (!hosts.includes(host)) return `This server answers only to ${hosts.join(' and ')}, not to '${host}'.`;
  const origin = req.headers.origin;
  if (origin !== undefined && !hosts.some(h => origin === `http://${h}`))
    return `This server answers only to its own pages, not to pages of '${origin}'.`;
  if (!tokensOf(req, door.port).some(t => same(t, door.token)))
    return 'The token is missing or wrong. Open the whole address that `npm start` printed, with its ?token=… part.';
  return null;
}

function tokensOf(req: IncomingMessage, port: number): string[] {
  const found: string[] = [];
  const inUrl = new URL(req.url ?? '/', 'http://127.0.0.1').searchParams.get('token');
  if (inUrl !== null) found.push(inUrl);
  const inHeader = /^token (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  if (inHeader !== undefined) found.push(inHeader);
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === cookieName(port) && value !== undefined) found.push(value);
  }
  return found;
}

function same(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
}
