/** A step is shown under the name that the kernel's function has in the model's release. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { tracking, zoneDeviceLeak } from '#src/index.js';
import { callings, hasName, kernelNames, notLookedUp, placeNames, renamedSteps } from '#src/linux/data/names.js';
import { compareMainline, parseTag } from '#src/linux/data/tag.js';
import { type AnyModel, calledStep } from '#src/model/index.js';
import { scenarios } from '#src/stories/registry.js';
import { everyOption } from './every-option.js';

const known = new Map(kernelNames().map(n => [n.name, n]));

/** What is wrong with the names of a model's steps. */
function wrongNames(model: AnyModel): readonly string[] {
  const { release } = model.declaration;
  return model.processes.flatMap(p => {
    const shown = Object.keys(p.steps).map(step => calledStep(model, step));
    const twice = shown.filter((name, i) => shown.indexOf(name) !== i);
    const absent = shown.filter(name => {
      const found = known.get(name);
      // Of a series that was not merged no release has it: the model says so with its options.
      return release !== undefined && found !== undefined && found.neverMerged !== true && !hasName(release, name);
    });
    return [
      ...twice.map(name => `${p.name} has two steps called ${name}`),
      ...absent.map(name => `${release} has no ${name}() (${p.name})`),
    ];
  });
}

/** Every model that some story makes, with every release and option. */
const models = scenarios.flatMap(s => everyOption(s).map(model => ({ scenario: s.name, model })));

test('no step of any story, release and option carries a name that the release does not have', () => {
  assert.ok(models.length > 1000, `only ${models.length} models`);
  const wrong = models.flatMap(({ scenario, model }) => wrongNames(model).map(text => `${scenario}: ${text}`));
  assert.deepEqual([...new Set(wrong)], []);
});

test('every step is a function that is known, one that was not looked up, or none', () => {
  const [names, unknown, places] = [[...known.keys(), ...renamedSteps()], notLookedUp(), placeNames()];
  const all = new Set([...names, ...unknown, ...places]);
  const steps = new Set(models.flatMap(({ model }) => model.processes.flatMap(p => Object.keys(p.steps))));
  assert.deepEqual(
    [...steps].filter(step => !all.has(step)),
    [],
  );
  const idle = [...unknown, ...places].filter(name => !steps.has(name) || names.includes(name));
  assert.deepEqual(idle, [], 'listed, and no step has it; or known meanwhile');
  assert.deepEqual(
    unknown.filter(name => places.includes(name)),
    [],
  );
});

test('what a step is called begins where that function is there, and ends before it goes', () => {
  const order = (a: string, b: string) => compareMainline(parseTag(a), parseTag(b));
  for (const step of renamedSteps())
    callings(step).forEach(({ from, name }, i, all) => {
      const found = known.get(name);
      assert.ok(found !== undefined, `${step} is called ${name}, of which nothing is known`);
      if (from !== null) assert.ok(hasName(from, name), `${from} has no ${name}()`);
      const next = all[i + 1]?.from ?? null;
      if (found.until !== null)
        assert.ok(next !== null && order(next, found.until) <= 0, `${name}() ends with ${found.until}`);
      if (from !== null && next !== null) assert.ok(order(from, next) < 0, step);
    });
});

test('a run, a verdict, the card and the source say the name of the release', () => {
  const old = tracking.trackedReference({ release: '5.3', kind: 'anonymous, order 0' });
  const run = old.run(['vcpu']);
  assert.equal(run.steps[0]?.step, 'kvm_faultin_pfn');
  assert.equal(run.steps[0]?.called, 'try_async_pf');
  for (const text of [String(run), run.score().text + JSON.stringify(run.score().plotly), run.lanes().svg]) {
    assert.match(text, /try_async_pf/);
    assert.doesNotMatch(text, /kvm_faultin_pfn/);
  }
  assert.match(String(old), /kvm_faultin_pfn \(try_async_pf\)/);
  assert.match(old.source('kvm_faultin_pfn').text, /v5\.3\/C\/ident\/try_async_pf/);
  const host = zoneDeviceLeak({ release: '5.17' });
  assert.match(host.source('dev_pagemap_cleanup').text, /memunmap_pages\(\) in 5\.17/);
  assert.match(host.source('mmu_set_spte').text, /not looked up/);
  assert.equal(
    zoneDeviceLeak({ release: '4.8' }).explore({ property: 'always' }).trace?.machine.model.name,
    'zone-device-leak',
  );
});

test('a step may be named as its release calls it: in a schedule, and in what another step returns', () => {
  const old = tracking.trackedReference({ release: '5.3', kind: 'anonymous, order 0' });
  const asCalled: readonly string[] = ['vcpu to __direct_map'];
  assert.equal(String(old.run(asCalled)), String(old.run(['vcpu to kvm_tdp_mmu_map'])));
  const again = old.with('hva_to_pfn_fast', () => 'try_async_pf').run(['vcpu x2']);
  assert.equal(again.steps[1]?.next, 'kvm_faultin_pfn');
  const nowhere: readonly string[] = ['vcpu to kvm_mmu_map'];
  assert.throws(() => old.run(nowhere), /has no step 'kvm_mmu_map'/);
});
