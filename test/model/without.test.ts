/** A model without some of its processes and steps: for configurations in which they can never run. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { bool, defineModel, ModelError, run, valueAt } from '#src/model/index.js';

const model = defineModel('lamp', { sorts: {}, state: { lamp: { on: bool() } } })
  .process(
    'hand',
    {},
    {
      press() {},
      press_on(s) {
        s.lamp.on = true;
      },
    },
  )
  .process(
    'timer',
    {},
    {
      off(s) {
        s.lamp.on = false;
      },
    },
  );

test('what is left out is gone, what is left runs on', () => {
  const m = model.without('timer', 'hand.press');
  assert.deepEqual(
    m.processes.map(p => [p.name, Object.keys(p.steps)]),
    [['hand', ['press_on']]],
  );
  assert.equal(valueAt(run(m, ['hand']), 'lamp.on'), true);
  assert.equal(model.processes.length, 2, 'the model itself stays as it was');
});

test('a name that is not there is refused', () => {
  assert.throws(() => model.without('dog'), ModelError);
  assert.throws(() => model.without('hand.clap'), /lamp: there is no process or step 'hand\.clap'/);
});
