/** Random models: the interpreter and every compiled engine agree on all that a search answers. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type EngineName, explore, type Verdict } from '#src/explorer/index.js';
import type { Model } from '#src/model/index.js';
import { modelOf, recipes } from './random-model.js';

const compiled: readonly EngineName[] = ['js', 'wasm'];
const maxStates = 3000;

/** What must be the same in every engine; or the message with which it refuses. */
function answer(model: Model, engine: EngineName, property: string): Record<string, unknown> {
  let v: Verdict;
  try {
    v = explore(model, { engine, property, symmetry: 'off', maxStates });
  } catch (e) {
    return { refused: (e as Error).message };
  }
  const fellBack = (note: string) => note.startsWith('searched by the interpreter');
  if (v.engine !== engine) assert.ok(v.notes.some(fellBack), v.notes.join());
  const bounded = v.bounds.some(b => b.endsWith(' states'));
  return {
    verdict: v.verdict,
    violated: v.violated,
    trace: v.trace?.steps.length,
    // A search that stops in the middle may stop a few states later in a faster engine.
    ...(bounded || v.verdict === 'violated'
      ? {}
      : {
          states: v.states,
          transitions: v.transitions,
          depth: v.depth,
          coverage: v.coverage,
          // Each engine says it in its own words; they begin with what would be exceeded.
          bounds: [...new Set(v.bounds.map(b => b.split(' ')[0]))].sort(),
          notes: v.notes.filter(n => !fellBack(n)),
        }),
  };
}

for (const engine of compiled)
  for (const property of ['always', 'accounting', 'never'])
    test(`${engine} agrees with the interpreter on random models: ${property}`, () => {
      fc.assert(
        fc.property(recipes(), recipe => {
          const model = modelOf(recipe);
          assert.deepEqual(answer(model, engine, property), answer(model, 'interpreter', property));
        }),
        { numRuns: 150, seed: 20, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true },
      );
    });
