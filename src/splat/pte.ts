/** A page-table entry as "Bad page map" prints it, bit by bit. Only x86-64 and arm64: others are left alone. */
import { asText } from './plausible.js';

export interface PteReading {
  present: boolean;
  /** Page frame number of a present entry, else null. */
  pfn: bigint | null;
  /** Names of the set bits. */
  bits: string[];
  /**
   * What the entry looks like: one that a kernel could have made, a swap entry (not present), a kernel address, text, or nothing known.
   */
  looks: 'entry' | 'swap' | 'pointer' | 'text' | 'garbage';
}

interface Format {
  readonly bits: readonly (readonly [number, string])[];
  readonly pfn: readonly [number, number];
  readonly present: number;
  /** Bits that no present entry may have. */
  readonly reserved: bigint;
  /** Without this bit a present entry is none of a process. */
  readonly user: number;
}

const range = (from: number, to: number): bigint => ((1n << BigInt(to - from + 1)) - 1n) << BigInt(from);

const formats: Readonly<Record<string, Format>> = {
  // arch/x86/include/asm/pgtable_types.h
  'x86-64': {
    bits: [
      ...([
        [0, 'present'],
        [1, 'rw'],
        [2, 'user'],
        [3, 'pwt'],
        [4, 'pcd'],
        [5, 'accessed'],
        [6, 'dirty'],
      ] as const),
      ...([
        [7, 'pat'],
        [8, 'global'],
        [9, 'special'],
        [63, 'nx'],
      ] as const),
    ],
    pfn: [12, 51],
    present: 0,
    // Bit 58 is the saved dirty bit of shadow stacks, 59 to 62 are protection keys.
    reserved: range(52, 57),
    user: 2,
  },
  // arch/arm64/include/asm/pgtable-hwdef.h and pgtable-prot.h, pages of 4 KiB
  arm64: {
    bits: [
      ...([
        [0, 'valid'],
        [1, 'page'],
        [6, 'user'],
        [7, 'rdonly'],
        [10, 'af'],
        [11, 'ng'],
        [51, 'dbm'],
      ] as const),
      ...([
        [52, 'cont'],
        [53, 'pxn'],
        [54, 'uxn'],
        [55, 'dirty'],
        [56, 'special'],
      ] as const),
    ],
    pfn: [12, 47],
    present: 0,
    reserved: range(48, 50),
    user: 6,
  },
};

/** More than this many pages (64 TiB of 4 KiB) no machine has. */
const mostPages = 1n << 34n;

/** Reads an entry of 1 to 16 hex digits; null where the architecture is not known or the text is no number. */
export function readPte(hex: string | null, arch: string | null): PteReading | null {
  const format = formats[arch ?? ''];
  if (format === undefined || hex === null || !/^[0-9a-f]{1,16}$/.test(hex)) return null;
  const value = BigInt(`0x${hex}`);
  const has = (bit: number): boolean => ((value >> BigInt(bit)) & 1n) === 1n;
  const bits = format.bits.filter(([bit]) => has(bit)).map(([, name]) => name);
  const [low, high] = format.pfn;
  const pfn = (value & range(low, high)) >> BigInt(low);
  const present = has(format.present);
  const pointer = /^ffff[0-9a-f]{12}$/.test(hex) && !/^f{8}/.test(hex);
  const looks = ((): PteReading['looks'] => {
    if (asText(hex.padStart(16, '0')) !== null) return 'text';
    if (pointer) return 'pointer';
    if (!present) return value > 0xffn && !/^f{8}/.test(hex) ? 'swap' : 'garbage';
    return (value & format.reserved) === 0n && pfn < mostPages && has(format.user) ? 'entry' : 'garbage';
  })();
  return { present, pfn: present ? pfn : null, bits, looks };
}
