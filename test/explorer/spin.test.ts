/** SPIN searches what `toPromela` prints: it must store as many states and come to the same verdict. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { explore, toPromela, type Verdict } from '#src/explorer/index.js';
import { Model } from '#src/model/index.js';
import { type Scenario, scenarios } from '#src/stories/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';
import { modelOf, recipes } from './random-model.js';
import { noSpin, spin } from './spin.js';

const MAX_STATES = 200_000;

/** The model with a property that makes a search count everything: nothing ends it early. */
function counted(model: Model): Verdict {
  const never = { name: 'counts everything', kind: 'sometimes' as const, holds: () => false };
  const all = new Model(model.name, model.declaration, model.processes, [...model.properties, never]);
  return explore(all, { property: never.name, symmetry: 'off', maxStates: MAX_STATES });
}

/** Compares; gives our verdict, or why the model has none. */
function compare(model: Model): string {
  let verdict: string;
  let full: Verdict | undefined;
  try {
    verdict = explore(model, { symmetry: 'off', maxStates: MAX_STATES }).verdict;
    full = counted(model);
  } catch (e) {
    assert.match((e as Error).message, /It comes to this after/);
    verdict = 'refused';
  }
  const theirs = spin(toPromela(model));
  const wrong = verdict === 'violated' || verdict === 'refused' || full === undefined;
  assert.equal(theirs.errors > 0, wrong, `${verdict}, and SPIN has ${theirs.errors} errors`);
  if (full !== undefined) assert.equal(theirs.states, full.states);
  // Where something is wrong, SPIN counts the assertion as a transition of its own.
  if (full !== undefined && theirs.errors === 0) assert.equal(theirs.transitions, full.transitions);
  return verdict;
}

const tooMany = (v: Verdict) => v.bounds.some(b => b.endsWith(' states'));

/** The scenario as it is, or with its numbers at their smallest where that is too much for a test. */
function small(s: Scenario, release: Readonly<Record<string, string>>): Model {
  const smallest = Object.fromEntries(s.parameters.flatMap(p => ('values' in p ? [] : [[p.name, p.min]])));
  const model = s.model(release) as Model;
  return tooMany(counted(model)) ? (s.model({ ...release, ...smallest }) as Model) : model;
}

/** SPIN needs seconds to read a megabyte: of a scenario that prints as so much, only the first and the last release are compared. */
const MAX_TEXT = 1_000_000;

function releasesOf(s: Scenario): readonly (string | undefined)[] {
  const [first] = s.releases;
  if (first === undefined) return [undefined];
  const isLong = noSpin === false && toPromela(small(s, { release: first })).length > MAX_TEXT;
  return isLong ? [first, s.releases.at(-1)] : s.releases;
}

for (const s of scenarios)
  for (const release of releasesOf(s))
    test(`SPIN agrees on ${s.name}${release === undefined ? '' : ` ${release}`}`, { skip: noSpin }, () => {
      compare(small(s, release === undefined ? {} : { release }));
    });

for (const bug of [0, 1, 2, 3, 4, 5, 6, 7])
  test(`SPIN agrees on gupref with bug ${bug}`, { skip: noSpin }, () => {
    assert.equal(compare(gupref({ pages: 2, vcpus: 2, bug })), bug === 0 || bug === 7 ? 'holds' : 'violated');
  });

test('SPIN agrees on random models', { skip: noSpin }, () => {
  const verdicts = new Map<string, number>();
  fc.assert(
    fc.property(recipes(), recipe => {
      const verdict = compare(modelOf(recipe));
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }),
    { numRuns: 140, seed: 3, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true },
  );
  for (const kind of ['holds', 'violated', 'bounded'])
    assert.ok((verdicts.get(kind) ?? 0) > 5, JSON.stringify([...verdicts]));
});

test('a sometimes property that is reached is an error for SPIN', { skip: noSpin }, () => {
  const model = gupref({ pages: 1, vcpus: 1 });
  assert.ok(spin(toPromela(model, { property: 'a fault maps its page' })).errors > 0);
  assert.equal(explore(model, { property: 'a fault maps its page' }).verdict, 'reached');
});

/** Facts of docs/explorer.md, with one page and one vCPU: a retry that never ends, unless the invalidator must move. */
for (const [bug, fair, errors] of [
  [0, false, 0],
  [7, false, 1],
  [7, true, 0],
] as const)
  test(`SPIN: progress, bug ${bug}, ${fair ? 'weak' : 'no'} fairness`, { skip: noSpin }, () => {
    const promela = toPromela(gupref({ pages: 1, vcpus: 1, bug }), { property: 'progress' });
    assert.equal(Math.min(1, spin(promela, { cycles: { fair }, first: true }).errors), errors);
  });

test('what cannot be asked is told', () => {
  assert.throws(() => toPromela(gupref(), { property: 'progres' }), /no property 'progres'; expected .*'progress'/);
});
