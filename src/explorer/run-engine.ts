/** Picks the engine for a search and runs it. */
import { Machine } from '../model/machine.js';
import { type AnyModel, calledStep, type Property } from '../model/model.js';
import { canonicalBy, MAX_ORDER } from './canonical.js';
import { type Compiled, compile } from './compile.js';
import { searchInterpreter } from './engine-interpreter.js';
import { searchJs } from './engine-js.js';
import { TooLarge } from './enumerate.js';
import { fuseLocks } from './movers.js';
import type { Packing } from './pack.js';
import type { SearchOptions, SearchResult } from './search.js';
import { type Symmetry, symmetryOf } from './symmetry.js';
import type { Coverage, EngineName } from './verdict.js';
import { canonicalIn, decode, packingOf, prepare, tooMuch } from './wasm/engine.js';
import type { Prepared, Raw } from './wasm/prepared.js';
import { runPrepared } from './wasm/run.js';
import { Store } from './wasm/store.js';
import { wasmSymmetry } from './wasm/symmetry.js';
import { planSymmetry } from './wasm/symmetry-plan.js';

export interface Run {
  readonly result: SearchResult;
  readonly machine: Machine;
  readonly engine: EngineName;
  readonly coverage: readonly Coverage[];
  /** The first state as it really is. */
  readonly start: readonly number[];
  /** So many steps were fused with a lock step: steps are then not taken under their own names. */
  readonly fused?: number;
  /** Which state stands for this one's orbit. */
  readonly canonical: (state: readonly number[]) => readonly number[];
  /** What was compiled; not there where the interpreter runs what could not be. */
  readonly compiled?: Compiled;
}

export interface EngineOptions {
  readonly engine?: EngineName;
  readonly symmetry?: 'on' | 'off';
  readonly movers?: 'on' | 'off';
  /** What is compiled: the values that are possible, or all that are declared. For tests. */
  readonly ranges?: 'possible' | 'declared';
}

const same = (s: readonly number[]) => s;

/** A search that is ready to run. */
export interface Plan {
  /** Runs it in this thread. */
  run(): Run;
  /** The search as plain data, where it can be sent to a worker; `finish` takes what came back, and may ask for another search. */
  readonly prepared?: Prepared;
  finish?(raw: Raw): Run | Plan;
}

/** Picks the fastest engine that fits, or the one asked for. `notes` gets what a reader must know. */
export function planEngine(
  model: AnyModel,
  check: readonly Property[],
  search: SearchOptions,
  options: EngineOptions,
  notes: string[],
): Plan {
  let compiled: Compiled;
  try {
    compiled = compile(model, check, options.ranges);
    if (options.movers === 'on') {
      const plan = fusedPlan(compiled, model, check, search, options, notes);
      if (plan !== undefined) return plan;
    }
  } catch (e) {
    if (!(e instanceof TooLarge)) throw e;
    if (options.engine !== 'interpreter') notes.push(`searched by the interpreter, which is slow: ${e.message}`);
    const machine = new Machine(model);
    return { run: () => finish(machine, searchInterpreter(machine, check, search), 'interpreter', same) };
  }
  return compiledPlan(compiled, check, search, options, notes);
}

/** Lock steps are fused for a proof; whatever else is found is looked for again in the model as it is, so that a trace is the shortest. */
function fusedPlan(
  compiled: Compiled,
  model: AnyModel,
  check: readonly Property[],
  search: SearchOptions,
  options: EngineOptions,
  notes: string[],
): Plan | undefined {
  if (!search.stopAtViolation || options.engine === 'interpreter') {
    notes.push('lock steps are not fused: that is for proofs of always properties by a compiled search');
    return undefined;
  }
  const { compiled: fused, fused: steps } = fuseLocks(compiled);
  if (steps === 0) {
    notes.push('lock steps are not fused: no lock is used in a way that allows it');
    return undefined;
  }
  const plan = compiledPlan(fused, check, search, options, []);
  const after = (run: Run): Run | Plan => {
    const { movers: _, ...plain } = options;
    const { violation, failure } = run.result;
    if (violation !== undefined || failure !== undefined) return planEngine(model, check, search, plain, notes);
    notes.push(`${steps} steps were fused with a lock step beside them: the states between are not counted`);
    return { ...run, fused: steps };
  };
  const { prepared, finish } = plan;
  return {
    run: () => ended(after(plan.run())),
    ...(prepared === undefined || finish === undefined
      ? {}
      : { prepared, finish: (raw: Raw) => after(ended(finish(raw))) }),
  };
}

/** What a plan comes to in this thread. */
function ended(run: Run | Plan): Run {
  return 'result' in run ? run : run.run();
}

function compiledPlan(
  compiled: Compiled,
  check: readonly Property[],
  search: SearchOptions,
  options: EngineOptions,
  notes: string[],
): Plan {
  const { machine } = compiled;
  const symmetry = symmetryFor(compiled, check, search, options, notes);
  const packing = packingOf(compiled, symmetry !== undefined);
  const instead = search.edges === true ? 'liveness needs the edges of the graph' : tooMuch(compiled, packing);
  const wasm = (options.engine ?? 'wasm') === 'wasm' && instead === undefined;
  if (options.engine === 'wasm' && instead !== undefined) notes.push(`searched in JavaScript: ${instead}`);
  if (wasm) {
    const plan = symmetry === undefined ? undefined : planSymmetry(machine, packing, symmetry);
    if (symmetry !== undefined && plan === undefined) notes.push('symmetry is off: it has too many permutations');
    const code =
      symmetry !== undefined && plan !== undefined ? wasmSymmetry(machine, packing, symmetry, plan) : undefined;
    return wasmPlan(compiled, packing, search, prepare(compiled, packing, search, code));
  }
  const tried = symmetry !== undefined && symmetry.order <= MAX_ORDER ? canonicalBy(machine, symmetry) : undefined;
  if (symmetry !== undefined && tried === undefined) notes.push('symmetry is off: it has too many permutations');
  const canonical = tried === undefined ? same : tried.of;
  return {
    run: () => ({
      ...(options.engine === 'interpreter'
        ? finish(machine, searchInterpreter(machine, check, search, tried), 'interpreter', canonical)
        : finish(machine, searchJs(compiled, search, tried), 'js', canonical)),
      compiled,
    }),
  };
}

function wasmPlan(compiled: Compiled, packing: Packing, search: SearchOptions, prepared: Prepared): Plan {
  const { machine } = compiled;
  const run = (raw: Raw, store: Store): Run => ({
    ...finish(machine, decode(compiled, packing, raw, store), 'wasm', s => canonicalIn(store, compiled, packing, s)),
    compiled,
  });
  return {
    prepared,
    run: () => {
      const { raw, store } = runPrepared(prepared, search.progress);
      return run(raw, store);
    },
    // The worker's memory stays with the worker; a store of our own finds canonical forms.
    finish: raw => run(raw, new Store(prepared)),
  };
}

/** The symmetry that is used: none with liveness, none where it is switched off, none that is not shown to be there. */
function symmetryFor(
  compiled: Compiled,
  check: readonly Property[],
  search: SearchOptions,
  options: EngineOptions,
  notes: string[],
): Symmetry | undefined {
  if (options.symmetry === 'off') return undefined;
  if (search.edges === true) {
    if (options.symmetry === 'on') notes.push('symmetry is off: it is never used together with liveness');
    return undefined;
  }
  const { symmetry, refused } = symmetryOf(compiled, check);
  if (options.symmetry === 'on') notes.push(...refused);
  return symmetry.order === 1 ? undefined : symmetry;
}

function finish(machine: Machine, result: SearchResult, engine: EngineName, canonical: Run['canonical']): Run {
  return { result, machine, engine, coverage: coverageOf(machine, result), start: machine.layout.initial, canonical };
}

function coverageOf(machine: Machine, result: SearchResult): Coverage[] {
  const steps = machine.layout.instances.flatMap(p => p.labels.slice(0, -1).map(step => ({ process: p.name, step })));
  return steps.map((s, i) => {
    const called = calledStep(machine.model, s.step);
    return { ...s, ...(called === s.step ? {} : { called }), taken: result.coverage[i] ?? 0 };
  });
}
