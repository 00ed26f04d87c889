/** The grids of notebook 03, ready for truthTable() and releaseMatrix(): rows, columns, and each cell a run or an answer. */

import { PIN_KINDS, type PinKindName, pinKind } from '../../linux/gup/pages.js';
import { pinKindsOf } from '../../linux/gup/pin.js';
import { PINNABLE, type PinnableVersion, pinnableTable } from '../../linux/gup/pinnable.js';
import { PIN_POLICIES, type PinPolicyName } from '../../linux/gup/policy.js';
import { collected, restOn } from '../../model/index.js';
import type { Cell } from '../../views/index.js';
import { pinCell, policyOutcomes, stuckCell } from './figures.js';
import { pinRun } from './runs.js';
import { type PinSetup, pinSetups } from './users.js';

/** What truthTable() takes, without a title. */
export interface Grid {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly rowTitle?: string;
  readonly cell: (row: string, column: string) => Cell | null;
}

/** What releaseMatrix() takes, without a title. */
export interface ReleaseGrid {
  readonly kinds: readonly string[];
  readonly releases: readonly string[];
  readonly cell: (row: string, release: string) => Cell | null;
}

const WORDS: Readonly<Record<PinKindName, string>> = {
  N: 'ordinary',
  Z: 'zero page',
  M: 'movable',
  B: 'LRU batch',
  L: 'mlock batch',
  X: 'CMA, no LRU',
  I: 'isolated',
  P: 'held',
  H: 'hugetlb',
  V: 'coherent',
};

const rowOf = (kind: PinKindName) => `${kind} ${WORDS[kind]}`;
const kindIn = (row: string) => pinKind(row.slice(0, 1));
const of = <T>(at: ReadonlyMap<string, T>, row: string): T | null => at.get(row) ?? null;

/** Versions of releases without device-coherent pages: those came in 6.0, with D. */
const BEFORE_D: readonly PinnableVersion[] = ['cma', 'A', 'B', 'C'];

/** The predicate in versions, each beside the next: a cell is bad where the version after it answers otherwise about a zero page. */
export function predicateGrid(versions: readonly PinnableVersion[]): Grid {
  const table = pinnableTable();
  return {
    rows: table.map(r => r.name),
    columns: versions,
    cell(row, column) {
      const found = table.find(r => r.name === row);
      const at = (versions as readonly string[]).indexOf(column);
      const [mine, next] = [versions[at], versions[at + 1]];
      if (found === undefined || mine === undefined) return null;
      if (found.page.is_device_coherent && BEFORE_D.includes(mine)) return null;
      const yes = found.answers[mine];
      const slip = next !== undefined && !yes && found.page.is_zero_pfn && PINNABLE[next](found.page);
      if (slip) return { text: 'no: the slip', tone: 'bad' };
      return { text: yes ? 'yes' : 'no', tone: yes ? 'info' : 'plain' };
    },
  };
}

/** The static check: each kind in each release; blank before there were pages of that kind. */
export function stuckGrid(releases: readonly string[]): ReleaseGrid {
  const cell = (row: string, tag: string) => {
    const { name } = kindIn(row);
    return pinKindsOf(tag).includes(name) ? stuckCell(name, tag) : null;
  };
  return { kinds: PIN_KINDS.map(rowOf), releases, cell };
}

/** One page of each kind, pinned for long. `isolatedFor`: passes that others keep kinds I and H. */
export function outcomeGrid(releases: readonly string[], isolatedFor = 2): ReleaseGrid {
  const cell = (row: string, tag: string) => {
    const { name } = kindIn(row);
    if (!pinKindsOf(tag).includes(name)) return null;
    const r = pinRun({ release: tag, kinds: name, isolatedFor });
    // Short words, for narrow columns: an error and a wrong pin come in the first pass.
    const { text: full, ...rest } = pinCell(r);
    const short = r.result === 'never' ? 'never' : r.result.startsWith('-') ? r.result : full;
    const text = r.wrong > 0 ? 'pinned wrongly' : short;
    return { ...rest, text };
  };
  return { kinds: PIN_KINDS.map(rowOf), releases, cell };
}

const never = 'for ever';
const timesOf = (times: readonly number[]) =>
  new Map<string, number | undefined>([...times.map(T => [`T = ${T}`, T] as const), [never, undefined]]);

/** One movable page that others keep isolated for T passes, under each policy; the last row is a page that never comes. */
export function policyGrid(times: readonly number[], n: number): Grid {
  const rows = timesOf(times);
  // Each cell is run by itself, so that it can say what it rests on.
  const cell = (row: string, policy: string) =>
    rows.has(row) ? pinCell(policyOutcomes(rows.get(row), n)[policy as PinPolicyName]) : null;
  return { rows: [...rows.keys()], columns: PIN_POLICIES, rowTitle: 'passes isolated by others', cell };
}

/** RETRY_N alone: T against n. */
export function patienceGrid(times: readonly number[], ns: readonly number[]): Grid {
  const rows = timesOf(times);
  const columns = new Map(ns.map(n => [`n = ${n}`, n]));
  const cell = (row: string, column: string) => {
    const n = of(columns, column);
    if (n === null) return null;
    const r = policyOutcomes(rows.get(row), n).RETRY_N;
    const made = pinCell(r);
    return r.result.startsWith('-') ? { ...made, text: `gives up in ${r.passes}` } : made;
  };
  return { rows: [...rows.keys()], columns: [...columns.keys()], rowTitle: 'passes isolated by others', cell };
}

/** The passes of a pin of `entries` pages, so many of them zero, so many movable, the rest ordinary. */
export function mixGrid(amounts: readonly number[], entries: number): Grid {
  const [zero, movable] = [new Map(amounts.map(n => [`${n} zero`, n])), new Map(amounts.map(n => [`${n} movable`, n]))];
  const cell = (row: string, column: string) => {
    const [z, m] = [zero.get(row) ?? 0, movable.get(column) ?? 0];
    if (z + m > entries) return null;
    return pinCell(pinRun({ kinds: 'Z'.repeat(z) + 'M'.repeat(m) + 'N'.repeat(entries - z - m) }));
  };
  return { rows: [...zero.keys()], columns: [...movable.keys()], cell };
}

function setupCell({ outcome, right, run }: PinSetup): Cell {
  if (right === null) return { text: outcome, tone: 'bad', run };
  return right ? { text: outcome, tone: 'good', run } : { text: `${outcome}: stale`, tone: 'warn', run };
}

/** Who asks for long-term pins of untouched memory, and what each comes to. */
export function setupGrid(releases: readonly string[]): ReleaseGrid {
  const all = new Map(releases.map(tag => [tag, collected(() => pinSetups(tag))]));
  const kinds = [...new Set([...all.values()].flatMap(({ made }) => made.map(s => s.user)))];
  const cell = (user: string, tag: string) => {
    const found = all.get(tag);
    restOn(found?.grounds ?? []);
    const setup = found?.made.find(s => s.user === user);
    return setup === undefined ? null : setupCell(setup);
  };
  return { kinds, releases, cell };
}
