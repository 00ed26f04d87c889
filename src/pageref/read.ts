/** A trace in pieces of any size -> its lines, in constant memory. */
import type { TraceReader } from './parse.js';

/** What is kept of a line that does not end. */
const longestRest = 65_536;

/** Hands every line of a stream to the reader. */
export async function readLines(chunks: AsyncIterable<Uint8Array>, reader: TraceReader): Promise<void> {
  let rest = '';
  for await (const chunk of chunks) {
    // Kernel names and numbers are ASCII; a byte a character is quick, and no byte can break it.
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      reader.take(rest === '' ? text.slice(from, end) : rest + text.slice(from, end));
      rest = '';
      from = end + 1;
    }
    if (rest.length < longestRest) rest += text.slice(from, from + longestRest);
  }
  if (rest !== '') reader.take(rest);
  reader.end();
}
