/** The runs that are told again and again, by name: so that a notebook can draw any, and a test check it step by step. */
import type { Run } from '../kit/index.js';
import { ModelError, valueAt, whatThereIs } from '../model/index.js';
import { knownTable, type Table } from '../views/index.js';
import { type NamedRun, outcomeInWords, outcomeOf, playSide, type RunSide } from './named-run.js';
import { NAMED_RUNS } from './registry.js';

export { type NamedRun, outcomeOf, type RunOutcome, type RunSide, TOO_MANY } from './named-run.js';
export { NAMED_RUNS } from './registry.js';

/** The run of this name. Errors: there is none. */
export function namedRun(id: string): NamedRun {
  const found = NAMED_RUNS.find(r => r.id === id);
  if (found === undefined)
    throw new ModelError(
      `there is no run '${id}'; expected one of ${whatThereIs(
        id,
        NAMED_RUNS.map(r => r.id),
      )}`,
    );
  return found;
}

/** Its telling on this kernel; the wrong one unless told. Errors: the run is not told of that kernel. */
export function runSide(id: string, kernel?: string): RunSide {
  const of = namedRun(id);
  const sides = [of.wrong, ...of.fixed];
  const found = kernel === undefined ? of.wrong : sides.find(s => s.kernel === kernel);
  if (found === undefined)
    throw new ModelError(
      `${id} is not told of '${kernel}'; expected ${whatThereIs(
        kernel,
        sides.map(s => s.kernel),
      )}`,
    );
  return found;
}

/** Plays it: the wrong one, or the one of this kernel. Errors: an unknown run or kernel. */
export function playRun(id: string, kernel?: string): Run {
  return playSide(runSide(id, kernel));
}

/** Each step, and what it leaves in the run's counters. Errors: an unknown run or kernel. */
export function stepsOfRun(
  id: string,
  kernel?: string,
): { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] } {
  const { reads } = namedRun(id);
  const t = playRun(id, kernel);
  const read = (i: number) =>
    reads.map(path => {
      const value = valueAt(t, path, i);
      return typeof value === 'number' ? value : String(value);
    });
  return {
    columns: ['process', 'step', ...reads],
    rows: [['', 'start', ...read(-1)], ...t.steps.map((s, i) => [s.process, s.called, ...read(i)])],
  };
}

/** Every run before and after: kernel, count, what became of it. The fix is the last of its `fixed`. */
export function runsTable(): Table {
  const told = (of: NamedRun, side: RunSide | undefined) => {
    if (side === undefined) return ['–', '–', '–'];
    const o = outcomeOf(of, side);
    return [side.kernel, o.counts.join(', '), outcomeInWords(o)];
  };
  return knownTable(
    ['run', 'what', 'before', 'count', 'outcome', 'after', 'count, after', 'outcome, after'],
    NAMED_RUNS.map(of => () => [of.id, of.title, ...told(of, of.wrong), ...told(of, of.fixed.at(-1))]),
    1,
  );
}
