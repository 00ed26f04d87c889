/** `put-page decode [FILE | -] [--json] [--release R]`, alone `put-page-decode …` */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { decodeStream } from './decode.js';
import { isLater, newestRelease } from './flags.js';
import { containerOf, isBinary, oddBytes } from './no-text.js';
import { formatReport } from './print.js';
import { parseRelease } from './release.js';
import type { SplatReport } from './types.js';

/** 0: at least one report; 1: none; 3: the input or the arguments are no good. */
const exit = { found: 0, none: 1, bad: 3 } as const;

interface Arguments {
  file: string;
  json: boolean;
  help: boolean;
  release: string | null;
}

/** A sentence for the user instead of a stack trace. */
class BadInput extends Error {}

const options = {
  json: { type: 'boolean' },
  release: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const usage = (name: string): string => `${name} [FILE | -] [--json] [--release R]`;

const help = (name: string): string => `usage: ${usage(name)}

Explains every report of a bad page in a kernel log: the conclusion, what to do next, each field and how sure it is.
Without FILE, or with '-', it reads standard input: dmesg | ${name}

  --json        one JSON array with all reports instead of text
  --release R   the kernel's release, for logs that do not name it: 6.9, 6.9.12, 5.19-rc2
  -h, --help    this text

exit codes: 0 at least one report was found, 1 none, 3 bad input or arguments
`;

/** The sentence for arguments that parseArgs() does not take. */
function complaint(e: unknown, name: string): string {
  const code = e instanceof Error && 'code' in e ? e.code : undefined;
  const said = e instanceof Error ? e.message : String(e);
  const option = /'(-[^' ]*)/.exec(said)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = Object.keys(options).find(o => o[0] === option.replace(/^-+/, '')[0]);
    const hint = near === undefined ? '' : ` Did you mean '--${near}'?`;
    return `there is no option '${option}'.${hint} Expected: ${usage(name)}`;
  }
  if (option === '--release') return `--release needs a kernel release, such as 6.9, 6.9.12 or 5.19-rc2`;
  return `the arguments cannot be read (${said}). Expected: ${usage(name)}`;
}

function readArguments(args: readonly string[], name: string): Arguments {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (e) {
    throw new BadInput(complaint(e, name));
  }
  const { json = false, release = null, help: wantsHelp = false } = parsed.values;
  const [file = '-', second] = parsed.positionals;
  if (second !== undefined)
    throw new BadInput(`one file at a time: '${file}' and '${second}' were given; use cat and '-' for several`);
  const wanted = release === null ? null : parseRelease(release);
  if (release !== null && wanted === null)
    throw new BadInput(`'${release}' is no kernel release; expected a number such as 6.9, 6.9.12 or 5.19-rc2`);
  if (wanted !== null && isLater(wanted))
    throw new BadInput(
      `'${release}' is later than ${newestRelease}, the last release whose struct page and flags are known here; --release ${newestRelease} is the nearest`,
    );
  return { file, json, release, help: wantsHelp };
}

async function open(file: string, command: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') {
    if (process.stdin.isTTY) process.stderr.write(`${command}: reading a log from the keyboard; Ctrl-D ends it.\n`);
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
    const other = containerOf(chunk);
    if (other !== null)
      throw new BadInput(`${name} is ${other.is}; expected text, such as the output of ${other.use(name)}`);
    const head = chunk.subarray(0, 4096);
    const odd = oddBytes(head);
    if (isBinary(head))
      this.doubt = `${name} is binary (${odd} control bytes in the first ${head.length}); expected the text of a kernel log`;
  }
}

async function run(a: Arguments, command: string): Promise<number> {
  const name = a.file === '-' ? 'standard input' : a.file;
  const check = new TextCheck();
  const chunks = check.pass(await open(a.file, command), name);
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
    `${command}: no report in ${name}. Expected a line like "BUG: Bad page state in process NAME  pfn:HEX", ` +
      '"BUG: Bad page map in process …", or a page dump ("page:… refcount:… mapcount:…"). Is it the kernel log (dmesg, journalctl -k)?\n',
  );
  return exit.none;
}

/** Why a file or a pipe could not be read or written, in a sentence; null for errors that are none of the user's. */
function readingFailed(e: unknown): string | null {
  if (e instanceof BadInput) return e.message;
  if (!(e instanceof Error) || !('code' in e) || typeof e.code !== 'string') return null;
  if (e.code === 'EACCES' || e.code === 'EPERM')
    return `the file may not be read (${e.code}); expected one that you can read`;
  return `the input could not be read to its end: ${e.message}`;
}

/**
 * Runs the command; returns the exit code: 0 reports found, 1 none found, 3 bad input or arguments. `command` is what the user typed.
 */
export async function main(args: readonly string[], command = 'put-page decode'): Promise<number> {
  // `put-page decode | head` closes the pipe early: what was wanted is out.
  process.stdout.on('error', (e: NodeJS.ErrnoException) => process.exit(e.code === 'EPIPE' ? exit.found : exit.bad));
  try {
    const a = readArguments(args, command);
    if (!a.help) return await run(a, command);
    process.stdout.write(help(command));
    return exit.found;
  } catch (e) {
    const sentence = readingFailed(e);
    if (sentence === null) throw e;
    process.stderr.write(`${command}: ${sentence}\n`);
    return exit.bad;
  }
}
