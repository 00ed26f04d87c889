/** Page flags: the printed names against the bits of the printed value, in the order of a release. */
import { type FlagLayout, flagLayouts } from './layouts/flags.js';
import { compareRelease, type Release } from './release.js';

/** 2.6.38 and the like count their minor number in the third place: 2.6 becomes 2.6xx. */
export function numbersOf(r: Release): { major: number; minor: number } {
  return r.major === 2 && r.minor === 6 ? { major: 2, minor: 600 + r.patch } : { major: r.major, minor: r.minor };
}

interface Range {
  from: readonly [number, number];
  until: readonly [number, number] | null;
}

export function inRange(r: Release, range: Range): boolean {
  const at = numbersOf(r);
  const [fromMajor, fromMinor] = range.from;
  if (compareRelease(at, { major: fromMajor, minor: fromMinor }) < 0) return false;
  if (range.until === null) return true;
  const [major, minor] = range.until;
  return compareRelease(at, { major, minor }) <= 0;
}

export function flagLayoutOf(release: Release): FlagLayout | null {
  return flagLayouts.find(l => inRange(release, l)) ?? null;
}

/** Every order that a layout can have, depending on which optional flags were compiled in; the fullest first. */
export function ordersOf(layout: FlagLayout): string[][] {
  const n = layout.optional.length;
  const orders: string[][] = [];
  for (let mask = 2 ** n - 1; mask >= 0; mask--) {
    const chosen = layout.optional.filter((_, i) => (mask >> i) & 1).map(([name]) => name);
    orders.push([...layout.flags, ...chosen]);
  }
  return orders;
}

/** The order whose bits are exactly the printed names, or null. */
export function orderThatFits(layout: FlagLayout, value: bigint, names: readonly string[]): string[] | null {
  for (const order of ordersOf(layout)) {
    let bits = 0n;
    for (const name of names) {
      const bit = order.indexOf(name);
      if (bit < 0) bits = -1n;
      else if (bits >= 0n) bits |= 1n << BigInt(bit);
    }
    if (bits >= 0n && (value & ((1n << BigInt(order.length)) - 1n)) === bits) return order;
  }
  return null;
}

export interface FlagReading {
  layout: FlagLayout | null;
  /** agree: the names are exactly the bits; disagree: they are not; unknown: there is nothing to compare. */
  verdict: 'agree' | 'disagree' | 'unknown';
  /** The numbers of the bits that belong to the names. */
  bits: number[] | null;
  /** Other layouts in which names and bits agree, when the release's own does not fit or is not known. */
  fits: string[];
}

/** Compares the value of a flags line with its names. */
export function readFlagBits(
  value: string | null,
  names: readonly string[] | null,
  release: Release | null,
): FlagReading {
  const layout = release === null ? null : flagLayoutOf(release);
  const none: FlagReading = { layout, verdict: 'unknown', bits: null, fits: [] };
  if (value === null || !/^0x[0-9a-f]{1,16}$/.test(value) || names === null) return none;
  const number = BigInt(value);
  const fits = flagLayouts.filter(l => orderThatFits(l, number, names) !== null).map(l => l.id);
  const own = layout === null ? null : orderThatFits(layout, number, names);
  if (layout === null) return { ...none, fits };
  if (own === null) return { layout, verdict: 'disagree', bits: null, fits };
  return { layout, verdict: 'agree', bits: names.map(n => own.indexOf(n)).sort((a, b) => a - b), fits };
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
export function findCpupid(value: string | null, lastCpupid: string | null): FieldBits | null {
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
