/**
 * Who may talk to the server. The server runs code for whoever asks, so a request must come to our own name (no DNS
 * rebinding), from our own page (no other site, no other local server) and with the token of this run or the cookie
 * that it was traded for.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Door {
  readonly port: number;
  /** Of this run; it stands in the address that is printed and opened. */
  readonly token: string;
  /** What the cookie holds. It opens this port only, and outlasts a restart. */
  readonly cookie: string;
}

/**
 * A door for a port. The cookie's value comes from a secret that stays on disk, so that open pages go on after a
 * restart, and from the port: browsers send a cookie to every port of a host, so another local server sees it. It is
 * never the token, and never good for a server of ours on another port.
 */
export function makeDoor(port: number, token: string, secret: string): Door {
  const cookie = createHmac('sha256', secret).update(`put-page session on port ${port}`).digest('base64url');
  return { port, token, cookie };
}

/** Cookies do not tell ports apart, so the name does: two kits can run side by side. */
export function cookieName(port: number): string {
  return `put-page-${port}`;
}

/** The value of `Set-Cookie` of our pages. */
export function sessionCookie(door: Door): string {
  return `${cookieName(door.port)}=${door.cookie}; Path=/; HttpOnly; SameSite=Strict`;
}

/** Why this request (HTTP or websocket) is refused, as a sentence, or null when it may pass. */
export function refusal(req: IncomingMessage, url: URL, door: Door): string | null {
  const hosts = [`127.0.0.1:${door.port}`, `localhost:${door.port}`];
  const host = req.headers.host ?? '';
  if (!hosts.includes(host)) return `This server answers only to ${hosts.join(' and ')}, not to '${host}'.`;
  const origin = req.headers.origin;
  if (origin !== undefined && !hosts.some(h => origin === `http://${h}`))
    return `This server answers only to its own pages, not to pages of '${origin}'.`;
  if (!tokensOf(req, url).some(t => same(t, door.token)) && !cookiesOf(req, door.port).some(c => same(c, door.cookie)))
    return 'The token is missing or wrong. Open the whole address that `npm start` printed, with its ?token=… part.';
  return null;
}

function tokensOf(req: IncomingMessage, url: URL): string[] {
  const inUrl = url.searchParams.get('token');
  const inHeader = /^token (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  return [inUrl, inHeader].filter(token => typeof token === 'string');
}

function cookiesOf(req: IncomingMessage, port: number): string[] {
  const pairs = (req.headers.cookie ?? '').split(';').map(part => part.trim().split('='));
  return pairs.flatMap(([name, value]) => (name === cookieName(port) && value !== undefined ? [value] : []));
}

function same(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
}
