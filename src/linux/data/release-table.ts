/** data/releases.json as typed rows. Its schema is at the file's own top. */
import { type Evidence, LEVELS, whatThereIs } from '../../model/index.js';
import { BEHAVIOURS } from './behaviours.js';
import { dataFile } from './data-file.js';
import { KernelError } from './error.js';

export { type Evidence, LEVELS };

/** The weakest of several levels. Errors: none were given. */
export function weakest(...levels: readonly Evidence[]): Evidence {
  const found = LEVELS.find(l => levels.includes(l));
  if (found === undefined)
    throw new KernelError(`weakest() expects at least one of ${LEVELS.join(', ')}; none was given`);
  return found;
}

/** What of a row's evidence was read: text of a function, a diff, no more than a title, a mail, or nothing. */
export const READINGS = ['source', 'diff', 'title', 'mail', 'none'] as const;

export interface Reading {
  readonly what: (typeof READINGS)[number];
  /** The release whose source it was, or the commit (12 hexadecimal digits). */
  readonly at: string;
  /** The file, where one was read. */
  readonly path?: string;
  /** `second`: the row was read again in November 2026. `first`: it stands as its first reader left it. */
  readonly by: 'first' | 'second';
}

/** One behaviour of the kernel, from one release on. */
export interface ReleaseRow {
  readonly behaviour: string;
  /** A mainline tag (`5.4-rc8`), a stable tag (holds in that stable line only) or a tag with a series. */
  readonly from: string;
  readonly value: string;
  /** 12 hexadecimal digits of the mainline commit. */
  readonly commit?: string;
  readonly why_no_commit?: string;
  readonly subject?: string;
  /** The day on which the commit was written or committed, whichever was read: `2019-11-12`. */
  readonly dated?: string;
  /** How well the behaviour is known. */
  readonly evidence: Evidence;
  /** How well the release in `from` is known. */
  readonly from_evidence: Evidence;
  readonly reading: Reading;
  readonly source: string;
  readonly note?: string;
}

export interface Behaviour {
  /** In a few words, for a line below a figure: `how device pages are counted`. */
  readonly said: string;
  readonly what: string;
  /** Each value that rows may give, with its meaning. */
  readonly values: Readonly<Record<string, string>>;
}

export interface ReleaseTable {
  readonly releases: readonly string[];
  /** `only`: the behaviours, or their first word, for which alone a release was looked at. */
  readonly stable: readonly { readonly tag: string; readonly only?: readonly string[]; readonly note: string }[];
  readonly series: readonly { readonly tag: string; readonly note: string }[];
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  readonly rows: readonly ReleaseRow[];
}

let checked: ReleaseTable | undefined;

/** The table, checked once. Errors: a row whose behaviour or value is not declared in behaviours.ts. */
export function releaseTable(): ReleaseTable {
  checked ??= checkedTable(dataFile('releases.json') as ReleaseTable);
  return checked;
}

/** Errors: as releaseTable(); the message names the row. */
export function checkedTable(table: ReleaseTable): ReleaseTable {
  const known: Readonly<Record<string, readonly string[]>> = BEHAVIOURS;
  const refuse = (i: number, what: string, word: string, list: readonly string[]): never => {
    const { behaviour: b, from } = table.rows[i] as ReleaseRow;
    throw new KernelError(
      `data/releases.json, row ${i} (${b} from ${from}): there is no ${what} '${word}'; src/linux/data/behaviours.ts has ${whatThereIs(word, list)}`,
    );
  };
  table.rows.forEach((row, i) => {
    const values = Object.hasOwn(known, row.behaviour) ? known[row.behaviour] : undefined;
    if (values === undefined) refuse(i, 'behaviour', row.behaviour, Object.keys(known));
    else if (!values.includes(row.value)) refuse(i, 'value', row.value, values);
  });
  return table;
}

/** A behaviour's meaning and values. Errors: an unknown name. */
export function behaviour(name: string): Behaviour {
  const { behaviours } = releaseTable();
  const found = Object.hasOwn(behaviours, name) ? behaviours[name] : undefined;
  if (found === undefined)
    throw new KernelError(
      `no behaviour is called '${name}'; data/releases.json knows ${whatThereIs(name, Object.keys(behaviours))}`,
    );
  return found;
}
