/**
 * Every reduction against none: random models, symmetric, not symmetric and almost symmetric, are searched with each reduction on and off and by each
 * engine. Verdict, violated property, length of the shortest trace and the certificate are those of a walk over all states; traces replay.
 * `npm run fuzz` goes on where this stops (docs/testing.md).
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { agree } from './agreement.js';
import { modelOf, recipes } from './random-model.js';

/** A larger model is left out: the walk over all states would take longest. */
const MOST_STATES = 300;

const kinds = [
  { symmetric: 'yes', models: 640, seed: 12 },
  { symmetric: 'almost', models: 800, seed: 34 },
  { symmetric: 'no', models: 270, seed: 56 },
] as const;

/** A share of the models is enough to notice a mutant (`npm run mutants`), which must be soon. */
const SHARE = Number(process.env.PUT_PAGE_MODELS ?? 1);

for (const { symmetric, models: all, seed } of kinds)
  test(`${all} models, symmetric: ${symmetric}`, () => {
    const models = Math.ceil(all * SHARE);
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    let turn = 0;
    fc.assert(
      fc.property(recipes({ symmetric }), recipe => {
        const compared = agree(modelOf(recipe), MOST_STATES, turn++);
        if (compared === undefined) count('too large');
        else {
          for (const v of compared.verdicts) count(v);
          if (compared.symmetric) count('symmetry');
          if (compared.states > 20) count('more than 20 states');
        }
      }),
      { numRuns: models, seed, endOnFailure: SHARE < 1 },
    );
    if (SHARE < 1) return;
    const least = { violated: 60, holds: 100, bounded: 30, reached: 60, refused: 5, 'more than 20 states': 50 };
    for (const [what, n] of Object.entries(least))
      assert.ok((seen.get(what) ?? 0) >= (n * models) / 900, `${what}: ${JSON.stringify([...seen])}`);
    // Where elements are named there is little symmetry, and where none is named there is much.
    if (symmetric !== 'no') assert.ok((seen.get('symmetry') ?? 0) >= models / 8, JSON.stringify([...seen]));
    assert.ok((seen.get('too large') ?? 0) < models / 10, JSON.stringify([...seen]));
  });

/** Turns in which lock steps are fused: see the order of the ways in agreement.ts. */
const fusing = (k: number) => 5 + (k % 3) + 10 * k;

test('300 models that run under a lock: fused or not, the verdict is the same', () => {
  let turn = 0;
  let fused = 0;
  const verdicts = new Set<string>();
  fc.assert(
    fc.property(recipes({ locked: true }), recipe => {
      const compared = agree(modelOf(recipe), MOST_STATES, fusing(turn++));
      // What is violated is searched again as it is, so that its last search has fused nothing.
      if (compared?.fused === true) fused++;
      for (const v of compared?.verdicts ?? []) verdicts.add(v);
    }),
    { numRuns: Math.ceil(300 * SHARE), seed: 78, endOnFailure: SHARE < 1 },
  );
  if (SHARE < 1) return;
  assert.ok(fused >= 60, `lock steps were fused in ${fused} models`);
  for (const v of ['holds', 'violated', 'bounded']) assert.ok(verdicts.has(v), [...verdicts].join());
});
