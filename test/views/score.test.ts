/** The score: every step in its lane, the count as its stack, events marked, dull rows folded, nothing small or turned. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { badPageSplat, tracking } from '#src/index.js';
import { ledgerOf } from '#src/ledger/index.js';
import { eventsOf, run } from '#src/model/index.js';
import { playRun } from '#src/stories/index.js';
import { playSide } from '#src/stories/named-run.js';
import { NAMED_RUNS } from '#src/stories/registry.js';
import { pinRun } from '#src/stories/zero-pfn/index.js';
import { type Figure, missingPuts, score, twoRuns } from '#src/views/index.js';
import { doublePut, faultModel, fix, leak, pinned } from './examples.js';
import { cve, leakRun, splat } from './gallery.js';
import { assertSound, linesIn, overlaps } from './svg-checks.js';

interface Bars {
  readonly type: string;
  readonly name?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly base?: readonly number[];
  readonly legendgroup?: string;
}
const barsOf = (f: Figure) => (f.plotly.data as unknown as readonly Bars[]).filter(t => t.type === 'bar');
const columnOf = (f: Figure, name: string) => f.table.rows.map(r => r[f.table.columns.indexOf(name)]);
const texts = (f: Figure) => linesIn(f.svg).map(l => l.text);

test('each row has as many blocks as the count says, at every step', () => {
  const trace = leak();
  const figure = score(trace, { counters: 'page._refcount', fold: false });
  const ledger = ledgerOf(trace, 'page._refcount');
  const blocks = barsOf(figure).filter(b => b.legendgroup !== undefined);
  const unit = blocks[0]?.x[0] ?? 0;
  const rows = [...new Set(barsOf(figure).flatMap(b => b.y))].sort((a, b) => a - b);
  assert.equal(rows.length, ledger.rows.length);
  const drawn = rows.map(y =>
    blocks.reduce((n, b) => n + b.x.reduce((m, x, i) => m + (b.y[i] === y ? x / unit : 0), 0), 0),
  );
  assert.deepEqual(
    drawn.map(n => Math.round(n * 100) / 100),
    ledger.rows.map(r => r.count),
  );
});

test('an overdraft stands to the left of zero, is named, and comes first in the sentence', () => {
  const figure = score(doublePut());
  const debt = barsOf(figure).find(b => b.legendgroup === 'overdraft');
  const other = barsOf(figure).find(
    b => b.legendgroup === 'the page table (pte)' || b.legendgroup?.startsWith('the device'),
  );
  assert.ok(debt !== undefined && other !== undefined);
  assert.equal((debt.base?.[0] ?? 0) + (debt.x[0] ?? 0), Math.min(...(other.base ?? [])));
  assert.match(figure.text, /^Step \d+, vcpu\[\d\] kvm_release_pfn_clean\(\): overdraft/);
  assert.ok(texts(figure).some(t => t.startsWith('▼ overdraft')));
});

test('a put too many stays, whatever is got after it; what ends below zero has lost nothing', () => {
  const v11 = tracking.trackedReference({ release: '6.8', v11: true, kind: 'anonymous, order 0' });
  const ended = score(v11.run(['vcpu x2', 'host to done', 'vcpu to done']));
  assert.doesNotMatch(columnOf(ended, 'event').join(), /reference lost/);
  // The guest's second try gets and puts a reference of its own: two blocks to the right of zero, and one to the left.
  const fault = badPageSplat({ release: '6.9.12+v11', pages: 1 }).run(['vcpu to kvm_finish_page_fault', 'vcpu']);
  const bars = barsOf(score(fault, { counters: 'page[0]._refcount' }));
  assert.equal(bars.find(b => b.legendgroup === 'overdraft')?.x.length, 7);
  assert.equal(bars.find(b => b.legendgroup === 'gup')?.x.length, 2);
});

test('a step that waits says on what, and whether anything can wake it', () => {
  const figure = score(run(faultModel('hangs', 0), ['vcpu[0] to done', 'vcpu[1] to done', 'truncate x2']));
  assert.match(String(columnOf(figure, 'event').at(-1)), /^∞ never ends: waits on page\._refcount/);
  const early = score(run(faultModel('waits', 1), ['vcpu[0] x2', 'truncate x2']));
  assert.match(String(columnOf(early, 'event').at(-1)), /^☾ asleep: on page\._refcount/);
  const locked = score(run(faultModel('waits', 1), ['vcpu[0] x2', 'vcpu[1] x2']));
  assert.match(String(columnOf(locked, 'event').at(-1)), /^☾ asleep: on kvm\.mmu_lock/);
});

test('rows fold where the page is too short, and no step is lost', () => {
  const all = score(leakRun(), { counters: 'page[0]._refcount', fold: false });
  const folded = score(leakRun(), { counters: 'page[0]._refcount', fold: true });
  assert.ok((folded.plotly.frames?.length ?? 0) < (all.plotly.frames?.length ?? 0));
  assert.ok(!texts(all).some(t => /^… \d+ steps/.test(t)));
  const fold = texts(folded).find(t => /^… \d/.test(t));
  assert.match(String(fold), /^… \d+ steps of /);
  assert.deepEqual(folded.table, all.table);
});

test('a folded row names the step that moved the count, and how often it did', () => {
  const pins = score(pinRun({ release: '5.19-rc2', kinds: 'Z'.repeat(7) }).trace, {
    counters: 'zero_page._refcount',
    fold: true,
  });
  const folds = texts(pins).filter(t => /^… \d+ steps of gup/.test(t));
  assert.match(folds[0] ?? '', /^… \d+ steps of gup\[0\] +7 × try_grab_page\(\)$/);
  assert.match(folds[1] ?? '', /^… \d+ steps of gup\[0\] +unpin_user_pages\(\)$/);
});

test('rounds like the one before are one row, what ends them is drawn, and a call that returns is not said to go on', () => {
  const { trace } = pinRun({ release: '6.0', kinds: 'I', isolatedFor: 5, policy: 'RETRY' });
  const said = texts(score(trace, { counters: 'page[0]._refcount' }));
  assert.ok(said.includes('… the same 4 more times'), said.join('\n'));
  for (const step of ['putback_lru_page()', 'folio_isolate_lru()  isolated: 1025 → 1026'])
    assert.ok(
      said.some(t => t.startsWith(step)),
      step,
    );
  assert.ok(!said.some(t => t.includes('never ends')));
});

test('a process whose every step is folded among others’ has no lane', () => {
  const { trace } = pinRun({ release: '6.0', kinds: 'IMMMMMM', isolatedFor: 5, policy: 'RETRY' });
  const said = texts(score(trace, { counters: 'page[0]._refcount' })).map(t => t.replaceAll(/<[^>]*>/g, ''));
  assert.ok(said.some(t => t.endsWith('steps of gup[0], other')));
  assert.deepEqual(
    said.filter(t => t === 'other' || t === 'gup[0]'),
    ['gup[0]'],
  );
});

test('stepping: a stop for the whole run, then one a row, the rows below veiled', () => {
  const { plotly } = score(cve(), { counters: 'page[1]._refcount' });
  const tops = (plotly.frames ?? []).map(f => (f.data as { y: number[] }[])[0]?.y[0] ?? 0);
  assert.equal(tops.length, cve().steps.length + 2);
  assert.deepEqual(
    tops.slice(1),
    [...tops.slice(1)].sort((a, b) => a - b),
  );
  assert.equal((plotly.layout.sliders as { active: number }[])[0]?.active, 0);
  const veil = plotly.data.at(-1) as { y: number[] };
  assert.equal(Math.min(...veil.y), Math.max(...veil.y), 'at first nothing is veiled');
});

test('every named run: sound at 800 and at 390 pixels, no taller than a page, no small and no turned word', () => {
  const traces = [cve(), leakRun(), splat(), pinned(), ...NAMED_RUNS.map(r => playRun(r.id))];
  for (const trace of traces)
    for (const width of [800, 390]) {
      const figure = score(trace, { width, slider: false });
      assertSound(figure);
      assert.deepEqual(overlaps(figure.svg), [], trace.model);
      assert.doesNotMatch(figure.svg, /rotate\(/);
      const sizes = [...figure.svg.matchAll(/<text font-size="([\d.]+)"/g)].map(m => Number(m[1]));
      assert.ok(Math.min(...sizes) >= 12);
      if (width === 800) assert.ok(Number(figure.plotly.layout.height) <= 700, `${trace.model} is too tall`);
    }
});

test('each change of the count stands in its own row, also where the picture begins in the middle', () => {
  const counter = 'page[1]._refcount';
  const figure = score(cve(), { counters: counter, steps: [5, 8] });
  const { rows } = ledgerOf(cve(), counter);
  const wanted = [5, 6, 7, 8].flatMap(n => {
    const change = (rows[n]?.count ?? 0) - (rows[n - 1]?.count ?? 0);
    return change === 0 ? [] : [change > 0 ? `+${change}` : `−${-change}`];
  });
  assert.ok(wanted.length >= 2);
  assert.deepEqual(
    texts(figure).filter(t => /^[+−]\d+$/.test(t)),
    wanted,
  );
});

test('two runs: the put that is missing is marked where the right run puts, and the picture stays on a page', () => {
  const missing = missingPuts(leak(), fix());
  assert.ok(missing.length > 0);
  for (const step of missing) assert.equal(leak().steps[step - 1]?.step, 'kvm_release_pfn_clean');
  assert.deepEqual(missingPuts(fix(), leak()), []);
  const figure = twoRuns({ title: '5.3: wrong', run: leak() }, { title: '5.4: right', run: fix() }, 'page._refcount');
  assert.equal(
    columnOf(figure, 'event').filter(e => String(e).includes('▽ a put belongs here')).length,
    missing.length,
  );
  assert.match(figure.text, /^row \d+, kvm_release_pfn_clean\(\)/);
  assert.deepEqual(overlaps(figure.svg), []);
  assert.ok(Number(figure.plotly.layout.height) <= 760);
});

test('a lost reference is marked at the step where a right kernel puts', () => {
  let seen = 0;
  for (const { id, wrong, fixed } of NAMED_RUNS) {
    const run = playSide(wrong);
    const lost = eventsOf(run).filter(m => m.name === 'lost');
    if (lost.length === 0) continue;
    seen++;
    const puts = fixed.flatMap(side => missingPuts(run, playSide(side)));
    for (const m of lost) assert.ok(puts.includes(m.step), `${id}: step ${m.step}`);
  }
  assert.ok(seen > 0);
});

test('what cannot be drawn is said', () => {
  assert.throws(() => score(leak(), { counters: ['a', 'b', 'c'] }), /one or two/);
  assert.throws(() => score(leak(), { counters: 'page._refcont' }), /page\._refcount/);
  assert.throws(() => score(leak(), { steps: [0, 3] }), /has steps 1 to/);
});
