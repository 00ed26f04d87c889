/** A flags word, looked at: which bits are set, what they are called, which fields share the word. */
import { EDGE } from './sizes.js';
import { plainText } from './text.js';

export interface BitField {
  readonly name: string;
  /** Lowest bit. */
  readonly from: number;
  /** Highest bit. */
  readonly to: number;
}

export interface FlagBitsInput {
  readonly title?: string;
  /** The word: a bigint, a whole number below 2^53, or hexadecimal text (`0x17ffffc008000c`). */
  readonly value: bigint | number | string;
  /** 32 or 64. */
  readonly width?: 32 | 64;
  /** Bit number to name, as far as known. */
  readonly names: Readonly<Record<number, string>>;
  /** Numbers kept in the same word: node, zone, last cpupid. */
  readonly fields?: readonly BitField[];
}

function word(value: FlagBitsInput['value']): bigint {
  try {
    const n = BigInt(value);
    if (n >= 0n) return n;
  } catch {
    // said below
  }
  throw new TypeError(
    `flagBits: '${String(value)}' is not a word; expected a number from 0 up, or text such as '0x17ffffc008000c'`,
  );
}

/** As the log prints it; a single digit is the same in both. */
export const inHex = (n: bigint): string => (n < 10n ? String(n) : `0x${n.toString(16)}`);
/** The number that a field holds. */
export const held = (w: bigint, f: BitField): bigint =>
  (w >> BigInt(f.from)) & ((1n << BigInt(f.to - f.from + 1)) - 1n);

/** The word, looked at: which bits are flags, which belong to a field, and what each is called. */
export interface Look {
  readonly word: bigint;
  readonly width: number;
  /** How many bits stand in a row, and how wide one is in pixels. */
  readonly per: number;
  readonly wide: number;
  readonly fields: readonly BitField[];
  /** The flags that are set, fields left out. */
  readonly set: readonly number[];
  bit(n: number): number;
  fieldOf(n: number): BitField | undefined;
  label(n: number): string;
}

/** Errors: as of flagBits. */
export function lookAt(input: FlagBitsInput, page: number): Look {
  const w = word(input.value);
  const width = input.width ?? 64;
  if (w >> BigInt(width) !== 0n)
    throw new RangeError(
      `flagBits: 0x${w.toString(16)} does not fit ${width} bits; say width: 64, or look at the word again`,
    );
  const fields = [...(input.fields ?? [])].sort((a, b) => a.from - b.from);
  fields.forEach((f, i) => {
    const before = fields[i - 1];
    if (f.from > f.to || f.from < 0 || f.to >= width || (before !== undefined && before.to >= f.from))
      throw new RangeError(
        `flagBits: the field ${f.name} (bits ${f.from} to ${f.to}) is outside the word or over another field`,
      );
  });
  const bit = (n: number): number => Number((w >> BigInt(n)) & 1n);
  const fieldOf = (n: number): BitField | undefined => fields.find(f => f.from <= n && n <= f.to);
  const set = Array.from({ length: width }, (_, n) => n).filter(n => bit(n) === 1 && fieldOf(n) === undefined);
  const label = (n: number): string => plainText(input.names[n] ?? `bit ${n}`);
  const per = page < 600 ? 16 : 32;
  return { word: w, width, per, wide: (page - 2 * EDGE) / per, fields, set, bit, fieldOf, label };
}
