/** Every guard is needed: what is taken away from a model is noticed, or explained; the page that says so is fresh. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { search } from '#src/kit/index.js';
import { guardRows, unexplained } from '#src/stories/guarded.js';
import { guardsPage } from '#src/stories/guards-page.js';
import { guards, scenarios } from '#src/stories/registry.js';
import { gupref, guprefScenario } from '#src/stories/start-here/gupref.js';
import { protocolScenario } from '#src/stories/start-here/protocol.js';

const all = guards.map(guardRows);

test('things are taken away from every scenario', () => {
  assert.deepEqual(guards.map(g => g.scenario.name).sort(), scenarios.map(s => s.name).sort());
  for (const [i, rows] of all.entries()) assert.ok(rows.length > 0, guards[i]?.scenario.name);
});

test('what is taken away is noticed, or it is explained why nobody has to', () => {
  for (const [i, guarded] of guards.entries())
    assert.deepEqual(unexplained(guarded, all[i] ?? []), [], guarded.scenario.name);
});

test('every kind of thing is taken away, and noticed in every way', () => {
  const rows = all.flat();
  for (const is of ['event', 'guard', 'lock'] as const)
    assert.ok(
      rows.some(r => r.removal.is === is && r.noticed !== undefined),
      is,
    );
  for (const how of ['violated', 'never', 'for ever', 'fails'] as const)
    assert.ok(
      rows.some(r => r.noticed?.how === how),
      how,
    );
});

test('docs/guards.md is what the models say now; npm run docs writes it', () => {
  assert.equal(readFileSync(path.join(projectRoot, 'docs/guards.md'), 'utf8'), guardsPage(all));
});

test('a reason that is missing, needless, given twice or for nothing fails', () => {
  const settings = [{ reference: 'yes' }];
  const without = { scenario: protocolScenario, settings, harmless: {} };
  const rows = guardRows(without);
  assert.deepEqual(unexplained(without, rows), [
    'nobody notices, and nobody says why: fault.snapshot: no write fault.mmu_seq',
  ]);
  const put = 'fault.map_page: no put page._refcount for gup';
  const harmless = {
    right: ['fault.snapshot: no write fault.mmu_seq', 'fault.snapshot: no write fault.mmu_seq'],
    wrong: [put, 'fault.walk: no such thing'],
  };
  const wrong = { ...without, harmless };
  assert.deepEqual(unexplained(wrong, guardRows(wrong)), [
    `called harmless, but 'in the end only the PTE holds a page' notices: ${put}`,
    'called harmless, but not there: fault.walk: no such thing',
    'called harmless twice: fault.snapshot: no write fault.mmu_seq',
  ]);
});

test('a story whose properties are gone notices nothing', () => {
  const { model } = guprefScenario;
  const silent = {
    ...guprefScenario,
    model: (given?: Record<string, unknown>) => ({ ...bare(model(given)), properties: [] }),
  };
  const rows = guardRows({ scenario: silent, settings: [{ pages: 1, vcpus: 1 }], harmless: {} });
  const noticed = rows.filter(row => row.noticed?.how === 'violated').map(row => row.noticed?.by);
  assert.ok(rows.length > noticed.length);
  assert.deepEqual([...new Set(noticed)], ['accounting']);
});

const bare = ({ name, declaration, processes }: ReturnType<typeof guprefScenario.model>) => ({
  name,
  declaration,
  processes,
});

test('what gupref says of its sixth bug is so', () => {
  assert.equal(search(gupref({ pages: 2, vcpus: 1, bug: 6 })).violated, 'nobody gets from zero');
});

test('a model that does not hold as it is has nothing to be taken away from', () => {
  assert.throws(
    () => guardRows({ scenario: guprefScenario, settings: [{ pages: 1, vcpus: 1, bug: 5 }], harmless: {} }),
    /gupref does not hold as it is.*at rest only the PTE holds/,
  );
});
