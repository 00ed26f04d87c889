/** Every scenario, compiled and interpreted: the same states, moves and verdict. Trees and packing look only at what is possible; the interpreter at all. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type EngineName, explore } from '#src/explorer/index.js';
import { Model } from '#src/model/index.js';
import { scenarios } from '#src/stories/index.js';

const MAX_STATES = 4000;

/** With a property that makes a search count everything. */
function counting(model: Model): Model {
  const never = { name: 'counts everything', kind: 'sometimes' as const, holds: () => false };
  return new Model(model.name, model.declaration, model.processes, [...model.properties, never]);
}

for (const s of scenarios) {
  const smallest = Object.fromEntries(s.parameters.flatMap(p => ('values' in p ? [] : [[p.name, p.min]])));
  for (const release of s.releases.length === 0 ? [undefined] : [s.releases[0], s.releases.at(-1)])
    test(`${s.name}${release === undefined ? '' : ` ${release}`}: compiled as interpreted`, () => {
      const parameters = release === undefined ? {} : { release };
      const whole = explore(counting(s.model(parameters) as Model), {
        property: 'counts everything',
        maxStates: MAX_STATES,
      });
      const model = counting(
        s.model(whole.verdict === 'bounded' ? { ...parameters, ...smallest } : parameters) as Model,
      );
      const ask = (engine: EngineName) => {
        const v = explore(model, {
          property: 'counts everything',
          symmetry: 'off',
          engine,
          maxStates: 100 * MAX_STATES,
        });
        const bounds = v.bounds.map(b => b.split(' ')[0]).sort();
        return [v.verdict, v.states, v.transitions, v.depth, v.coverage, bounds];
      };
      assert.deepEqual(ask('wasm'), ask('interpreter'));
      assert.deepEqual(ask('js'), ask('interpreter'));
    });
}
