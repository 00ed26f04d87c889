/** The registry: every scenario makes its model on every release, and bad settings are told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { loadScenario, shortcuts } from '#src/stories/by-name.js';
import { scenario, scenarios } from '#src/stories/index.js';

test('names are unique, and every scenario has a model with a property on every release', () => {
  assert.equal(new Set(scenarios.map(s => s.name)).size, scenarios.length);
  for (const s of scenarios)
    for (const release of s.releases.length > 0 ? s.releases : [undefined]) {
      const model = s.model(release === undefined ? {} : { release });
      assert.ok(model.properties.length > 0, s.name);
      assert.match(s.summary, /[.?]$/, `${s.name}: the summary is a sentence`);
    }
});

test('defaults are inside their range', () => {
  for (const s of scenarios)
    for (const p of s.parameters)
      if ('values' in p) assert.ok(p.values.includes(p.default), `${s.name} ${p.name}`);
      else assert.ok(p.min <= p.default && p.default <= p.max, `${s.name} ${p.name}`);
});

test('what is wrong is named, and what was expected', () => {
  assert.throws(() => scenario('gupreff'), /no scenario 'gupreff'; expected one of .*gupref/);
  const s = scenario('gupref');
  assert.throws(() => s.model({ page: 2 }), /no parameter 'page'; expected pages, vcpus, bug/);
  assert.throws(() => s.model({ pages: 0 }), /pages = 0; expected a whole number from 1 to 5/);
  assert.throws(() => s.model({ pages: '2' }), /expected a whole number/);
  assert.throws(() => s.model({ release: '5.3' }), /does not depend on a release/);
  assert.deepEqual(s.settings({ bug: 3 }), { pages: 2, vcpus: 2, bug: 3 });
});

test('a scenario that is loaded by its name is the one of the list', async () => {
  const names = scenarios.map(s => s.name);
  assert.deepEqual(
    shortcuts.filter(name => !names.includes(name)),
    [],
  );
  for (const s of scenarios) assert.equal(await loadScenario(s.name), s);
  await assert.rejects(loadScenario('gupreff'), /no scenario 'gupreff'; expected one of .*gupref/);
});
