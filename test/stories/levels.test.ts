/** Levels: what rests on something that is only inferred says so, in every model, on every release. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from '#src/explorer/index.js';
import { tableAsMarkdown, tableAsText } from '#src/jupyter/display.js';
import { type Run, run, search } from '#src/kit/index.js';
import type { BehaviourName } from '#src/linux/data/behaviours.js';
import { release } from '#src/linux/data/releases.js';
import {
  collectAnew,
  collected,
  collectNoMore,
  type Ground,
  groundsSoFar,
  inferredOf,
  noted,
  STAR_SAYS,
  starLine,
  starLineOfNew,
  weakestOf,
} from '#src/model/index.js';
import * as splats from '#src/stories/bad-page-splat/index.js';
import * as contracts from '#src/stories/contract/index.js';
import { contractCell, historicRule, releaseContract } from '#src/stories/contract/index.js';
import { runsTable, scenarios } from '#src/stories/index.js';
import * as tracking from '#src/stories/precise-tracking/index.js';
import * as ttm from '#src/stories/ttm-tail-pages/index.js';
import * as zeroPfn from '#src/stories/zero-pfn/index.js';
import * as zoneDevice from '#src/stories/zone-device/index.js';
import { zoneDeviceLeak } from '#src/stories/zone-device/index.js';
import { curve, type Figure, releaseMatrix, sideBySide, type Table, truthTable } from '#src/views/index.js';

const names = (grounds: readonly Ground[]) => grounds.map(g => `${g.behaviour} of ${g.release}`).sort();

/** A search of a few states, which begins at once. */
const FEW = { maxStates: 200, engine: 'interpreter', symmetry: 'off' } as const;

for (const scenario of scenarios)
  test(`${scenario.name}: a verdict and a run say how well the rules are known, on every release`, () => {
    for (const tag of scenario.releases.length > 0 ? scenario.releases : [undefined]) {
      const settings = tag === undefined ? {} : { release: tag };
      const made = collected(() => scenario.model(settings));
      const searched = collected(() => explore(made.made, FEW));
      const v = searched.made;
      const asked = new Set([...names(made.grounds), ...names(searched.grounds)]);
      assert.deepEqual(names(v.grounds), [...asked].sort(), `${scenario.name} ${tag}: every rule that was asked for`);
      for (const g of v.grounds)
        assert.equal(g.level, release(g.release).level(g.behaviour as BehaviourName), `${g.behaviour} ${g.release}`);
      assert.equal(v.level, weakestOf(v.grounds));
      assert.equal(v.level === null, tag === undefined || v.grounds.length === 0);
      // Also what was made before anybody looked.
      const begun = run(made.made, []);
      for (const name of names(made.grounds))
        assert.ok(names(begun.grounds).includes(name), `${scenario.name}: ${name}`);
      const told = search(made.made, FEW)
        .text.split('\n')
        .filter(line => line.includes('; inferred: '));
      assert.equal(told.length, v.level === 'inferred' ? 1 : 0, `${scenario.name} ${tag}`);
      for (const g of v.grounds.filter(x => x.level === 'inferred'))
        assert.ok(told[0]?.includes(String(g.about)), `${g.behaviour}: ${told[0]}`);
    }
  });

test('a rule that a step asks for while it runs counts, too', () => {
  const rule = historicRule('5.6').contract;
  const v = explore(releaseContract({ rule, kind: 'zero page', release: '6.13' }));
  assert.ok(names(v.grounds).includes('kvm_owns_page of 5.6'));
  assert.equal(v.level, 'inferred');
});

test('a cell of the matrix rests on what its search asked for, and on its rule', () => {
  for (const kind of ['anonymous, order 0', 'TTM tail', 'zero page', 'compound head by VM_PFNMAP'])
    for (const tag of ['5.10', '6.8', '6.12.117', '6.13']) {
      const { contract } = historicRule('6.13');
      const asked = collected(() => explore(releaseContract({ rule: contract, kind, release: tag }))).grounds;
      const own = asked.filter(g => g.release === tag);
      const level = weakestOf(own) ?? 'recorded';
      assert.equal(contractCell(contract, kind, tag, 'recorded').evidence, level, `${kind} ${tag}`);
      assert.equal(contractCell(contract, kind, tag, 'inferred').evidence, 'inferred');
      const again = collected(() => contractCell(contract, kind, tag, 'read')).grounds;
      assert.deepEqual(names(again), names(own), `${kind} ${tag}: found before, and asked for again`);
    }
});

test('what stands in a cell is not said again, until something else is asked', () => {
  collectAnew();
  try {
    release('6.12.117').value('kvm_owns_page');
    const line = starLineOfNew();
    assert.equal(line, starLine(groundsSoFar()));
    assert.notEqual(line, '');
    noted(line);
    assert.equal(starLineOfNew(), '');
    release('5.3').value('zone_device_refcount');
    assert.equal(starLineOfNew(), starLine(groundsSoFar()));
    collectAnew();
    release('6.12.117').value('kvm_owns_page');
    assert.equal(starLineOfNew(), line);
  } finally {
    collectNoMore();
  }
});

test('what is inferred is said in words: the rule, its first release, a stable release that was not read', () => {
  const said = (tag: string, b: BehaviourName) => {
    const r = release(tag);
    r.rule(b);
    return inferredOf(r.grounds());
  };
  assert.equal(said('5.3', 'kvm_owns_page'), '');
  assert.equal(
    said('5.3', 'zone_device_refcount'),
    'inferred: where a rule begins (how device pages are counted: 4.12-rc1)',
  );
  assert.equal(said('6.12.117', 'kvm_owns_page'), 'inferred: that 6.12.117 has mainline’s rule (what KVM puts)');
});

/** Tables and matrices that the kit offers, with what a cell or a row of each is about. */
const FIGURES: readonly (readonly [name: string, figure: () => Figure])[] = [
  ['leakMatrix', () => zoneDevice.leakMatrix(['5.3', '5.4', '5.6', '6.13'])],
  ['guessTable', () => zoneDevice.guessTable('5.6')],
  ['marksTable', () => zoneDevice.marksTable(['5.4', '5.6', '6.12.117'])],
  ['kindsMatrix', () => ttm.kindsMatrix('5.3', '5.12', '6.13')],
  ['stuckGrid', () => releaseMatrix(zeroPfn.stuckGrid(['5.18', '5.19-rc2', '6.15']))],
  ['outcomeGrid', () => releaseMatrix(zeroPfn.outcomeGrid(['5.18', '5.19-rc2']))],
  ['policyGrid', () => truthTable(zeroPfn.policyGrid([2], 3))],
  ['mixGrid', () => truthTable(zeroPfn.mixGrid([0, 1], 2))],
  ['setupGrid', () => releaseMatrix(zeroPfn.setupGrid(['5.18', '6.2']))],
  ['matrixFigure', () => contracts.matrixFigure(undefined, '6.13')],
  ['policyMatrix', () => contracts.policyMatrix({}, '6.0')],
  ['teardownMatrix', () => contracts.teardownMatrix(['5.4', '6.13'])],
];

for (const [name, figure] of FIGURES)
  test(`${name}: a cell has the star just where a rule of it is inferred`, () => {
    const { made, grounds } = collected(figure);
    const trace = made.plotly.data[0] as { text: string[][]; customdata: string[][] };
    const cells = trace.text.flatMap((row, i) =>
      row.map((text, k) => ({ text, hover: trace.customdata[i]?.[k] ?? '' })),
    );
    assert.equal(weakestOf(grounds) === null, name === 'nothing');
    for (const { text, hover } of cells) {
      if (text === '–') continue;
      // Some of its questions are about the memory and none about a release.
      if (name !== 'guessTable')
        assert.match(hover, /known: (recorded|read|inferred)/, `${name}: every cell says how well it is known`);
      assert.equal(/\*$/.test(text), hover.includes('known: inferred'), `${name}: ${text} ${hover}`);
    }
    const stars = cells.filter(c => /\*$/.test(c.text)).length;
    assert.equal(made.svg.includes(STAR_SAYS), stars > 0, `${name}: a legend where there is a star`);
    assert.equal(made.table.note, stars > 0 ? STAR_SAYS : '');
    assert.equal(made.table.levels?.flat().filter(level => level === 'inferred').length, stars, name);
    assert.equal(tableAsMarkdown(made.table).split(' * |').length - 1, stars, `${name} as a table`);
    // A table that rests on something inferred somewhere must show it somewhere.
    if (weakestOf(grounds) === 'inferred') assert.ok(stars > 0, name);
  });

const TABLES: readonly (readonly [name: string, table: () => Table])[] = [
  ['twoTails', ttm.twoTails],
  ['releasesTable', () => ttm.releasesTable('4.8', '6.13')],
  ['oldGetTable', ttm.oldGetTable],
  ['evictedTable', () => ttm.evictedTable('5.12', '6.13')],
  ['teardownTable', ttm.teardownTable],
  ['rangeTable', ttm.rangeTable],
  ['unguardedTable', () => ttm.unguardedTable({ release: '6.12' }, { release: '5.6' })],
  ['allocatorTable', () => ttm.allocatorTable(['5.12', '6.13'])],
  ['accessTable', () => tracking.accessTable(['5.3', '5.6', '6.13'])],
  ['deathTable', () => splats.deathTable([31])],
  ['runsTable', runsTable],
];

for (const [name, table] of TABLES)
  test(`${name}: a row or a cell has the star where a rule of it is inferred, and a line says what`, () => {
    const { made, grounds } = collected(table);
    const stars = made.levels?.flat().filter(level => level === 'inferred').length ?? 0;
    assert.equal(tableAsText(made).split('\n').slice(0, -1).join('').includes(' *'), stars > 0, name);
    const inferred = weakestOf(grounds) === 'inferred';
    assert.ok(grounds.length > 0, name);
    assert.equal(stars > 0, inferred, `${name}: ${inferredOf(grounds)}`);
    assert.equal(made.note, starLine(grounds));
    for (const g of grounds.filter(x => x.level === 'inferred')) assert.ok(made.note?.includes(String(g.about)), name);
    assert.equal(tableAsMarkdown(made).includes(String.raw`\* inferred: `), inferred);
  });

test('a figure of a run names what is inferred in its title, below it and in its sentence; a run that was read says nothing', () => {
  const inferred = zoneDeviceLeak({ release: '5.3', pages: 1 }).run(['vcpu x6']);
  const read = tracking.trackedReference({ release: '6.13' }).run(['vcpu x2']);
  assert.deepEqual([inferred.level, read.level], ['inferred', 'read']);
  const draw: readonly ((r: Run) => Figure)[] = [
    r => r.score(),
    r => r.ledger('page[0]._refcount'),
    r => r.lanes(),
    r => sideBySide([1, 2].map(n => ({ title: `${n}`, ledger: r, count: 'page[0]._refcount' }))),
  ];
  for (const [i, figure] of draw.entries()) {
    const title = (f: Figure) => String((f.plotly.layout.title as { text: string }).text);
    const [weak, strong] = [figure(inferred), figure(read)];
    assert.match(title(weak), /\*<\/b>$/, `figure ${i}`);
    assert.match(weak.svg, /\* inferred: .*how device pages are counted/);
    assert.match(weak.text, /Inferred: where a rule begins \(how device pages are counted: 4\.12-rc1\)\./);
    assert.doesNotMatch(title(strong) + strong.svg + strong.text, /inferred|\*/i, `figure ${i}`);
  }
  const found = zoneDeviceLeak({ release: '5.3', pages: 1 }).explore({ engine: 'interpreter' });
  assert.match(found.taken().text, /Inferred: /);
  assert.match(found.headline, /; inferred: /);
  assert.match(String(found.trace?.score().text), /Inferred: /);
});

test('in a cell, what is put together by hand rests on whatever the cell looked at, also if it was made before', () => {
  const begun = zoneDeviceLeak({ release: '5.3', pages: 1 }).run(['vcpu x6']);
  const found = zoneDeviceLeak({ release: '5.3', pages: 1 }).explore({ engine: 'interpreter' });
  const table = { columns: ['count'], rows: [[1]] };
  const line = /\* inferred: where a rule begins \(how device pages are counted/;
  assert.doesNotMatch(tableAsText(table), line, 'no cell, nobody collects');
  try {
    collectAnew();
    assert.doesNotMatch(tableAsText(table), line);
    begun.value('page[0]._refcount');
    assert.match(tableAsText(table), line);
    collectAnew();
    assert.equal(found.verdict, 'violated');
    assert.match(tableAsText(table), line);
    const series = [{ name: 'a', x: [0, 1], y: [0, 1] }];
    assert.match(curve({ title: 't', series, xTitle: 'x', yTitle: 'y' }).text, /Inferred: /);
    collectAnew();
    assert.doesNotMatch(curve({ title: 't', series, xTitle: 'x', yTitle: 'y' }).text, /Inferred: /);
  } finally {
    collectNoMore();
  }
});
