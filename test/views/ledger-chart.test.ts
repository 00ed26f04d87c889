import assert from 'node:assert/strict';
import test from 'node:test';
import { type Ledger, ledgerOf } from '#src/ledger/index.js';
import { ledgerChart, sideBySide, swimLanes } from '#src/views/index.js';
import { bandsOf } from '#src/views/ledger-panel.js';
import type { Scatter } from '#src/views/plotly.js';
import { doublePut, fix, leak, pinned } from './examples.js';
import { assertSound } from './svg-checks.js';

const ledger = (): Ledger => ledgerOf(leak(), 'page._refcount');
const scatters = (figure: { plotly: { data: readonly object[] } }): readonly Scatter[] =>
  figure.plotly.data as readonly Scatter[];

test('every holder has a value at every step, and the last step has width', () => {
  const l = ledger();
  const bands = scatters(ledgerChart(l)).filter(t => t.stackgroup !== undefined);
  assert.deepEqual(
    bands.map(b => b.name),
    ['base', 'pte', 'gup[0]', 'gup[1]'],
  );
  for (const b of bands) {
    assert.deepEqual(b.x, [...l.rows.map(r => r.step), l.rows.length]);
    assert.equal(b.y.length, b.x.length);
    assert.equal(b.y.at(-1), b.y.at(-2));
  }
});

test('bands, less the overdraft, sum up to the count at every step', () => {
  for (const trace of [leak(), fix(), doublePut()]) {
    const l = ledgerOf(trace, 'page._refcount');
    const all = scatters(ledgerChart(l, { slider: false }));
    const stacked = all.filter(t => t.stackgroup !== undefined);
    const over = all.find(t => t.name?.startsWith('overdraft'));
    for (const r of l.rows) {
      const debt = Number(over?.y[over.x.indexOf(r.step)] ?? 0);
      assert.equal(
        stacked.reduce((n, t) => n + Number(t.y[r.step]), debt),
        r.count,
      );
    }
    assert.equal(over === undefined, l.overdrafts.length === 0);
  }
});

test('the slider has a stop and a frame for each step and the start', () => {
  const { plotly } = ledgerChart(leak());
  const l = ledger();
  assert.equal(plotly.frames?.length, l.rows.length);
  const [slider] = plotly.layout.sliders as { steps: { label: string; args: [[string]] }[]; active: number }[];
  assert.deepEqual(
    slider?.steps.map(s => s.args[0][0]),
    plotly.frames?.map(f => f.name),
  );
  assert.equal(slider?.active, l.rows.length - 1);
  assert.equal(slider?.steps[1]?.label, 'step 1 of 8: vcpu[0] hva_to_pfn, count 3');
  assert.equal(ledgerChart(leak(), { slider: false }).plotly.frames, undefined);
});

test('the picture leaves the slider out and is otherwise the same', () => {
  assert.ok(ledgerChart(leak()).svg === ledgerChart(leak(), { slider: false }).svg);
});

test('the sentence names who owes, and whose put it was', () => {
  assert.equal(
    ledgerChart(leak()).text,
    'page._refcount goes from 2 to 3 in 8 steps (highest 4): at the end base holds 1, gup[0] holds 1 and gup[1] holds 1.',
  );
  assert.match(
    ledgerChart(doublePut()).text,
    /at step 4 vcpu\[0\] kvm_release_pfn_clean puts a reference that gup\[0\] does not hold\.$/,
  );
});

test('a trace with several counters needs one named', () => {
  assert.throws(() => ledgerChart(pinned()), /has 2 counters; say which: \{ count: 'page\[0\]\._refcount' \}/);
});

test('a pin that counts 1024 is drawn as one holding, with the count in digits', () => {
  const figure = ledgerChart(pinned(), { count: 'page[0]._refcount' });
  assert.ok(scatters(figure).every(t => t.name !== 'the count'));
  assert.ok(scatters(figure).some(t => t.text?.includes('<b>1025</b>')));
});

test('many holders are drawn by class and keep their sum', () => {
  const holders = Array.from({ length: 40 }, (_, i) => (i < 30 ? `pte[${i}]` : `other${i}`));
  const held = holders.map((_, i) => i % 3);
  const count = held.reduce((a, b) => a + b, 0);
  const l: Ledger = {
    count: 'c',
    holders,
    weights: holders.map(() => 1),
    overdrafts: [],
    rows: [{ step: 0, label: 'start', held, count }],
  };
  const bands = bandsOf(l);
  assert.ok(bands.length <= 7);
  assert.equal(
    bands.reduce((n, b) => n + (b.values[0] ?? 0), 0),
    count,
  );
  assert.equal(bands.find(b => b.name === 'pte[…]')?.values[0], 30);
  assertSound(ledgerChart(l));
});

test('side by side shares one scale and one look a holder', () => {
  const figure = sideBySide([
    { title: 'bug', ledger: leak() },
    { title: 'fix', ledger: fix() },
  ]);
  const { yaxis, yaxis2 } = figure.plotly.layout as Record<string, { range: number[] }>;
  assert.deepEqual(yaxis?.range, yaxis2?.range);
  const colours = new Map<string, string | undefined>();
  for (const t of scatters(figure).filter(s => s.stackgroup !== undefined)) {
    assert.equal(colours.get(t.name ?? '') ?? t.fillcolor, t.fillcolor);
    colours.set(t.name ?? '', t.fillcolor);
  }
  assert.throws(() => sideBySide([{ title: 'alone', ledger: leak() }]), /two to four/);
});

test('swim lanes: every step once, in its lane, in order', () => {
  const trace = doublePut();
  const bars = swimLanes(trace).plotly.data as unknown as readonly { x: string[]; base: number[]; text: string[] }[];
  const cells = bars.flatMap(b => b.x.map((lane, i) => ({ lane, base: b.base[i] ?? 0, text: b.text[i] ?? '' })));
  cells.sort((a, b) => a.base - b.base);
  assert.deepEqual(
    cells.map(c => c.lane),
    trace.steps.map(s => s.process),
  );
  trace.steps.forEach((s, i) => {
    assert.ok(cells[i]?.text.startsWith(`<b>${s.step}</b>`));
  });
});

test('swim lanes say what is left out, and refuse what is not there', () => {
  assert.match(swimLanes(leak(), { steps: [3, 5] }).text, /Drawn here: 3 steps of 8 \(steps 3 to 5\)\.$/);
  assert.throws(() => swimLanes(leak(), { steps: [0, 5] }), /has steps 1 to 8/);
  assert.throws(() => swimLanes(leak(), { lanes: ['vcpu[7]'] }), /no process 'vcpu\[7\]'.*truncate/);
});
