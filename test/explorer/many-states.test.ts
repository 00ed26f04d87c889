/** A search of many states keeps no parents and may have a second thread: everything that it counts is what a search with parents counts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { explore, exploreInWorker } from '#src/explorer/index.js';
import { planEngine } from '#src/explorer/run-engine.js';
import type { Many, Prepared, Raw } from '#src/explorer/wasm/prepared.js';
import { runPrepared } from '#src/explorer/wasm/run.js';
import { defineModel, int, type Model, restart } from '#src/model/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';
import { modelOf, recipes } from './random-model.js';

const never: Many = { from: Infinity, threads: 1, helpFrom: 0, level: 1 };
/** From the first level on, so that small models do it too. */
const atOnce: Many = { from: 1, threads: 1, helpFrom: Infinity, level: 1 };
const shared: Many = { from: 2 ** 14, threads: 2, helpFrom: 2 ** 15, level: 2 };

interface Bounds {
  readonly maxStates?: number;
  readonly maxBytes?: number;
  /** False: nothing that could be violated is asked. */
  readonly accounting?: boolean;
}

function prepared(model: Model, symmetry: 'on' | 'off', bounds: Bounds = {}): Prepared {
  const { maxStates = 1e7, maxBytes = 2 ** 31, accounting = true } = bounds;
  const check = model.properties.filter(p => p.kind === 'sometimes' || (accounting && p.kind === 'always'));
  const maxDepth = Number.MAX_SAFE_INTEGER;
  const search = { stopAtViolation: true, accounting, maxStates, maxDepth, maxBytes };
  const plan = planEngine(model, check, search, { symmetry }, []);
  assert.ok(plan.prepared?.module.many !== undefined, 'a search that can do without parents');
  return plan.prepared;
}

const run = (p: Prepared, many: Many) => runPrepared({ ...p, many }).raw;

/** What must be the same: all but the memory, the number of threads, and the ways to what is only asked to be possible. */
function told(raw: Raw): unknown {
  const { bytes: _, threads: __, reached, ...rest } = raw;
  return { ...rest, reached: reached.map(([name]) => name) };
}

test('random models: the same counts, bounds and violations', () => {
  let gone = 0;
  fc.assert(
    fc.property(
      recipes({}),
      fc.constantFrom('on' as const, 'off' as const),
      fc.boolean(),
      (recipe, symmetry, accounting) => {
        const p = prepared(modelOf(recipe), symmetry, { maxStates: 20_000, accounting });
        const plain = run(p, never);
        // A bound is looked at when a level ends.
        if (plain.bounds.some(b => b.endsWith(' states'))) return;
        const many = run(p, atOnce);
        assert.deepEqual(told(many), told(plain));
        if (many.threads !== undefined && many.states > 20) gone++;
      },
    ),
    { numRuns: 250, seed: 5, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true },
  );
  assert.ok(gone >= 30, `${gone} searches without parents`);
});

test('gupref, whose table grows many times: with symmetry and without', () => {
  for (const [pages, vcpus, symmetry] of [
    [2, 2, 'off'],
    [2, 3, 'off'],
    [3, 3, 'on'],
  ] as const) {
    const p = prepared(gupref({ pages, vcpus }), symmetry);
    const many = run(p, atOnce);
    assert.equal(many.threads, 1);
    assert.deepEqual(told(many), told(run(p, never)));
  }
});

/** A state of more than 64 bits, as scattered as can be: six fields of so many bits, and 17 more. */
function wide(values: number, bits: number): Model {
  const fields = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
  const state = {
    n: int(0, values - 1),
    ...Object.fromEntries(fields.map(f => [f, int(0, 2 ** bits - 1)])),
  } as Record<(typeof fields)[number] | 'n', ReturnType<typeof int>>;
  return defineModel('wide', { sorts: { cpu: 3 }, state: { world: state, cpu: { at: int(0, 3) } } })
    .process(
      'count',
      {},
      {
        count(s) {
          const n = (s.world.n + 1) % values;
          s.world.n = n;
          fields.forEach((f, i) => {
            s.world[f] = Math.imul(n + 1, 0x9e3779b1 + 2 * i) >>> (32 - bits);
          });
          return restart;
        },
      },
    )
    .process(
      'walk',
      {},
      {
        walk(s, _me, pick) {
          const cpu = pick(s.cpu);
          cpu.at = (cpu.at + 1) % 4;
          return restart;
        },
      },
    );
}

test('a state of more than 64 bits is held exactly, too: some of its bits are in its place', () => {
  // Of the less wide one the table is small enough to grow: each word is taken apart and put together again.
  for (const bits of [8, 9])
    for (const symmetry of ['off', 'on'] as const) {
      const p = prepared(wide(1100, bits), symmetry);
      assert.equal(p.module.many?.bits, 6 * bits + 17);
      const many = run(p, atOnce);
      assert.equal(many.threads, 1);
      assert.ok(many.states >= 1100 * 20, `${many.states} states`);
      assert.deepEqual(told(many), told(run(p, never)));
    }
});

/** The bijection that scatters states takes the bits beyond 64 times this number into the others. */
const FACTOR = 0x9e3779b97f4a7c15n;

test('states that scatter alike but for what is beyond their 64 bits are as many as they are', () => {
  const KEY = 0x123456789abcdefn;
  const bytes = (x: bigint) => Array.from({ length: 8 }, (_, i) => Number((x >> BigInt(8 * i)) & 255n));
  const fields = [...bytes(0n).map((_, i) => [`b${i}`, int(0, 255)]), ['beyond', int(0, 255)]];
  const bare = defineModel('alike', { sorts: {}, state: { world: Object.fromEntries(fields) } });
  type World = { world: Record<string, number> };
  const to = (s: World, values: readonly number[], beyond: number) => {
    values.forEach((v, i) => {
      s.world[`b${i}`] = v;
    });
    s.world.beyond = beyond;
    return restart;
  };
  const model = bare
    // 256 states in a row with one home, and all other bits of a word alike, but for those that are beyond.
    .process('next', {}, {
      next(s: World) {
        const beyond = ((s.world.beyond ?? 0) + 1) % 256;
        return to(s, bytes(KEY ^ BigInt.asUintN(64, BigInt(beyond) * FACTOR)), beyond);
      },
    } as never)
    .process('fill', {}, { fill: (s: World) => to(s, Array(8).fill(255), 255) } as never);
  const p = prepared(model as never, 'off');
  assert.deepEqual(p.module.many, { words: 2, first: 56, bits: 72 });
  const many = run(p, atOnce);
  // With the first and the full one.
  assert.deepEqual([many.threads, many.states], [1, 258]);
  assert.deepEqual(told(many), told(run(p, never)));
});

test('two threads count what one counts', () => {
  for (const [pages, vcpus, symmetry] of [
    [4, 2, 'off'],
    [4, 3, 'on'],
  ] as const) {
    const p = prepared(gupref({ pages, vcpus }), symmetry);
    const two = run(p, shared);
    assert.equal(two.threads, 2);
    assert.deepEqual(told(two), told(run(p, never)));
  }
});

test('what is violated is found again with the shortest way to it, by one thread and by two', () => {
  for (const bug of [1, 3]) {
    const p = prepared(gupref({ pages: 4, vcpus: 3, bug }), 'off');
    const plain = run(p, never);
    assert.ok(plain.violation !== undefined);
    for (const many of [{ ...atOnce, from: 1000 }, shared]) assert.deepEqual(run(p, many), plain);
  }
});

test('a bound on states leaves the counts of whole levels, by one thread and by two', () => {
  const p = prepared(gupref({ pages: 4, vcpus: 2 }), 'off', { maxStates: 300_000 });
  const one = run(p, { ...shared, threads: 1 });
  assert.deepEqual(one.bounds, ['300000 states']);
  assert.ok(one.states >= 300_000 && one.states < 400_000, `${one.states}`);
  assert.deepEqual(told(run(p, shared)), told(one));
});

test('a bound on memory ends it', () => {
  const p = prepared(gupref({ pages: 4, vcpus: 2 }), 'off', { maxBytes: 8_000_000 });
  for (const many of [{ ...shared, threads: 1 }, shared]) {
    const raw = run(p, many);
    assert.match(raw.bounds.join(), /^8000000 bytes of memory/);
    assert.ok(raw.bytes <= 8_000_000, `${raw.bytes}`);
    assert.ok(raw.states > 100_000 && raw.states < 1_747_845, `${raw.states}`);
  }
});

test('whoever is told how far it is can stop it, by one thread and by two', () => {
  const p = prepared(gupref({ pages: 4, vcpus: 2 }), 'off');
  for (const many of [{ ...shared, threads: 1 }, shared]) {
    const { raw } = runPrepared({ ...p, many }, now => now.states < 700_000);
    assert.deepEqual(raw.bounds, ['the search was stopped']);
    assert.ok(raw.states < 1_747_845);
  }
});

const threads = () => Number(/^Threads:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
async function threadsComeDownTo(most: number): Promise<void> {
  for (let i = 0; i < 100 && threads() > most; i++) await new Promise(resolve => setTimeout(resolve, 50));
  assert.ok(threads() <= most, `${threads()} threads, ${most} before`);
}

test('threads end: after an answer, and after an interrupt of the thread that they help', {
  timeout: 120_000,
}, async () => {
  // Whatever the process starts once for all its threads is there after this.
  await exploreInWorker(gupref({}));
  await new Promise(resolve => setTimeout(resolve, 200));
  const before = threads();
  explore(gupref({ pages: 3, vcpus: 3 }), { symmetry: 'off' });
  await threadsComeDownTo(before);
  const stop = new AbortController();
  let last = 0;
  const search = exploreInWorker(gupref({ pages: 5, vcpus: 3 }), {
    symmetry: 'off',
    signal: stop.signal,
    progress: p => {
      last = p.states;
      if (p.states > 1_500_000) stop.abort();
      return true;
    },
  });
  await assert.rejects(search, /interrupted.*nothing is proved/s);
  assert.ok(last > 1_500_000);
  await threadsComeDownTo(before);
});

test('an interrupt of a search that has a second thread ends both: the process goes on, and ends by itself', {
  timeout: 120_000,
}, async () => {
  const source = (file: string) => pathToFileURL(path.resolve(import.meta.dirname ?? '', '../../../dist', file)).href;
  const script = `
    import { writeSync } from 'node:fs';
    import { explore } from '${source('explorer/index.js')}';
    import { gupref } from '${source('stories/start-here/gupref.js')}';
    const progress = p => {
      if (p.states > 3_000_000) writeSync(1, 'under way ');
      return true;
    };
    try {
      explore(gupref({ pages: 5, vcpus: 3 }), { symmetry: 'off', progress });
    } catch (e) {
      console.log(e.message);
    }`;
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-interrupt-'));
  const file = path.join(dir, 'search.mjs');
  writeFileSync(file, script);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let said = '';
  child.stdout.on('data', text => {
    if (said === '') child.kill('SIGINT');
    said += String(text);
  });
  // Only a child that does not end by itself is killed.
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [code] = await ended;
  clearTimeout(late);
  rmSync(dir, { recursive: true });
  assert.match(said, /interrupted/);
  assert.equal(code, 0);
});
