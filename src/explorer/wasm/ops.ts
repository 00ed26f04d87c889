/** Instructions by name. An expression is a list of bytes that leaves its value on the stack. */
import { type Code, s, u } from './bytes.js';

/** One after the other; nothing where there is nothing. */
const join = (...parts: readonly Code[]): Code => {
  const some = parts.filter(p => p.length > 0);
  return some.length === 1 ? (some[0] ?? []) : some;
};

export const i32 = (n: number): Code => [0x41, ...s(n | 0)];
export const i64 = (n: bigint): Code => [0x42, ...s(BigInt.asIntN(64, n))];
export const get = (local: number): Code => [0x20, ...u(local)];
export const set = (local: number, v: Code): Code => join(v, [0x21, ...u(local)]);
export const tee = (local: number, v: Code): Code => join(v, [0x22, ...u(local)]);
export const globalGet = (g: number): Code => [0x23, ...u(g)];
export const globalSet = (g: number, v: Code): Code => join(v, [0x24, ...u(g)]);
export const call = (f: number, ...args: readonly Code[]): Code => join(...args, [0x10, ...u(f)]);
export const ret = (...v: readonly Code[]): Code => join(...v, [0x0f]);
export const drop = (v: Code): Code => join(v, [0x1a]);
export const seq = join;

const binary =
  (op: number) =>
  (a: Code, b: Code): Code =>
    join(a, b, [op]);
export const add32 = binary(0x6a);
export const sub32 = binary(0x6b);
export const mul32 = binary(0x6c);
export const divU32 = binary(0x6e);
export const and32 = binary(0x71);
export const or32 = binary(0x72);
export const xor32 = binary(0x73);
export const shl32 = binary(0x74);
export const shrU32 = binary(0x76);
export const eq32 = binary(0x46);
export const ne32 = binary(0x47);
export const ltS32 = binary(0x48);
export const ltU32 = binary(0x49);
export const gtS32 = binary(0x4a);
export const gtU32 = binary(0x4b);
export const geU32 = binary(0x4f);
export const eqz32 = (a: Code): Code => join(a, [0x45]);
export const add64 = binary(0x7c);
export const mul64 = binary(0x7e);
export const and64 = binary(0x83);
export const or64 = binary(0x84);
export const xor64 = binary(0x85);
export const divU64 = binary(0x80);
export const shl64 = binary(0x86);
export const shrU64 = binary(0x88);
export const eq64 = binary(0x51);
export const sub64 = binary(0x7d);
export const eqz64 = (a: Code): Code => join(a, [0x50]);
export const ltU64 = binary(0x54);
export const gtU64 = binary(0x56);
export const wrap = (a: Code): Code => join(a, [0xa7]);
export const extend = (a: Code): Code => join(a, [0xad]);
/** a where the condition is true, else b. */
export const select = (a: Code, b: Code, condition: Code): Code => join(a, b, condition, [0x1b]);

const memory = (op: number, align: number) => ({
  load: (at: Code, offset = 0): Code => join(at, [op, align, ...u(offset)]),
});
export const load32 = memory(0x28, 2).load;
export const load64 = memory(0x29, 0).load;
export const load8 = memory(0x2d, 0).load;
export const store32 = (at: Code, v: Code, offset = 0): Code => join(at, v, [0x36, 2, ...u(offset)]);
export const store64 = (at: Code, v: Code, offset = 0): Code => join(at, v, [0x37, 0, ...u(offset)]);
export const store8 = (at: Code, v: Code, offset = 0): Code => join(at, v, [0x3a, 0, ...u(offset)]);

/** Ends the module's work with a trap. */
export const unreachable: Code = [0x00];

/** Atomic instructions: the prefix, the instruction, the natural alignment. On a memory that is not shared they are allowed, too. */
const atomic = (op: number, align: number, ...operands: readonly Code[]): Code =>
  join(...operands, [0xfe, op, align, 0]);
export const atomicLoad32 = (at: Code): Code => atomic(0x10, 2, at);
export const atomicLoad64 = (at: Code): Code => atomic(0x11, 3, at);
/** Gives what was there before. */
export const atomicAdd32 = (at: Code, v: Code): Code => atomic(0x1e, 2, at, v);
/** Stores `next` where `expected` is found; gives what was found. */
export const atomicExchange64 = (at: Code, expected: Code, next: Code): Code => atomic(0x49, 3, at, expected, next);

const VOID = 0x40;
export const block = (...body: readonly Code[]): Code => join([0x02, VOID], ...body, [0x0b]);
export const loop = (...body: readonly Code[]): Code => join([0x03, VOID], ...body, [0x0b]);
export const when = (condition: Code, yes: Code, no: Code = []): Code =>
  no.length === 0 ? join(condition, [0x04, VOID], yes, [0x0b]) : join(condition, [0x04, VOID], yes, [0x05], no, [0x0b]);
export const br = (depth: number): Code => [0x0c, ...u(depth)];
export const brIf = (depth: number, condition: Code): Code => join(condition, [0x0d, ...u(depth)]);
export const brTable = (value: Code, targets: readonly number[], otherwise: number): Code =>
  join(value, [0x0e, ...u(targets.length)], ...targets.map(t => u(t)), u(otherwise));

/** `bodies[which[value]]`; nothing where `which` is -1. The value must be within the list. */
export function switchOn(value: Code, which: readonly number[], bodies: readonly Code[]): Code {
  const n = bodies.length;
  let code: Code = block(
    brTable(
      value,
      which.map(w => (w < 0 ? n : w)),
      n,
    ),
  );
  bodies.forEach((body, i) => {
    const out = join(code, body, br(n - 1 - i));
    code = i === n - 1 ? out : block(out);
  });
  return block(code);
}
