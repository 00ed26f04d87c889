/** The search from a state in the middle of a run: what can still happen from here. */
import { Machine } from '../model/machine.js';
import type { AnyModel } from '../model/model.js';
import { type Compiled, compile } from './compile.js';
import { searchInterpreter } from './engine-interpreter.js';
import { searchJs } from './engine-js.js';
import { TooLarge } from './enumerate.js';
import { answer, begin, type ExploreOptions, type Question } from './explore.js';
import { resting } from './resting.js';
import type { Run } from './run-engine.js';
import type { Verdict } from './verdict.js';

/** Symmetry is off: a state in the middle tells the elements of a sort apart. */
export type FromOptions = Pick<ExploreOptions, 'property' | 'fairness' | 'maxStates' | 'maxDepth' | 'progress'> & {
  readonly engine?: 'interpreter' | 'js';
};

/** A machine of one search alone begins where it is told. */
const beginAt = (machine: Machine, state: readonly number[]): void => {
  (machine.layout as { initial: readonly number[] }).initial = state;
};

/**
 * As `explore`, but the search begins at `state`, which some run of the model reaches: the shortest way from there, or the proof that there is none
 * any more. The run of its verdict begins at `state` too. Errors: as `explore`.
 */
export function exploreFrom(what: AnyModel, state: readonly number[], options: FromOptions = {}): Verdict {
  const { engine, ...rest } = options;
  const question = begin(what, rest);
  return answer(
    question,
    resting(question, () => searched(question, state, engine)),
  );
}

function searched({ model, asked, search, notes }: Question, state: readonly number[], engine?: string): Run {
  let compiled: Compiled | undefined;
  try {
    // What is possible is found from the model's own start, so the state is packed as any other that is reached from there.
    compiled = engine === 'interpreter' ? undefined : compile(model, asked.check);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    notes.push(`searched by the interpreter, which is slow: ${error.message}`);
  }
  const machine = compiled?.machine ?? new Machine(model);
  beginAt(machine, state);
  const result = compiled === undefined ? searchInterpreter(machine, asked.check, search) : searchJs(compiled, search);
  return {
    result,
    machine,
    engine: compiled === undefined ? 'interpreter' : 'js',
    // A step that is behind us is never taken, and that is no news.
    coverage: [],
    start: state,
    canonical: s => s,
  };
}
