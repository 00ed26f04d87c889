/** One model searched in every way there is; each answer is held against a walk over all states (reference.ts). */
import assert from 'node:assert/strict';
import { answer, begin } from '#src/explorer/explore.js';
import type { Fairness, Verdict } from '#src/explorer/index.js';
import { type EngineOptions, planEngine, type Run } from '#src/explorer/run-engine.js';
import { holdsAt, type Model, ModelError, run, type Trace } from '#src/model/index.js';
import { finalState } from '#src/model/trace.js';
import { bruteForce, spaceOf } from './liveness-reference.js';
import { everywhere, type Reference, referenceOf } from './reference.js';

/** Every engine with symmetry on and off; lock steps fused; over the possible values (the default) and over all that are declared. */
const ways: readonly EngineOptions[] = [
  {},
  { engine: 'js' },
  { engine: 'interpreter' },
  { symmetry: 'off' },
  { engine: 'js', symmetry: 'off' },
  { engine: 'interpreter', symmetry: 'off' },
  { movers: 'on' },
  { movers: 'on', symmetry: 'off' },
  { movers: 'on', engine: 'js' },
  { ranges: 'declared' },
  { ranges: 'declared', engine: 'js', symmetry: 'off' },
];

/** What was compared, for those who want to know whether the models were worth it. */
export interface Compared {
  readonly states: number;
  readonly verdicts: ReadonlySet<string>;
  /** Some search used a symmetry; some fused a lock step. */
  readonly symmetric: boolean;
  readonly fused: boolean;
}

interface Found {
  readonly verdict: Verdict;
  readonly run: Run;
}

/** Searches; or says with which message the model is refused. */
function search(model: Model, options: EngineOptions & { property: string; fairness?: Fairness }): Found | string {
  try {
    const question = begin(model, { property: options.property, fairness: options.fairness ?? 'weak' });
    const found = planEngine(model, question.asked.check, question.search, options, question.notes).run();
    return { verdict: answer(question, found), run: found };
  } catch (e) {
    if (e instanceof ModelError) return e.message;
    throw e;
  }
}

/** What is asked of a model, and in which ways: everything in all ways; or, in `turn`, a part of it that is worth most. */
function questionsOf(model: Model, turn: number | undefined): readonly (readonly [string, readonly EngineOptions[]])[] {
  const names = model.properties.map(p => p.name);
  if (turn === undefined) return ['always', 'accounting', ...names].map(name => [name, ways]);
  const [usual = {}, ...others] = ways;
  const other = (k: number) => others[(turn + k) % others.length] ?? usual;
  const rest = ['accounting', ...names.filter(n => n !== 'never')];
  return [
    ['always', [usual, other(0)]],
    ['never', [other(3)]],
    [rest[turn % rest.length] ?? 'accounting', [other(6)]],
  ];
}

/**
 * Searches the model for all that can be asked, in all ways; with a `turn`, for a part: the next model has the next turn.
 * Errors: AssertionError where two answers differ. `undefined`: the model has more than `most` states.
 */
export function agree(model: Model, most: number, turn?: number): Compared | undefined {
  const reference = referenceOf(model, most);
  if (reference === undefined) return undefined;
  const verdicts = new Set<string>();
  let symmetric = false;
  let fused = false;
  for (const [property, searches] of questionsOf(model, turn)) {
    const kind = model.properties.find(p => p.name === property)?.kind ?? 'always';
    if (kind === 'eventually') {
      if (reference.failure === undefined) verdicts.add(`lasso ${lassos(model, reference, property, turn)}`);
      continue;
    }
    for (const way of searches) {
      const found = search(model, { ...way, property });
      const name = `${property}, ${JSON.stringify(way)}`;
      check(model, reference, property, kind, found, name);
      if (typeof found === 'string') verdicts.add('refused');
      else {
        verdicts.add(found.verdict.verdict);
        symmetric ||= found.run.result.full !== undefined;
        fused ||= found.run.fused !== undefined;
      }
    }
  }
  return { states: reference.states, verdicts, symmetric, fused };
}

/** Where a search for this property must end: after so many steps, by one of these. */
function endOf(
  model: Model,
  r: Reference,
  property: string,
): { readonly steps: number; readonly by: readonly string[] } {
  const asked =
    property === 'always'
      ? ['accounting', ...model.properties.filter(p => p.kind === 'always').map(p => p.name)]
      : [property];
  const steps = Math.min(...asked.map(p => r.found.get(p) ?? Number.POSITIVE_INFINITY));
  return { steps, by: asked.filter(p => r.found.get(p) === steps) };
}

function check(
  model: Model,
  r: Reference,
  property: string,
  kind: 'always' | 'sometimes',
  found: Found | string,
  name: string,
): void {
  const end = endOf(model, r, property);
  const failure = r.failure ?? Number.POSITIVE_INFINITY;
  if (typeof found === 'string') {
    const after = Number(/It comes to this after (\d+) steps?/.exec(found)?.[1]);
    assert.equal(after + 1, r.failure, `${name}: ${found}`);
    assert.ok(kind === 'sometimes' || failure <= end.steps, `${name}: a shorter violation was not found: ${found}`);
    return;
  }
  const { verdict: v } = found;
  const accounting = property === 'always' || property === 'accounting';
  const bounded = r.beyondMax || (r.beyondOverdraft && !accounting);
  const none = kind === 'sometimes' ? 'unreachable' : 'holds';
  const some = kind === 'sometimes' ? 'reached' : 'violated';
  assert.equal(v.verdict, end.by.length > 0 ? some : bounded ? 'bounded' : none, name);
  assert.ok(
    failure === Number.POSITIVE_INFINITY || (kind === 'always' && end.steps <= failure),
    `${name}: not refused`,
  );
  if (end.by.length > 0) {
    assert.equal(v.trace?.steps.length, end.steps, name);
    if (kind === 'always') assert.ok(end.by.includes(v.violated ?? ''), `${name}: ${v.violated}, not ${end.by}`);
    if (v.trace !== undefined) replays(model, v.trace, v.violated ?? property, kind, name);
  }
  if (v.verdict !== 'violated') counts(r, found, name);
}

/** A search that was not cut short has seen everything. */
function counts(r: Reference, { verdict, run: { result, fused, coverage } }: Found, name: string): void {
  if (fused !== undefined) return;
  assert.equal(Number(result.full ?? result.states), r.states, `${name}: states`);
  if (verdict.kind === 'always') assert.equal(verdict.depth, r.depth, `${name}: depth`);
  if (result.full === undefined) assert.equal(result.transitions, r.transitions, `${name}: transitions`);
  else assert.ok(result.states <= r.states && result.transitions <= r.transitions, `${name}: orbits`);
  if (verdict.certificate !== undefined) assert.equal(verdict.certificate.states, r.states, `${name}: certificate`);
  const taken = coverage.filter(c => c.taken > 0).map(c => `${c.process.replace(/\[\d+\]$/, '')}.${c.step}`);
  assert.deepEqual([...new Set(taken)].sort(), [...r.taken].sort(), `${name}: steps that are taken`);
}

/** The trace is a run of the model, step by step, and its last step is the first that ends in what was found. */
function replays(model: Model, trace: Trace, found: string, kind: 'always' | 'sometimes', name: string): void {
  let now = run(model, []);
  const ends = (t: Trace) => {
    if (found === 'accounting') {
      const { counts: all } = t.machine.layout;
      return all.some(c => c.parts.some(p => (finalState(t)[p.slot.index] ?? 0) < 0));
    }
    return holdsAt(t, found) === (kind === 'sometimes');
  };
  for (const [i, s] of trace.steps.entries()) {
    assert.equal(ends(now), false, `${name}: there after ${i} steps`);
    const line = `${s.process}${s.picks.length === 0 ? '' : ` pick ${s.picks.join()}`}`;
    const last = trace.steps[i + 1] === undefined;
    try {
      now = run(model, [line], now);
    } catch (e) {
      // A holding that would come below what is followed: the state before it is the last that there is.
      assert.ok(last && found === 'accounting', `${name}: ${String(e)}`);
      assert.match(String(e), /an overdraft of at most/, name);
      const [booking] = s.bookings;
      assert.ok(String(e).includes(`${booking?.count}<-${booking?.holder} would be`), `${name}: ${String(e)}`);
      return;
    }
    assert.equal(now.steps.at(-1)?.waited, false, `${name}: ${line} waits`);
    assert.deepEqual([finalState(now), now.steps.at(-1)?.step], [s.state, s.step], `${name}: ${line}`);
  }
  assert.equal(ends(now), true, `${name}: what was found is not there`);
}

/** Brute force looks at all walks, which takes long in a larger graph. */
const WALKS = 30;

/** Runs that never get there: each engine has the same, and brute force too where it can. */
function lassos(model: Model, r: Reference, property: string, turn: number | undefined): string {
  const told: string[] = [];
  const space = r.states <= WALKS && !r.beyondMax && !r.beyondOverdraft ? spaceOf(model, property, WALKS) : undefined;
  const others = [{ engine: 'interpreter' }, { ranges: 'declared' }] as const;
  const kinds = ['none', 'weak', 'strong'] as const;
  for (const fairness of kinds.filter((_, i) => turn === undefined || i === turn % kinds.length)) {
    const compared = [{}, ...others.filter((_, i) => turn === undefined || i === turn % others.length)];
    const answers = compared.map(way => {
      const found = search(model, { ...(way as EngineOptions), property, fairness });
      assert.ok(typeof found !== 'string', `${property}, ${fairness}: ${String(found)}`);
      const { lasso, verdict } = found.verdict;
      if (lasso === undefined) return verdict;
      const stem = run(
        model,
        lasso.stem.steps.map(s => `${s.process}${s.picks.length === 0 ? '' : ` pick ${s.picks.join()}`}`),
      );
      const round = run(
        model,
        lasso.cycle.steps.map(s => `${s.process}${s.picks.length === 0 ? '' : ` pick ${s.picks.join()}`}`),
        stem,
      );
      assert.deepEqual(finalState(round), finalState(stem), `${property}, ${fairness}: the cycle does not close`);
      const p = model.properties.find(x => x.name === property);
      for (const s of lasso.cycle.steps) assert.ok(p !== undefined && !everywhere(stem.machine, s.state, p));
      return `${lasso.stem.steps.length}, ${lasso.cycle.steps.length}`;
    });
    const name = `${property} under ${fairness} fairness`;
    for (const a of answers) assert.equal(a, answers[0], name);
    if (space !== undefined) assert.equal(answers[0], String(bruteForce(space, fairness)).replace(',', ', '), name);
    told.push(/\d/.test(answers[0] ?? '') ? 'found' : (answers[0] ?? ''));
  }
  return told.at(-1) ?? '';
}
