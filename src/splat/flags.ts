/** Page flags: the printed names against the bits of the printed value, in the order of a release. */
import { type FlagLayout, flagLayouts, type OptionalFlag } from './layouts/flags.js';
import { type ReleaseRow, releaseRows } from './layouts/releases.js';
import { compareRelease, mergeWindowOf, numbersOf, type Release } from './release.js';
import { remember } from './remember.js';

interface Range {
  from?: readonly [number, number];
  until?: readonly [number, number] | null;
}

export function inRange(r: Release, range: Range): boolean {
  const at = numbersOf(r);
  if (range.from !== undefined && compareRelease(at, { major: range.from[0], minor: range.from[1] }) < 0) return false;
  if (range.until === undefined || range.until === null) return true;
  return compareRelease(at, { major: range.until[0], minor: range.until[1] }) <= 0;
}

const rowOfRelease = new Map(releaseRows.map(row => [row.release, row]));
const newestRow = releaseRows.at(-1);

/** The last release whose tables are here. */
export const newestRelease = newestRow?.release ?? '';

/** The row of a release; that of the newest one for later releases, null before 3.16. */
export function releaseRow(release: Release): ReleaseRow | null {
  const { major, minor } = numbersOf(release);
  const own = rowOfRelease.get(`${major}.${minor}`);
  if (own !== undefined || newestRow === undefined) return own ?? null;
  return isLater(release) ? newestRow : null;
}

/** Whether a release is later than all whose tables are here. */
export function isLater(release: Release): boolean {
  const [major = 0, minor = 0] = newestRelease.split('.').map(Number);
  return compareRelease(numbersOf(release), { major, minor }) > 0;
}

export function flagLayoutOf(release: Release): FlagLayout | null {
  const row = releaseRow(release);
  if (row === null) return flagLayouts.find(l => inRange(release, l)) ?? null;
  return flagLayouts.find(l => l.id === row.flags) ?? null;
}

/** The optional flags of a layout that a release can have; all of them where no release is given. */
function optionalFlags(layout: FlagLayout, release: Release | null): readonly OptionalFlag[] {
  return release === null ? layout.optional : layout.optional.filter(o => inRange(release, o));
}

/**
 * Every order that a layout can have in a release, depending on which optional flags were compiled in; the fullest first. Without
 * a release, every order that it has in any.
 */
export function ordersOf(layout: FlagLayout, release: Release | null = null): string[][] {
  const optional = optionalFlags(layout, release);
  const orders: string[][] = [];
  for (let mask = 2 ** optional.length - 1; mask >= 0; mask--) {
    const chosen = optional.filter((_, i) => (mask >> i) & 1).map(o => o.name);
    orders.push([...layout.flags, ...chosen]);
  }
  return orders;
}

/** The flags that every configuration has stand in the same bits: most layouts are ruled out by them alone. */
function fixedPartFits(layout: FlagLayout, low: number, names: readonly string[]): boolean {
  let bits = 0;
  for (const name of names) {
    const bit = layout.flags.indexOf(name);
    if (bit >= 0) bits |= 1 << bit;
    else if (!layout.optional.some(o => o.name === name)) return false;
  }
  return (low & ((1 << layout.flags.length) - 1)) === bits;
}

/** The order whose bits are exactly the printed names, or null. */
export function orderThatFits(
  layout: FlagLayout,
  value: bigint,
  names: readonly string[],
  release: Release | null = null,
): string[] | null {
  // No layout has as many as 32 flags: the fields for node and zone stand above.
  const low = Number(value & 0xffffffffn);
  if (!fixedPartFits(layout, low, names)) return null;
  const fixed = layout.flags.length;
  const optional = optionalFlags(layout, release);
  const printed = names.filter(n => !layout.flags.includes(n));
  for (let mask = 2 ** optional.length - 1; mask >= 0; mask--) {
    const chosen = optional.filter((_, i) => (mask >> i) & 1).map(o => o.name);
    let bits = 0;
    for (const name of printed) {
      const at = chosen.indexOf(name);
      bits = at < 0 ? -1 : bits < 0 ? -1 : bits | (1 << at);
    }
    if (bits >= 0 && ((low >>> fixed) & ((1 << chosen.length) - 1)) === bits) return [...layout.flags, ...chosen];
  }
  return null;
}

export interface FlagReading {
  layout: FlagLayout | null;
  /** agree: the names are exactly the bits; disagree: they are not; unknown: there is nothing to compare. */
  verdict: 'agree' | 'disagree' | 'unknown';
  /** The numbers of the bits that belong to the names, the lowest first. */
  bits: number[] | null;
  /** The names in the order of their bits: dump_page() has an order of its own. */
  byBit: string[] | null;
  /** Other layouts in which names and bits agree, when the release's own does not fit or is not known. */
  fits: string[];
  /** Whether the kernel may be of two releases (a merge window) and the names do not tell of which. */
  eitherRelease: boolean;
}

/** Compares the value of a flags line with its names. A kernel of a merge window may have the numbers of either release. */
export const readFlagBits = remember(
  (value: string | null, names: readonly string[] | null, release: Release | null) =>
    `${value} ${names?.join('|')} ${release?.name} ${release?.major}.${release?.minor}`,
  compareFlags,
);

function compareFlags(value: string | null, names: readonly string[] | null, release: Release | null): FlagReading {
  const later = release === null ? null : mergeWindowOf(release);
  const layouts = [release, later].flatMap(r => {
    const layout = r === null ? null : flagLayoutOf(r);
    return r === null || layout === null ? [] : [{ release: r, layout }];
  });
  const first = layouts[0]?.layout ?? null;
  const none: FlagReading = {
    layout: first,
    verdict: 'unknown',
    bits: null,
    byBit: null,
    fits: [],
    eitherRelease: false,
  };
  if (value === null || !/^0x[0-9a-f]{1,16}$/.test(value) || names === null) return none;
  const number = BigInt(value);
  const own = layouts.flatMap(l => {
    const order = orderThatFits(l.layout, number, names, l.release);
    return order === null ? [] : [{ layout: l.layout, order }];
  });
  const found = own[0];
  if (found === undefined) {
    const fits = flagLayouts.filter(l => orderThatFits(l, number, names) !== null).map(l => l.id);
    return { ...none, verdict: first === null ? 'unknown' : 'disagree', fits };
  }
  return {
    layout: found.layout,
    verdict: 'agree',
    bits: names.map(n => found.order.indexOf(n)).sort((a, b) => a - b),
    byBit: found.order.filter(n => names.includes(n)),
    fits: [],
    eitherRelease: layouts.length === 2 && layouts[0]?.layout !== layouts[1]?.layout && own.length === 2,
  };
}

export interface FieldBits {
  lastCpupid: [number, number];
  /** What stands above the last cpupid: the zone, and the node above it. */
  above: [number, number];
}

/**
 * Where in a 64-bit value the last cpupid stands, found by the printed number itself: it must be all ones (not set),
 * which makes the place unique; else null.
 */
export const findCpupid = remember(
  (value: string | null, lastCpupid: string | null) => `${value} ${lastCpupid}`,
  searchCpupid,
);

function searchCpupid(value: string | null, lastCpupid: string | null): FieldBits | null {
  if (value === null || lastCpupid === null || !/^0x[0-9a-f]{1,16}$/.test(value)) return null;
  if (!/^0x[0-9a-f]{1,6}$/.test(lastCpupid)) return null;
  const cpupid = BigInt(lastCpupid);
  const width = cpupid.toString(2).length;
  if (cpupid !== (1n << BigInt(width)) - 1n || width < 8) return null;
  const number = BigInt(value);
  for (let shift = 63 - width; shift >= 16; shift--) {
    const here = (number >> BigInt(shift)) & cpupid;
    const below = (number >> BigInt(shift - 1)) & 1n;
    if (here === cpupid && below === 0n) return { lastCpupid: [shift + width - 1, shift], above: [63, shift + width] };
  }
  return null;
}
