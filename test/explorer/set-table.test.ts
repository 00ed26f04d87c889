/**
 * The table of a search of many states, without the search: each word is read by the rule of set-key.ts, written down here a second time, and must be
 * the state that was put in. The states are chosen to meet: many with one home, many of which only the bits beyond 64 differ.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { planEngine } from '#src/explorer/run-engine.js';
import type { Prepared } from '#src/explorer/wasm/prepared.js';
import { PAD, PARAMETERS } from '#src/explorer/wasm/set-layout.js';
import { SetStore } from '#src/explorer/wasm/set-store.js';
import { defineModel, int, restart } from '#src/model/index.js';

const C1 = 0x9e3779b97f4a7c15n;
const C2 = 0xd6e8feb86659fd93n;
const u64 = (x: bigint) => BigInt.asUintN(64, x);
const mask = (bits: number) => (1n << BigInt(bits)) - 1n;

/** The number that undoes a multiplication by an odd one. */
function inverse(odd: bigint): bigint {
  let x = odd;
  for (let i = 0; i < 6; i++) x = u64(x * (2n - odd * x));
  return x;
}
const [I1, I2] = [inverse(C1), inverse(C2)];

/** The state's bits that were mixed into a key. */
function unmixed(key: bigint): bigint {
  let x = key ^ (key >> 32n);
  x = u64(x * I1);
  x ^= (x >> 29n) ^ (x >> 58n);
  x = u64(x * I2);
  return x ^ (x >> 31n) ^ (x >> 62n);
}

interface Shape {
  readonly first: number;
  readonly bits: number;
}
const shapes = [
  { size: 9, bits: 63 },
  { size: 8, bits: 64 },
  { size: 8, bits: 65 },
  { size: 9, bits: 68 },
  { size: 8, bits: 72 },
];

/** A search whose states have so many bits, in fields of a size: each field is 0 or all ones, so that none is narrower than declared. */
function prepared(size: number, bits: number): Prepared {
  const widths = Array.from({ length: Math.ceil(bits / size) }, (_, i) => Math.min(size, bits - i * size));
  const world = Object.fromEntries(widths.map((w, i) => [`f${i}`, int(0, 2 ** w - 1)]));
  const model = defineModel('table', { sorts: {}, state: { world } }).process('fill', {}, {
    fill(s: { world: Record<string, number> }) {
      widths.forEach((w, i) => {
        s.world[`f${i}`] = 2 ** w - 1;
      });
      return restart;
    },
  } as never);
  const search = { stopAtViolation: true, accounting: true, maxStates: 1e7, maxDepth: 2 ** 40, maxBytes: 2 ** 31 };
  const plan = planEngine(model as never, [], search, { symmetry: 'off' }, []);
  assert.ok(plan.prepared !== undefined);
  return plan.prepared;
}

/** Words of the state with this key, and these bits beyond. A narrow state's key is that of one more than its bits. */
function wordsOf({ first, bits }: Shape, key: bigint, beyond: bigint): bigint[] {
  const low = bits > 63 ? unmixed(key) ^ u64(beyond * C1) : u64(unmixed(key) - 1n);
  return [low & mask(first), ((low >> BigInt(first)) | (beyond << BigInt(64 - first))) & mask(bits - first)];
}

const bytesOf = (states: readonly (readonly bigint[])[], words: number) =>
  new Uint8Array(BigUint64Array.from(states.flatMap(s => s.slice(0, words))).buffer);

/** What the table holds, each as text; that a search finds it is checked on the way. */
function held(store: SetStore, shape: Shape): string[] {
  const view = store.view();
  const table = view.getUint32(PARAMETERS.table, true);
  const slots = Number(view.getBigUint64(PARAMETERS.slots, true));
  const wordAt = (i: number) => view.getBigUint64(table + 8 * i, true);
  const found: string[] = [];
  for (let at = 0; at < slots + PAD; at++) {
    const word = wordAt(at);
    if (word === 0n) continue;
    const { key, beyond, home } = shape.bits > 63 ? tagged(word, at, slots, shape.bits - 64) : narrow(word, slots);
    for (let i = home; i < at; i++) assert.notEqual(wordAt(i), 0n, `a gap between home ${home} and ${at}`);
    assert.ok(home <= at && home < slots, `home ${home}, at ${at}`);
    found.push(wordsOf(shape, key, beyond).join());
  }
  return found.sort();
}

const narrow = (word: bigint, slots: number) => ({
  key: word,
  beyond: 0n,
  home: Number(((word >> 32n) * BigInt(slots)) >> 32n),
});

function tagged(word: bigint, at: number, slots: number, over: number) {
  const top = Math.floor(Math.log2(slots));
  const low = 64 - top;
  const home = at - (Number(word >> BigInt(low + over)) - 1);
  const tops = (BigInt(home) * 2n ** BigInt(top) + BigInt(slots) - 1n) / BigInt(slots);
  return { key: (tops << BigInt(low)) | (word & mask(low)), beyond: (word >> BigInt(low)) & mask(over), home };
}

/** Numbers without a pattern, the same each time. */
function* scattered(): Generator<bigint> {
  for (let x = 88172645463325252n; ; yield x) {
    x ^= u64(x << 13n);
    x ^= x >> 7n;
    x ^= u64(x << 17n);
  }
}

function shapeOf(p: Prepared): Shape {
  assert.ok(p.module.many !== undefined);
  return p.module.many;
}
const storeOf = (p: Prepared, states: number) => new SetStore(p, false, states, 1);

for (const { size, bits } of shapes)
  test(`${bits} bits in fields of ${size}: what is put in is there, however often the table grows`, () => {
    const p = prepared(size, bits);
    const shape = shapeOf(p);
    assert.equal(shape.bits, bits);
    // A state of 63 bits has no key whose bits, less one, are all ones.
    const fits = (key: bigint) => bits > 63 || unmixed(key) - 1n <= mask(63);
    const random = scattered();
    const next = () => random.next().value as bigint;
    const over = mask(Math.max(0, bits - 64));
    const states = new Map<string, bigint[]>();
    const add = (key: bigint, beyond: bigint) => {
      const words = wordsOf(shape, key, beyond);
      if (key !== 0n && fits(key)) states.set(words.join(), words);
    };
    for (let i = 0; i < 2000; i++) add(next(), next() & over);
    // One key, all that is beyond it; and many keys with a home: the first, one in the middle, the last.
    for (let b = 0n; b <= over; b++) add(0x123456789abcdefn, b);
    for (const top of [0n, mask(24), mask(23)])
      for (let i = 0; i < 60; i++) add((top << 40n) | (next() & mask(40)), next() & over);
    const expected = [...states.keys()].sort();
    const store = storeOf(p, states.size);
    store.admit(bytesOf([...states.values()], p.words), 8 * p.words, false);
    assert.deepEqual(held(store, shape), expected);
    for (const factor of [1.01, 1.3, 1.49, 1.2]) {
      const slots = Number(store.view().getBigUint64(PARAMETERS.slots, true));
      // As if it were full, and so many were to come.
      assert.ok(store.grow(1, slots, slots * factor * 0.82, 2 ** 31));
      // There may be more chunks, too: then the table has moved.
      store.tell(1, states.size);
      assert.ok(Number(store.view().getBigUint64(PARAMETERS.slots, true)) > slots);
      assert.deepEqual(held(store, shape), expected, `${slots} slots, ${factor} times as many`);
    }
  });

test('4,095 states with one home are held; one more is refused, not taken for another', () => {
  const p = prepared(8, 65);
  const shape = shapeOf(p);
  const at = (i: number) => wordsOf(shape, (5n << 51n) | BigInt(i), BigInt(i & 1));
  const full = Array.from({ length: 4095 }, (_, i) => at(i));
  const store = storeOf(p, 1);
  store.admit(bytesOf(full, p.words), 8 * p.words, false);
  assert.deepEqual(held(store, shape), full.map(s => s.join()).sort());
  assert.throws(() => store.admit(bytesOf([at(4095)], p.words), 8 * p.words, false), /unreachable/);
});

test('a state of 73 bits is too wide for the table', () => {
  assert.equal(prepared(9, 73).module.many, undefined);
});
