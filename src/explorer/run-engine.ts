/** Picks the engine for a search and runs it. */
import { Machine } from '../model/machine.js';
import type { Model, Property } from '../model/model.js';
import { type Compiled, compile } from './compile.js';
import { searchInterpreter } from './engine-interpreter.js';
import { searchJs } from './engine-js.js';
import { TooLarge } from './enumerate.js';
import type { SearchOptions, SearchResult } from './search.js';
import type { Coverage, EngineName } from './verdict.js';
import { fits, searchWasm } from './wasm/engine.js';

export interface Run {
  readonly result: SearchResult;
  readonly machine: Machine;
  readonly compiled?: Compiled;
  readonly engine: EngineName;
  readonly coverage: readonly Coverage[];
  /** The first state as it really is. */
  readonly start: readonly number[];
  /** Which state stands for this one's orbit. */
  readonly canonical: (state: readonly number[]) => readonly number[];
}

export interface EngineOptions {
  readonly engine?: EngineName;
  readonly symmetry?: 'on' | 'off';
}

const same = (s: readonly number[]) => s;

/** Runs the fastest engine that fits, or the one asked for. `notes` gets what a reader must know. */
export function runEngine(
  model: Model,
  check: readonly Property[],
  search: SearchOptions,
  options: EngineOptions,
  notes: string[],
): Run {
  if (options.engine === 'interpreter') return interpret(model, check, search);
  let compiled: Compiled;
  try {
    compiled = compile(model, check);
  } catch (e) {
    if (!(e instanceof TooLarge)) throw e;
    notes.push(`searched by the interpreter, which is slow: ${e.message}`);
    return interpret(model, check, search);
  }
  const { machine } = compiled;
  const wasm = options.engine !== 'js' && search.edges !== true && fits(compiled);
  if (options.engine === 'wasm' && !wasm)
    notes.push(
      `searched in JavaScript: ${search.edges === true ? 'liveness needs the edges of the graph' : 'the state is too wide for WebAssembly'}`,
    );
  const result = wasm ? searchWasm(compiled, search) : searchJs(compiled, search);
  const coverage = coverageOf(machine, result);
  return {
    result,
    machine,
    compiled,
    engine: wasm ? 'wasm' : 'js',
    coverage,
    start: machine.layout.initial,
    canonical: same,
  };
}

function interpret(model: Model, check: readonly Property[], search: SearchOptions): Run {
  const machine = new Machine(model);
  const result = searchInterpreter(machine, check, search);
  const coverage = coverageOf(machine, result);
  return { result, machine, engine: 'interpreter', coverage, start: machine.layout.initial, canonical: same };
}

function coverageOf(machine: Machine, result: SearchResult): Coverage[] {
  const steps = machine.layout.instances.flatMap(p => p.labels.slice(0, -1).map(step => ({ process: p.name, step })));
  return steps.map((s, i) => ({ ...s, taken: result.coverage[i] ?? 0 }));
}
