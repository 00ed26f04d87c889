/** The bytes of a WebAssembly module: sections and LEB128 numbers, nothing more. (WebAssembly core specification, binary format.) */

/** Bytes and pieces of code, in order; laid flat once, at the end. */
export type Code = readonly (number | Code | Uint8Array)[];

/** Unsigned LEB128. */
export function u(n: number): number[] {
  const out: number[] = [];
  let rest = n;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return out;
}

/** Signed LEB128. */
export function s(n: bigint | number): number[] {
  const small = typeof n === 'number' ? n : BigInt.asIntN(32, n) === n ? Number(n) : undefined;
  return small === undefined || small !== (small | 0) ? long(BigInt(n)) : short(small);
}

/** Of 32 bits: most constants are, and they are far cheaper. */
function short(n: number): number[] {
  const out: number[] = [];
  for (let rest = n; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const sign = (byte & 0x40) !== 0;
    if ((rest === 0 && !sign) || (rest === -1 && sign)) {
      out.push(byte);
      return out;
    }
    out.push(byte | 0x80);
  }
}

function long(n: bigint): number[] {
  const out: number[] = [];
  for (let rest = n; ; ) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const sign = (byte & 0x40) !== 0;
    if ((rest === 0n && !sign) || (rest === -1n && sign)) {
      out.push(byte);
      return out;
    }
    out.push(byte | 0x80);
  }
}

const text = (t: string) => {
  const b = [...new TextEncoder().encode(t)];
  return [...u(b.length), ...b];
};
const vector = (items: readonly Code[]): Code => [...u(items.length), ...items];
const sized = (body: Code): Code => {
  const bytes = flat(body);
  return [...u(bytes.length), bytes];
};
const section = (id: number, body: Code): Code => [id, sized(body)];

/** The bytes of a piece of code. */
export function flat(code: Code): Uint8Array {
  let bytes = new Uint8Array(1024);
  let end = 0;
  const room = (n: number) => {
    if (end + n <= bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * bytes.length, end + n));
    larger.set(bytes);
    bytes = larger;
  };
  const walk = (c: Code): void => {
    for (const x of c) {
      if (typeof x === 'number') {
        room(1);
        bytes[end++] = x;
      } else if (x instanceof Uint8Array) {
        room(x.length);
        bytes.set(x, end);
        end += x.length;
      } else walk(x);
    }
  };
  walk(code);
  return bytes.subarray(0, end);
}

export const I32 = 0x7f;
export const I64 = 0x7e;
export type Type = typeof I32 | typeof I64;

export interface Func {
  readonly name: string;
  readonly params: readonly Type[];
  readonly results: readonly Type[];
  readonly locals: readonly Type[];
  readonly code: Code;
  readonly exported?: boolean;
}

export interface Global {
  readonly name: string;
  readonly type: Type;
}

/** The largest memory, in pages. */
export const MAX_PAGES = 65536;

/** Limits of the memory: with a maximum; and the same for a memory that threads share. */
const BOUNDED = 0x01;
const SHARED = 0x03;
const LIMITS = [...u(1), ...u(MAX_PAGES)];

/** The same module for a memory that threads share. */
export function sharing(module: Uint8Array): Uint8Array {
  const name = text('memory');
  const at = module.findIndex((_, i) => [...name, 0x02, BOUNDED, ...LIMITS].every((b, k) => module[i + k] === b));
  if (at < 0) throw new Error('the module imports no memory');
  const out = module.slice();
  out[at + name.length + 1] = SHARED;
  return out;
}

/** A module that imports `env.memory` and exports its globals (all mutable, 0 at the start) and the functions asked for. */
export function moduleBytes(funcs: readonly Func[], globals: readonly Global[]): Uint8Array {
  const types = funcs.map(f => [0x60, ...vector(f.params.map(p => [p])), ...vector(f.results.map(r => [r]))]);
  const exports = [
    ...funcs
      .map((f, i) => ({ ...f, i }))
      .filter(f => f.exported === true)
      .map(f => [...text(f.name), 0x00, ...u(f.i)]),
    ...globals.map((g, i) => [...text(g.name), 0x03, ...u(i)]),
  ];
  const bodies = funcs.map(f => sized([vector(f.locals.map(t => [1, t])), f.code, 0x0b]));
  const bytes: Code = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(types)),
    section(2, vector([[...text('env'), ...text('memory'), 0x02, BOUNDED, ...LIMITS]])),
    section(3, vector(funcs.map((_, i) => u(i)))),
    section(6, vector(globals.map(g => [g.type, 1, g.type === I64 ? 0x42 : 0x41, 0, 0x0b]))),
    section(7, vector(exports)),
    section(10, vector(bodies)),
  ];
  return flat(bytes).slice();
}
