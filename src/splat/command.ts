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

/** Bytes that a text log holds only where it is damaged: control characters other than tab, line ends and escape. */
function oddBytes(head: Uint8Array): number {
  return head.reduce((n, b) => n + (b < 9 || (b > 13 && b < 32 && b !== 27) || b === 127 ? 1 : 0), 0);
}

/**
 * Looks at the first bytes while the chunks pass. Compressed and UTF-16 files are refused at once. Odd bytes alone are not:
 * a log that was being written when the machine died may begin with zeros.
 */
class TextCheck {
  /** Why the input seems to be no text, null when it seems to be some. */
  doubt: string | null = null;

  async *pass(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
    let first = true;
    for await (const chunk of chunks) {
      if (first && chunk.length > 0) {
        first = false;
        this.look(chunk, name);
      }
      yield chunk;
    }
  }

  private look(chunk: Uint8Array, name: string): void {
    const [a, b] = chunk;
    if (a === 0x1f && b === 0x8b)
      throw new BadInput(`${name} is compressed (gzip); expected text, such as the output of zcat`);
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
      throw new BadInput(`${name} is UTF-16; expected UTF-8, such as the output of iconv -f utf-16`);
    const head = chunk.subarray(0, 4096);
    const odd = oddBytes(head);
    if (odd > head.length / 20)
      this.doubt = `${name} is binary (${odd} control bytes in the first ${head.length}); expected the text of a kernel log`;
  }
}

async function run(a: Arguments): Promise<number> {
  const name = a.file === '-' ? 'standard input' : a.file;
  const check = new TextCheck();
  const chunks = check.pass(await open(a.file), name);
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
  if (count === 0 && check.doubt !== null) throw new BadInput(check.doubt);
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
