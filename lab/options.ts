/** The arguments of `npm run lab`. */
import { parseArgs } from 'node:util';
import { LINES } from './kernels.js';

export class BadArguments extends Error {
  override name = 'BadArguments';
}

export interface LabOptions {
  readonly lines: readonly string[];
  readonly cases: boolean;
  /** A driver that forgets pages, seen by bpftrace, told by the ledger. */
  readonly leak: boolean;
  /** How many sequences; 0: none. */
  readonly sequences: number;
  readonly seed: number;
  /** A file of sequences to play in place of random ones. */
  readonly play: string | null;
  /** Where the recordings are written. */
  readonly out: string;
  readonly cache: string;
}

export const HELP = `usage: npm run lab -- [--kernel ${Object.keys(LINES).join('|')}] [--cases] [--fuzz] [--seed S] [--sequences N]
       [--play FILE] [--leak] [--out DIR]

Boots Debian's kernels in QEMU (emulated, no network), does things with pages there, and compares what the kernel says with the
model, row by row. Kernels are fetched by apt when it runs, and unpacked, not installed.
  --kernel     one of the two; both unless told
  --cases      records the cases of data/recordings: golden.json, special-*.jsonl
  --fuzz       records random sequences of operations; neither given: both
  --seed S     of the sequences; 1 unless told
  --sequences N  how many; 100 unless told
  --play FILE  sequences of your own in place of random ones, one a line: a name, then operations (data/recordings/README.md)
  --leak       nothing of that: a driver forgets ten pages, and put-page ledger has to name it (needs bpftrace)
  --out DIR    where the recordings go; .put-page/lab unless told
exit code
  0  the model agrees; with --leak: the driver is named, with its ten pages
  1  it does not: each mismatch is shrunk to the shortest sequence and printed
  2  the lab itself failed: a build, a boot
  3  the arguments are no good
  4  something that it needs is missing; it says what and how to get it
`;

/** Errors: BadArguments. Null: help was asked for. */
export function readOptions(args: readonly string[]): LabOptions | null {
  const { values, positionals } = parsed(args);
  if (values.help === true) return null;
  if (positionals.length > 0)
    throw new BadArguments(`'${positionals.join(' ')}' is no option; npm run lab -- --help lists them`);
  const line = values.kernel;
  if (line !== undefined && !(line in LINES))
    throw new BadArguments(`--kernel ${line}: expected ${Object.keys(LINES).join(' or ')}`);
  if (values.play !== undefined && (values.seed !== undefined || values.sequences !== undefined))
    throw new BadArguments(
      '--play gives the sequences, --seed and --sequences choose random ones; expected one of the two',
    );
  const fuzz = [values.fuzz, values.seed, values.sequences, values.play].some(v => v !== undefined);
  const leak = values.leak === true;
  if (leak && (fuzz || values.cases === true))
    throw new BadArguments('--leak is a run of its own; expected it with --kernel and --out only');
  const both = values.cases !== true && !fuzz && !leak;
  return {
    lines: line === undefined ? Object.keys(LINES) : [line],
    cases: values.cases === true || both,
    leak,
    sequences: fuzz || both ? whole('--sequences', values.sequences ?? '100', 1) : 0,
    seed: whole('--seed', values.seed ?? '1', 0),
    play: values.play ?? null,
    out: values.out ?? '.put-page/lab',
    cache: '.put-page/lab/kernels',
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kernel: { type: 'string' },
        cases: { type: 'boolean' },
        fuzz: { type: 'boolean' },
        seed: { type: 'string' },
        sequences: { type: 'string' },
        play: { type: 'string' },
        leak: { type: 'boolean' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (e) {
    throw new BadArguments(`${(e as Error).message}; npm run lab -- --help lists the options`);
  }
}

function whole(name: string, text: string, least: number): number {
  const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(n) || n < least)
    throw new BadArguments(`${name} ${text}: expected a whole number from ${least}`);
  return n;
}
