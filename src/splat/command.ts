/** `put-page decode [FILE | -] [--json] [--release R]` */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { decodeStream } from './decode.js';
import { formatReport } from './print.js';
import { parseRelease } from './release.js';
import type { SplatReport } from './types.js';

/** 0: at least one report; 1: none; 3: the input or the arguments are no good. */
const exit = { found: 0, none: 1, bad: 3 } as const;

interface Arguments {
  file: string;
  json: boolean;
  release: string | null;
}

/** A sentence for the user instead of a stack trace. */
class BadInput extends Error {}

function readArguments(args: readonly string[]): Arguments {
  let file: string | null = null;
  let json = false;
  let release: string | null = null;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--json') json = true;
    else if (arg === '--release') release = args[++i] ?? '';
    else if (arg.startsWith('--release=')) release = arg.slice('--release='.length);
    else if (arg !== '-' && arg.startsWith('-'))
      throw new BadInput(`there is no option '${arg}'; expected: put-page decode [FILE | -] [--json] [--release R]`);
    else if (file === null) file = arg;
    else throw new BadInput(`one file at a time: '${file}' and '${arg}' were given; use cat and '-' for several`);
  }
  if (release !== null && parseRelease(release) === null)
    throw new BadInput(`'${release}' is no kernel release; expected a number such as 6.9, 6.9.12 or 5.19-rc2`);
  return { file: file ?? '-', json, release };
}

async function open(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') {
    if (process.stdin.isTTY)
      process.stderr.write('put-page decode: reading a log from the keyboard; Ctrl-D ends it.\n');
    return process.stdin;
  }
  const info = await stat(file).catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT')
      throw new BadInput(`there is no file '${file}'; expected a saved log, or '-' for standard input`);
    throw new BadInput(`'${file}' cannot be read (${e.code ?? e.message})`);
  });
  if (info.isDirectory()) throw new BadInput(`'${file}' is a directory; expected one log file`);
  return createReadStream(file, { highWaterMark: 1 << 18 });
}

/** Passes the chunks on and stops at the first that no text log can hold. */
async function* textOnly(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk.length > 0) {
      first = false;
      const gzip = chunk[0] === 0x1f && chunk[1] === 0x8b;
      if (gzip) throw new BadInput(`${file} is compressed (gzip); expected text: zcat ${file} | put-page decode -`);
      const head = chunk.subarray(0, 4096);
      const zeros = head.reduce((n, b) => n + (b === 0 ? 1 : 0), 0);
      if (zeros > head.length / 4)
        throw new BadInput(
          `${file} is binary (${zeros} zero bytes in the first ${head.length}); expected the text of a kernel log`,
        );
    }
    yield chunk;
  }
}

async function run(a: Arguments): Promise<number> {
  const name = a.file === '-' ? 'standard input' : a.file;
  const chunks = textOnly(await open(a.file), name);
  const colour = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
  let count = 0;
  const print = (r: SplatReport): string =>
    a.json
      ? `${count === 1 ? '[\n' : ',\n'}${JSON.stringify(r)}`
      : `${count === 1 ? '' : '\n'}${formatReport(r, count, { colour })}`;
  for await (const report of decodeStream(chunks, a.release === null ? {} : { release: a.release })) {
    count++;
    if (!process.stdout.write(print(report))) await new Promise(resolve => process.stdout.once('drain', resolve));
  }
  if (a.json) process.stdout.write(count === 0 ? '[]\n' : '\n]\n');
  if (count > 0) return exit.found;
  process.stderr.write(
    `put-page decode: no report in ${name}. Expected a line like "BUG: Bad page state in process NAME  pfn:HEX", ` +
      '"BUG: Bad page map in process …", or a page dump ("page:… refcount:… mapcount:…"). Is it the kernel log (dmesg, journalctl -k)?\n',
  );
  return exit.none;
}

/** Runs the command; returns the exit code: 0 reports found, 1 none found, 3 bad input or arguments. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(readArguments(args));
  } catch (e) {
    const known = e instanceof BadInput || (e instanceof Error && 'code' in e);
    if (!known) throw e;
    process.stderr.write(`put-page decode: ${(e as Error).message}\n`);
    return exit.bad;
  }
}
