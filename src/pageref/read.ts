/** A trace in pieces of any size -> its events, in constant memory. */
import type { TraceReader } from './parse.js';

/** Bytes that become one string at a time: strings that V8 keeps among its young objects are the cheapest to forget. */
const atOnce = 1 << 16;

/** Hands every line of a stream to the reader. */
export async function readLines(chunks: AsyncIterable<Uint8Array>, reader: TraceReader): Promise<void> {
  for await (const chunk of chunks) {
    // Kernel names and numbers are ASCII; a byte a character is quick, and no byte can break it.
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let i = 0; i < bytes.length; i += atOnce)
      reader.feed(bytes.toString('latin1', i, Math.min(i + atOnce, bytes.length)));
  }
  reader.end();
}
