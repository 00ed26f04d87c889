/** Between which releases a report was printed, as far as the form of its lines tells: for logs that do not name their kernel. */
import { flagLayouts } from './layouts/flags.js';
import type { ReleaseBounds, SplatFields } from './types.js';

type Version = readonly [number, number];

interface Sign {
  /** The field that shows it. */
  field: string;
  from?: Version;
  until?: Version;
  shows: (f: SplatFields) => boolean;
}

const has = (f: SplatFields, name: string): boolean => f.flags.names?.includes(name) ?? false;
/** List poison in this word: lru stands there. */
const poisonAt = (f: SplatFields, word: number): boolean => /^(?:dead|5deadbee)\w*100$/.test(f.rawWords?.[word] ?? '');
const is64 = (f: SplatFields): boolean => f.rawWords?.[0]?.length === 16;

/** Forms that began or ended with a release: mm/debug.c, mm/page_alloc.c, mm/memory.c, lib/dump_stack.c, and logs of the releases. */
const signs: readonly Sign[] = [
  { field: 'reason', from: [3, 14], shows: f => f.kind === 'bad_page_state' && f.reason !== null },
  { field: 'reason', until: [4, 15], shows: f => f.reason === 'nonzero _count' },
  { field: 'reason', from: [4, 16], shows: f => f.reason === 'nonzero _refcount' },
  { field: 'reason', from: [6, 8], shows: f => f.reason === 'page_pool leak' },
  { field: 'rawWords', from: [4, 10], shows: f => f.rawWords !== null },
  { field: 'rawWords', until: [4, 17], shows: f => is64(f) && poisonAt(f, 4) },
  { field: 'rawWords', from: [4, 18], shows: f => is64(f) && poisonAt(f, 1) && f.headWords === null },
  {
    field: 'rawWords',
    until: [4, 20],
    shows: f => f.rawWords?.some(w => /^(?:dead|5deadbee)\w*0200$/.test(w)) ?? false,
  },
  { field: 'countWord', until: [5, 0], shows: f => f.countWord === 'count' },
  { field: 'countWord', from: [5, 1], shows: f => f.countWord === 'refcount' },
  { field: 'flags.type', until: [3, 16], shows: f => f.flags.type === 'page' },
  { field: 'flags.zone', from: [5, 14], shows: f => f.flags.zone !== null || f.flags.node !== null },
  { field: 'pageType', from: [6, 3], shows: f => f.pageType !== null },
  { field: 'pageType', until: [6, 11], shows: f => /^0xf{4}/.test(f.pageType ?? '') },
  { field: 'pageType', from: [6, 12], shows: f => /^f[0-9a-f]\(/.test(f.pageType ?? '') },
  { field: 'flags.names', from: [3, 16], until: [4, 3], shows: f => has(f, 'tail') && f.rawWords !== null },
  { field: 'flags.names', until: [4, 3], shows: f => has(f, 'tail') || has(f, 'compound') },
  { field: 'flags.names', until: [4, 4], shows: f => has(f, 'compound_lock') },
  { field: 'flags.names', until: [4, 9], shows: f => has(f, 'swapcache') },
  { field: 'flags.names', from: [4, 10], shows: f => has(f, 'waiters') },
  { field: 'flags.names', from: [4, 20], shows: f => has(f, 'workingset') },
  { field: 'flags.names', from: [5, 10], shows: f => has(f, 'arch_2') },
  { field: 'flags.names', until: [6, 9], shows: f => has(f, 'slab') },
  { field: 'flags.names', until: [6, 11], shows: f => has(f, 'mappedtodisk') || has(f, 'error') },
  { field: 'flags.names', from: [6, 12], shows: f => has(f, 'owner_2') },
  { field: 'flags.names', from: [6, 14], shows: f => has(f, 'dropbehind') },
  { field: 'head', from: [6, 2], shows: f => f.head?.nr_pages_mapped !== undefined },
  { field: 'mapping', until: [4, 15], shows: f => f.mapping === '(null)' },
];

const before = (a: Version, b: Version): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
const text = (v: Version | null): string | null => (v === null ? null : `${v[0]}.${v[1]}`);

/** Names and bits that fit one table only tell its releases. */
function fromFlags(fits: readonly string[]): { from: Version; until: Version | null } | null {
  const known = flagLayouts.filter(l => fits.includes(l.id));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { from: first.from, until: last.until };
}

/** `fits`: the flag tables in which names and bits agree, empty where none does or no name is set. Null where nothing tells. */
export function releaseBounds(f: SplatFields, fits: readonly string[]): ReleaseBounds | null {
  let from: Version | null = null;
  let until: Version | null = null;
  const fields = new Set<string>();
  const narrow = (field: string, low: Version | null | undefined, high: Version | null | undefined): void => {
    if (low != null && (from === null || before(from, low))) {
      from = low;
      fields.add(field);
    }
    if (high != null && (until === null || before(high, until))) {
      until = high;
      fields.add(field);
    }
  };
  for (const sign of signs) if (sign.shows(f)) narrow(sign.field, sign.from, sign.until);
  const flags = (f.flags.names?.length ?? 0) > 0 ? fromFlags(fits) : null;
  // 2.6.38 is kept as 2.638: as a lower bound it says nothing that a reader wants to know.
  if (flags !== null) narrow('flags.names', flags.from[0] < 3 ? null : flags.from, flags.until);
  const [low, high] = [from as Version | null, until as Version | null];
  if (low === null && high === null) return null;
  // Lines that contradict each other come from a kernel with backports: then nothing is said.
  if (low !== null && high !== null && before(high, low)) return null;
  return { from: text(low), until: text(high), fields: [...fields] };
}
