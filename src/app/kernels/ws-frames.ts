/**
 * The websocket subprotocol v1.kernel.websocket.jupyter.org: one binary frame a Jupyter message. Layout: the number of
 * offsets, the offsets (little-endian 64 bit), then channel name, header, parent header, metadata, content, buffers.
 */

export const SUBPROTOCOL = 'v1.kernel.websocket.jupyter.org';

export interface Frame {
  readonly channel: string;
  /** Header, parent header, metadata, content, then binary buffers. */
  readonly parts: readonly Buffer[];
}

const WORD = 8;

export function encodeFrame({ channel, parts }: Frame): Buffer {
  const pieces = [Buffer.from(channel), ...parts];
  const count = pieces.length + 1;
  const head = Buffer.alloc(WORD * (1 + count));
  head.writeBigUInt64LE(BigInt(count), 0);
  let offset = head.length;
  head.writeBigUInt64LE(BigInt(offset), WORD);
  pieces.forEach((piece, i) => {
    offset += piece.length;
    head.writeBigUInt64LE(BigInt(offset), WORD * (i + 2));
  });
  return Buffer.concat([head, ...pieces]);
}

/** Throws a RangeError when the bytes are not such a frame. */
export function decodeFrame(bytes: Buffer): Frame {
  const count = Number(bytes.readBigUInt64LE(0));
  if (count < 6 || WORD * (1 + count) > bytes.length) throw new RangeError(`a frame cannot have ${count} offsets`);
  const offsets = Array.from({ length: count }, (_, i) => Number(bytes.readBigUInt64LE(WORD * (i + 1))));
  const pieces: Buffer[] = [];
  for (let i = 0; i + 1 < count; i++) {
    const [from = 0, to = 0] = offsets.slice(i, i + 2);
    if (from > to || to > bytes.length) throw new RangeError(`offset ${i} of a frame points outside of it`);
    pieces.push(bytes.subarray(from, to));
  }
  const [channel = Buffer.alloc(0), ...parts] = pieces;
  return { channel: channel.toString(), parts };
}

/**
 * Throws a RangeError when these are no parts of a Jupyter message: a kernel need not be able to read anything else.
 */
export function checkMessage(parts: readonly Buffer[]): void {
  const names = ['header', 'parent header', 'metadata', 'content'];
  const [header] = names.map((name, i) => {
    const value = jsonOf(parts[i]);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new RangeError(`the ${name} of a message must be a JSON object`);
    return value as Readonly<Record<string, unknown>>;
  });
  for (const key of ['msg_id', 'msg_type', 'session'])
    if (typeof header?.[key] !== 'string') throw new RangeError(`the header of a message needs the text '${key}'`);
}

function jsonOf(part: Buffer | undefined): unknown {
  try {
    return JSON.parse(part?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}
