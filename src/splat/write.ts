/** Prints a "Bad page state" report in the format of a release: for exercises, and to try the parser on. */
import { flagLayoutOf, ordersOf } from './flags.js';
import { bothCounts } from './layouts/words.js';
import { compareRelease, numbersOf, parseRelease, type Release } from './release.js';
import { wordsFor } from './words.js';

export interface SplatToWrite {
  process: string;
  /** Page frame number, not negative. */
  pfn: number;
  refcount: number;
  /** As printed: the number of mappings, 0 for none. */
  mapcount: number;
  /** The reason, such as `nonzero mapcount`. Kernels before 3.14 print none. */
  reason: string;
  /** Names of set flags, in any order; they must exist in the release. */
  flags: readonly string[];
  node?: number;
  zone?: number;
  /** page->mapping, 16 hex digits; NULL when absent. */
  mapping?: string;
  /** page->index, not negative. */
  index?: bigint;
  /** Whether the page was taken off a list before (list poison in its words). */
  poisoned?: boolean;
  cpu?: number;
  pid?: number;
  /** The taint text, such as `Tainted: G    B`; `Not tainted` when absent. */
  taint?: string;
  /** Functions, innermost first. */
  trace?: readonly string[];
}

const hex16 = (n: bigint): string => BigInt.asUintN(64, n).toString(16).padStart(16, '0');

/** Bits of x86-64 with NODES_SHIFT 10, five zones and 8192 CPUs, as distributions build it. */
const shift = { node: 54n, zone: 51n, cpupid: 30n } as const;
const noCpupid = 0x1fffffn;

function before(r: Release, major: number, minor: number): boolean {
  return compareRelease(numbersOf(r), { major, minor }) < 0;
}

function flagsValue(s: SplatToWrite, r: Release): { value: bigint; names: string[] } {
  const layout = flagLayoutOf(r);
  if (layout === null) throw new RangeError(`no flag numbers are known for this release; expected 2.6.38 or later`);
  const order = ordersOf(layout, r)[0] ?? [];
  let value = (BigInt(s.node ?? 0) << shift.node) | (BigInt(s.zone ?? 2) << shift.zone);
  if (!before(r, 3, 8)) value |= noCpupid << shift.cpupid;
  for (const name of s.flags) {
    const bit = order.indexOf(name);
    if (bit < 0) throw new RangeError(`there is no page flag '${name}' in ${layout.id}; it has: ${order.join(', ')}`);
    value |= 1n << BigInt(bit);
  }
  return { value, names: order.filter(n => s.flags.includes(n)) };
}

function rawLines(s: SplatToWrite, r: Release, value: bigint): string[] {
  const layout = wordsFor(r, 64);
  if (layout === null) return [];
  const poison2 = before(r, 5, 0) ? 0xdead000000000200n : 0xdead000000000122n;
  const counts = (BigInt.asUintN(32, BigInt(s.refcount)) << 32n) | BigInt.asUintN(32, BigInt(s.mapcount - 1));
  const by: Readonly<Record<string, bigint>> = {
    flags: value,
    'lru.next': s.poisoned === false ? 0n : 0xdead000000000100n,
    'lru.prev': s.poisoned === false ? 0n : poison2,
    mapping: BigInt(`0x${s.mapping ?? '0'}`),
    index: s.index ?? 0n,
    [bothCounts]: counts,
  };
  const words = layout.words.map(w => hex16(by[w] ?? 0n));
  return [`raw: ${words.slice(0, 4).join(' ')}`, `raw: ${words.slice(4).join(' ')}`];
}

function pageLine(s: SplatToWrite, r: Release): string {
  const count = before(r, 5, 1) ? 'count' : 'refcount';
  const nothing = before(r, 4, 16) ? '          (null)' : '0000000000000000';
  const address = before(r, 6, 10) ? hex16(0xffffea0000000000n + BigInt(s.pfn) * 64n) : '';
  const pfn = before(r, 5, 9) ? '' : ` pfn:0x${s.pfn.toString(16)}`;
  const index = `0x${(s.index ?? 0n).toString(16)}`;
  return `page:${address} ${count}:${s.refcount} mapcount:${s.mapcount} mapping:${s.mapping ?? nothing} index:${index}${pfn}`;
}

/**
 * The lines of a report, joined with line feeds, as `release` (2.6.38 or later) prints it on x86-64.
 * Throws RangeError for a release or a flag that is not known. Formats: mm/debug.c and mm/page_alloc.c of the releases.
 */
export function writeSplat(s: SplatToWrite, release: string): string {
  const r = parseRelease(release);
  if (r === null) throw new RangeError(`'${release}' is no kernel release; expected a number such as 6.9.12`);
  const { value, names } = flagsValue(s, r);
  const places = before(r, 5, 14) ? [] : [`node=${s.node ?? 0}`, `zone=${s.zone ?? 2}`, 'lastcpupid=0x1fffff'];
  const label = before(r, 3, 17) ? 'page flags' : 'flags';
  const reason = before(r, 4, 16) ? s.reason.replace('_refcount', '_count') : s.reason;
  const trace = s.trace ?? ['dump_stack', 'bad_page'];
  const lines = [
    `BUG: Bad page state in process ${s.process}  pfn:${s.pfn.toString(16).padStart(5, '0')}`,
    pageLine(s, r),
    `${label}: 0x${value.toString(16)}(${[...names, ...places].join('|')})`,
    ...rawLines(s, r, value),
    ...(before(r, 3, 14) ? [] : [`page dumped because: ${reason}`]),
    'Modules linked in:',
    before(r, 3, 10)
      ? `Pid: ${s.pid ?? 1}, comm: ${s.process} ${s.taint ?? 'Not tainted'} ${release} #1`
      : `CPU: ${s.cpu ?? 0} PID: ${s.pid ?? 1} Comm: ${s.process} ${s.taint ?? 'Not tainted'} ${release} #1`,
    'Call Trace:',
    ...trace.map(name => ` ${name}+0x10/0x20`),
    'Disabling lock debugging due to kernel taint',
  ];
  return lines.join('\n');
}
