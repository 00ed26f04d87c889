/**
 * `put-page start`, what `npm start` runs. Imports nothing heavy by itself: an old Node must reach the sentence about it.
 */
import { nodeComplaint } from './node-version.js';
import { parseOptions } from './options.js';

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const complaint = nodeComplaint(process.version) ?? (typeof options === 'string' ? options : null);
  if (complaint !== null || typeof options === 'string') {
    process.stderr.write(`put-page start: ${complaint}\n`);
    return 3;
  }
  const { run } = await import('./run.js');
  return run(options);
}
