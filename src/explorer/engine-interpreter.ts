/** Breadth-first search by the interpreter, on arrays with string keys: slow, and the reference for the compiled engines. */
import { BoundReached, ModelError, Overdrawn } from '../model/error.js';
import { ask, askWhenever, movesOf } from '../model/interpret.js';
import type { Machine } from '../model/machine.js';
import type { Property } from '../model/model.js';
import type { Canonical } from './canonical.js';
import { CALLED, HOLDS, memoryBound, type SearchOptions, type SearchResult } from './search.js';

const BYTES_A_STATE = 400;

/** Searches with the interpreter; with `canonical`, one state stands for each orbit. */
export function searchInterpreter(
  machine: Machine,
  properties: readonly Property[],
  options: SearchOptions,
  canonical?: Canonical,
): SearchResult {
  const { layout } = machine;
  const holdings = layout.counts.flatMap(c => c.parts.map(p => p.slot)).filter(s => s.min < 0);
  const always = options.stopAtViolation ? properties.filter(p => p.kind === 'always') : [];
  const sometimes = new Set(properties.filter(p => p.kind === 'sometimes'));
  const first = layout.instances.map((_, i) =>
    layout.instances.slice(0, i).reduce((n, p) => n + p.labels.length - 1, 0),
  );
  const coverage = Array.from({ length: layout.instances.reduce((n, p) => n + p.labels.length - 1, 0) }, () => 0);
  const states: (readonly number[])[] = [];
  const parents: number[] = [];
  const depths: number[] = [];
  const index = new Map<string, number>();
  const bounds = new Set<string>();
  const reached = new Map<string, readonly (readonly number[])[]>();
  const edges = { first: [] as number[], to: [] as number[], step: [] as number[], beyond: [] as number[] };
  let transitions = 0;
  let full = 0n;
  let violation: SearchResult['violation'];
  let failure: SearchResult['failure'];
  const path = (i: number) => {
    const out: (readonly number[])[] = [];
    for (let k = i; k >= 0; k = parents[k] ?? -1) out.push(states[k] ?? []);
    return out.reverse();
  };
  const everywhere = (p: Property, s: readonly number[]) =>
    Array.from(
      { length: p.per === undefined ? 1 : (machine.model.declaration.sorts[p.per] ?? 0) },
      (_, id) => id,
    ).every(id => ask(machine, s, p, id));
  const add = (state: readonly number[], parent: number): number => {
    const s = canonical?.of(state) ?? state;
    const key = s.join();
    const known = index.get(key);
    if (known !== undefined) return known;
    const i = states.push(s) - 1;
    index.set(key, i);
    full += BigInt(canonical?.orbit(s) ?? 1);
    parents.push(parent);
    depths.push(parent < 0 ? 0 : (depths[parent] ?? 0) + 1);
    if (violation === undefined) {
      const broken =
        options.accounting && holdings.some(h => (s[h.index] ?? 0) < 0)
          ? 'accounting'
          : always.find(p => !everywhere(p, s))?.name;
      if (broken !== undefined) violation = { property: broken, path: path(i) };
    }
    for (const p of sometimes)
      if (everywhere(p, s)) {
        reached.set(p.name, path(i));
        sometimes.delete(p);
      }
    return i;
  };
  const t0 = performance.now();
  let depth = 0;
  add(layout.initial, -1);
  for (let q = 0; q < states.length && violation === undefined && failure === undefined; q++) {
    depth = depths[q] ?? 0;
    // Bounds of the search end it; bounds of holdings, met below, only cut a branch.
    const cut = bounds.size;
    if (states.length >= options.maxStates) bounds.add(`${options.maxStates} states`);
    else if (depth >= options.maxDepth) bounds.add(`depth ${options.maxDepth}`);
    else if (states.length * BYTES_A_STATE > options.maxBytes) bounds.add(memoryBound(options.maxBytes));
    else if (q % 4096 === 4095 && options.progress !== undefined) {
      const p = {
        states: states.length,
        transitions,
        depth,
        bytes: states.length * BYTES_A_STATE,
        ms: performance.now() - t0,
      };
      if (!options.progress(p)) bounds.add('the search was stopped');
    }
    if (bounds.size > cut) break;
    edges.first.push(edges.to.length);
    const s = states[q] ?? [];
    for (const p of layout.instances) {
      const k = (first[p.index] ?? 0) + (s[p.label.index] ?? 0);
      try {
        const r = movesOf(machine, s, p);
        for (const m of r.moves) {
          transitions++;
          coverage[k] = (coverage[k] ?? 0) + 1;
          const to = add(m.to, q);
          if (options.edges === true) {
            edges.to.push(to);
            edges.step.push(k);
          }
        }
        for (const { by: b } of r.stopped)
          if (b instanceof Overdrawn && options.accounting)
            violation ??= { property: 'accounting', path: path(q), overdraft: { step: k, holding: b.holding } };
          else {
            bounds.add(b.message);
            edges.beyond.push(q, k);
          }
      } catch (e) {
        if (e instanceof BoundReached) bounds.add(e.message);
        else if (e instanceof ModelError) failure ??= { message: e.message, step: k, path: path(q) };
        else throw e;
      }
    }
  }
  return {
    states: states.length,
    transitions,
    depth: violation === undefined ? Math.max(depth, depths.at(-1) ?? 0) : violation.path.length - 1,
    coverage,
    reached,
    bounds: [...bounds],
    bytes: states.length * BYTES_A_STATE,
    ...(violation === undefined ? {} : { violation }),
    ...(failure === undefined ? {} : { failure }),
    ...(options.edges === true
      ? {
          edges: {
            first: Int32Array.from([...edges.first, edges.to.length]),
            to: Int32Array.from(edges.to),
            step: Int32Array.from(edges.step),
            beyond: Int32Array.from(edges.beyond),
            marks: marksOf(machine, properties, states),
          },
        }
      : {}),
    ...(canonical === undefined ? {} : { full }),
    state: i => states[i] ?? [],
  };
}

function marksOf(
  machine: Machine,
  properties: readonly Property[],
  states: readonly (readonly number[])[],
): Uint8Array {
  const p = properties.find(x => x.kind === 'eventually');
  if (p === undefined) return new Uint8Array(states.length);
  const called = (s: readonly number[], i: number) => (p.whenever === undefined ? i === 0 : askWhenever(machine, s, p));
  return Uint8Array.from(states, (s, i) => (ask(machine, s, p) ? HOLDS : 0) | (called(s, i) ? CALLED : 0));
}
