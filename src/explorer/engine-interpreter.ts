/** Breadth-first search by the interpreter, on arrays with string keys: slow, and the reference for the compiled engines. */
import { BoundReached, ModelError, Overdrawn } from '../model/error.js';
import { ask, askWhenever, movesOf } from '../model/interpret.js';
import type { Machine } from '../model/machine.js';
import type { Property } from '../model/model.js';
import type { Instance, Slot } from '../model/slots.js';
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
  return new Interpretation(machine, properties, options, canonical).search();
}

type State = readonly number[];

/** One search: the states that were found, each with its parent, and what was found out about them. */
class Interpretation {
  private readonly machine: Machine;
  private readonly properties: readonly Property[];
  private readonly options: SearchOptions;
  private readonly canonical: Canonical | undefined;
  /** Holdings that can be overdrawn. */
  private readonly holdings: readonly Slot[];
  private readonly always: readonly Property[];
  private readonly sometimes: Set<Property>;
  /** The number of each process's first step. */
  private readonly first: readonly number[];
  private readonly coverage: number[];
  private readonly states: State[] = [];
  private readonly parents: number[] = [];
  private readonly depths: number[] = [];
  private readonly index = new Map<string, number>();
  private readonly bounds = new Set<string>();
  private readonly reached = new Map<string, readonly State[]>();
  private readonly edges = { first: [] as number[], to: [] as number[], step: [] as number[], beyond: [] as number[] };
  private transitions = 0;
  private full = 0n;
  private violation: SearchResult['violation'];
  private failure: SearchResult['failure'];

  constructor(
    machine: Machine,
    properties: readonly Property[],
    options: SearchOptions,
    canonical: Canonical | undefined,
  ) {
    this.machine = machine;
    this.properties = properties;
    this.options = options;
    this.canonical = canonical;
    const { counts, instances } = machine.layout;
    this.holdings = counts.flatMap(c => c.parts.map(p => p.slot)).filter(s => s.min < 0);
    this.always = options.stopAtViolation ? properties.filter(p => p.kind === 'always') : [];
    this.sometimes = new Set(properties.filter(p => p.kind === 'sometimes'));
    const steps = instances.map(p => p.labels.length - 1);
    this.first = steps.map((_, i) => steps.slice(0, i).reduce((n, m) => n + m, 0));
    this.coverage = Array.from({ length: steps.reduce((n, m) => n + m, 0) }, () => 0);
  }

  search(): SearchResult {
    const t0 = performance.now();
    let depth = 0;
    this.add(this.machine.layout.initial, -1);
    for (let q = 0; q < this.states.length && this.violation === undefined && this.failure === undefined; q++) {
      depth = this.depths[q] ?? 0;
      if (this.isOver(q, depth, t0)) break;
      this.edges.first.push(this.edges.to.length);
      for (const p of this.machine.layout.instances) this.expand(q, p);
    }
    return this.result(depth);
  }

  private add(state: State, parent: number): number {
    const s = this.canonical?.of(state) ?? state;
    const key = s.join();
    const known = this.index.get(key);
    if (known !== undefined) return known;
    const i = this.states.push(s) - 1;
    this.index.set(key, i);
    this.full += BigInt(this.canonical?.orbit(s) ?? 1);
    this.parents.push(parent);
    this.depths.push(parent < 0 ? 0 : (this.depths[parent] ?? 0) + 1);
    if (this.violation === undefined) {
      const broken =
        this.options.accounting && this.holdings.some(h => (s[h.index] ?? 0) < 0)
          ? 'accounting'
          : this.always.find(p => !this.everywhere(p, s))?.name;
      if (broken !== undefined) this.violation = { property: broken, path: this.path(i) };
    }
    for (const p of this.sometimes)
      if (this.everywhere(p, s)) {
        this.reached.set(p.name, this.path(i));
        this.sometimes.delete(p);
      }
    return i;
  }

  private path(i: number): readonly State[] {
    const out: State[] = [];
    for (let k = i; k >= 0; k = this.parents[k] ?? -1) out.push(this.states[k] ?? []);
    return out.reverse();
  }

  private everywhere(p: Property, s: State): boolean {
    const elements = p.per === undefined ? 1 : (this.machine.model.declaration.sorts[p.per] ?? 0);
    return Array.from({ length: elements }, (_, id) => id).every(id => ask(this.machine, s, p, id));
  }

  /** Bounds of the search end it; bounds of holdings, met in expand(), only cut a branch. */
  private isOver(q: number, depth: number, t0: number): boolean {
    const { options, states, transitions } = this;
    const bytes = states.length * BYTES_A_STATE;
    const bound = (): string | undefined => {
      if (states.length >= options.maxStates) return `${options.maxStates} states`;
      if (depth >= options.maxDepth) return `depth ${options.maxDepth}`;
      if (bytes > options.maxBytes) return memoryBound(options.maxBytes);
      if (q % 4096 !== 4095 || options.progress === undefined) return undefined;
      const p = { states: states.length, transitions, depth, bytes, ms: performance.now() - t0 };
      return options.progress(p) ? undefined : 'the search was stopped';
    };
    const met = bound();
    if (met !== undefined) this.bounds.add(met);
    return met !== undefined;
  }

  /** Every step that the process can take in this state. */
  private expand(q: number, p: Instance): void {
    const s = this.states[q] ?? [];
    const k = (this.first[p.index] ?? 0) + (s[p.label.index] ?? 0);
    try {
      const r = movesOf(this.machine, s, p);
      for (const m of r.moves) {
        this.transitions++;
        this.coverage[k] = (this.coverage[k] ?? 0) + 1;
        const to = this.add(m.to, q);
        if (this.options.edges === true) {
          this.edges.to.push(to);
          this.edges.step.push(k);
        }
      }
      for (const { by: b } of r.stopped)
        if (b instanceof Overdrawn && this.options.accounting)
          this.violation ??= { property: 'accounting', path: this.path(q), overdraft: { step: k, holding: b.holding } };
        else {
          this.bounds.add(b.message);
          this.edges.beyond.push(q, k);
        }
    } catch (e) {
      if (e instanceof BoundReached) this.bounds.add(e.message);
      else if (e instanceof ModelError) this.failure ??= { message: e.message, step: k, path: this.path(q) };
      else throw e;
    }
  }

  private result(depth: number): SearchResult {
    const { states, edges, violation, failure } = this;
    return {
      states: states.length,
      transitions: this.transitions,
      depth: violation === undefined ? Math.max(depth, this.depths.at(-1) ?? 0) : violation.path.length - 1,
      coverage: this.coverage,
      reached: this.reached,
      bounds: [...this.bounds],
      bytes: states.length * BYTES_A_STATE,
      ...(violation === undefined ? {} : { violation }),
      ...(failure === undefined ? {} : { failure }),
      ...(this.options.edges === true
        ? {
            edges: {
              first: Int32Array.from([...edges.first, edges.to.length]),
              to: Int32Array.from(edges.to),
              step: Int32Array.from(edges.step),
              beyond: Int32Array.from(edges.beyond),
              marks: marksOf(this.machine, this.properties, states),
            },
          }
        : {}),
      ...(this.canonical === undefined ? {} : { full: this.full }),
      state: i => states[i] ?? [],
    };
  }
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
