/** What cells write to stdout and stderr, as text: `console.log`, `process.stdout.write`, whole characters only. */
import { StringDecoder } from 'node:string_decoder';

type Written = (name: 'stdout' | 'stderr', text: string) => void;
type Callback = (error?: Error | null) => void;

/** From now on everything goes to `written`, and nothing to the process's own log. Gives back the log's writer. */
export function takeStandardStreams(written: Written): (text: string) => void {
  const log = process.stderr.write.bind(process.stderr);
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Callback, done?: Callback): boolean => {
      const bytes = typeof chunk === 'string' ? undefined : Buffer.from(chunk);
      written(name, bytes === undefined ? String(chunk) : decoder.write(bytes));
      const called = typeof encoding === 'function' ? encoding : done;
      if (called !== undefined) process.nextTick(called);
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
  }
  return text => void log(`${text}\n`);
}
