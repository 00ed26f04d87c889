/**
 * Jupyter messages on the wire: `[identity…, "<IDS|MSG>", signature, header, parent, metadata, content, buffer…]`, signed
 * with HMAC-SHA256 (jupyter-client documentation, "The wire protocol", version 5.3).
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export type Channel = 'shell' | 'control' | 'iopub' | 'stdin';

/** The frames of a message between the signature and the end: header, parent header, metadata, content, buffers. */
export type Parts = readonly Uint8Array[];

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export interface Message {
  readonly channel: Channel;
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly content: Readonly<Record<string, unknown>>;
}

const delimiter = Buffer.from('<IDS|MSG>');

function signature(key: string, parts: Parts): string {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest('hex');
}

export function sign(key: string, parts: Parts): Buffer[] {
  return [delimiter, Buffer.from(signature(key, parts)), ...parts.map(part => Buffer.from(part))];
}

/** Takes the signature off; throws when it is not ours. */
export function verify(key: string, frames: readonly Buffer[]): Buffer[] {
  const at = frames.findIndex(frame => frame.equals(delimiter));
  const given = frames[at + 1];
  const parts = frames.slice(at + 2);
  if (at < 0 || given === undefined || parts.length < 4) {
    throw new Error(
      `a Jupyter message has a delimiter, a signature and at least 4 parts; this one has ${frames.length} frames`,
    );
  }
  const wanted = Buffer.from(signature(key, parts));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new Error('a Jupyter message came with a wrong signature: it is not from the kernel that we started');
  }
  return parts;
}

/** How a socket of a kernel is named: a port behind `tcp`, a file behind `ipc`. */
export function addressOf(transport: string, ip: string, port: number): string {
  return `${transport}://${ip}${transport === 'ipc' ? '-' : ':'}${port}`;
}

export function request(session: string, type: string, content: object): { id: string; parts: Buffer[] } {
  const header: Header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'put-page',
    date: new Date().toISOString(),
    version: '5.3',
  };
  return { id: header.msg_id, parts: [header, {}, {}, content].map(part => Buffer.from(JSON.stringify(part))) };
}

export function parse(channel: Channel, parts: Parts): Message {
  const [header, parent, , content] = parts.slice(0, 4).map(part => JSON.parse(Buffer.from(part).toString('utf8')));
  return { channel, header, parent, content };
}
