/** `put-page ledger [FILE | -] [--pfn P] [--top N] [--json]`: a page_ref trace becomes a ledger. */
import { createReadStream, statSync } from 'node:fs';
import {
  holding,
  type Life,
  ledgerText,
  PageLedger,
  pairsOf,
  pfnText,
  readLines,
  TraceReader,
  takersOf,
} from '../pageref/index.js';
import { type Container, containerOf, isBinary } from '../splat/index.js';
import { has } from './arguments.js';
import { BadInput, type Given } from './spec.js';

const EXIT = { read: 0, none: 1, overdrawn: 2 } as const;
const TOP = 20;

/** Runs the command; returns the exit code. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const file = given.words[0] ?? '-';
  const pfns = (given.options['--pfn'] ?? []).map(pfnOf);
  const top = topOf(given.options['--top']?.[0]);
  const ledger = new PageLedger({ pfns });
  const reader = new TraceReader((event, stack) => ledger.take(event, stack));
  let binary = false;
  try {
    await readLines(
      lookingAtFirst(open(file), head => {
        binary = refuse(head, file);
      }),
      reader,
    );
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${nameOf(file)} could not be read to its end: ${(error as Error).message}`);
  }
  ledger.finish();
  if (reader.damaged !== null)
    process.stderr.write(
      `put-page ledger: ${nameOf(file)}, line ${reader.damaged.line}: an event without pfn=, count= or val= (${reader.damaged.count} in all, left out); ` +
        'expected "page_ref_mod: pfn=0x1234 flags=… count=2 mapcount=0 mapping=… mt=1 val=1"\n',
    );
  if (reader.events === 0) {
    if (binary) throw new BadInput(`${nameOf(file)} is binary; expected the text of a trace`);
    process.stderr.write(
      `put-page ledger: no page_ref event in ${howMany(reader.line)} of ${nameOf(file)}. Expected the output of trace-cmd report, perf script, ` +
        'bpftrace or trace_pipe, with lines such as "page_ref_mod: pfn=0x1234 … count=2 … val=1"; docs/ledger.md says how to record them.\n',
    );
    if (has(given, '--json')) process.stdout.write(`${JSON.stringify(answer(ledger, reader, top))}\n`);
    return EXIT.none;
  }
  for (const pfn of pfns)
    if (!ledger.scores.has(pfn)) process.stderr.write(`put-page ledger: the trace has no event of pfn ${pfn}\n`);
  process.stdout.write(
    has(given, '--json')
      ? `${JSON.stringify(answer(ledger, reader, top), null, 2)}\n`
      : ledgerText(ledger, reader, { top }),
  );
  return ledger.overdrawn > 0 ? EXIT.overdrawn : EXIT.read;
}

const howMany = (lines: number): string => (lines === 1 ? 'the one line' : `the ${lines} lines`);

/** What the tracers write before their own commands make text of it. */
const recordings: readonly Container[] = [
  {
    bytes: [0x17, 0x08, 0x44, 0x74, 0x72, 0x61, 0x63, 0x69, 0x6e, 0x67],
    is: 'a recording of trace-cmd',
    use: name => `trace-cmd report -i ${name}`,
  },
  {
    bytes: [0x50, 0x45, 0x52, 0x46, 0x49, 0x4c, 0x45, 0x32],
    is: 'a recording of perf',
    use: name => `perf script -i ${name}`,
  },
];

/** Refuses what is known to be no text; tells whether it seems to be none. Errors: BadInput. */
function refuse(head: Uint8Array, file: string): boolean {
  const other = containerOf(head, recordings);
  if (other !== null)
    throw new BadInput(
      `${nameOf(file)} is ${other.is}; expected text, such as the output of ${other.use(file === '-' ? 'FILE' : file)}`,
    );
  return isBinary(head.subarray(0, 4096));
}

async function* lookingAtFirst(
  chunks: AsyncIterable<Uint8Array>,
  look: (head: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk.length > 0) {
      first = false;
      look(chunk);
    }
    yield chunk;
  }
}

const nameOf = (file: string): string => (file === '-' ? 'standard input' : `'${file}'`);

function open(file: string): AsyncIterable<Uint8Array> {
  if (file === '-') return process.stdin;
  const info = statSync(file, { throwIfNoEntry: false });
  if (info === undefined)
    throw new BadInput(`there is no file '${file}'; expected a saved trace, or '-' for standard input`);
  if (info.isDirectory()) throw new BadInput(`'${file}' is a directory; expected one saved trace`);
  return createReadStream(file, { highWaterMark: 1 << 18 });
}

function pfnOf(text: string): string {
  const m = /^0x0*([0-9a-f]{1,16})$/i.exec(text);
  if (m?.[1] !== undefined) return `0x${m[1].toLowerCase()}`;
  if (/^\d{1,15}$/.test(text)) return `0x${Number(text).toString(16)}`;
  throw new BadInput(`--pfn ${text}: expected a page frame number as the trace prints it, such as 0x357ee`);
}

function topOf(text: string | undefined): number {
  if (text === undefined) return TOP;
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0)
    throw new BadInput(`--top ${text}: expected how many pages and pairs to show, from 1 to 999999`);
  return Number(text);
}

function pageOf(life: Life): unknown {
  const { pfn, holders, ...rest } = life;
  const held = holders
    .filter(x => x.balance !== 0)
    .map(({ name, took, gaveBack, balance, ...last }) => [
      name,
      { took, gaveBack, balance, last: last.line === 0 ? null : last },
    ]);
  return { pfn: pfnText(pfn), ...rest, holders: Object.fromEntries(held) };
}

/** The answer as plain data; docs/ledger.md describes it. */
function answer(ledger: PageLedger, reader: TraceReader, top: number): unknown {
  const held = holding(ledger);
  return {
    ...{ events: reader.events, lines: reader.line, lost: reader.lost, damaged: reader.damaged?.count ?? 0 },
    ...{ lifetimes: ledger.begun, ended: ledger.ended, overdrawn: ledger.overdrawn, withStack: ledger.withStack },
    forgotten: ledger.dropped,
    holders: [...ledger.totals.values()],
    pagesHeld: held.length,
    takers: takersOf(held).slice(0, top),
    held: held.slice(0, top).map(pageOf),
    pairs: pairsOf(ledger).slice(0, top),
    scores: Object.fromEntries(ledger.scores),
  };
}
