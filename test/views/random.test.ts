/** Figures of random ledgers, traces and tables: never NaN, always well-formed, text inside the picture. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Ledger } from '#src/ledger/index.js';
import { run } from '#src/model/index.js';
import {
  bars,
  curve,
  flagBits,
  ledgerChart,
  score,
  sideBySide,
  staircase,
  stateGraph,
  swimLanes,
  timeline,
  truthTable,
} from '#src/views/index.js';
import { faultModel } from './examples.js';
import { assertSound, overlaps } from './svg-checks.js';

const name = fc.oneof(
  fc.constantFrom(
    'kvm_release_pfn_clean',
    'gup[0]',
    '<b>',
    'a & b',
    '"quoted"',
    '5.10',
    '%{x}',
    'page[0]._refcount',
    '漢字',
  ),
  fc.string({ minLength: 1, maxLength: 40 }),
);
const names = (min: number, max: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(name, { minLength: min, maxLength: max });

const ledger: fc.Arbitrary<Ledger> = names(1, 12).chain(holders =>
  fc
    .record({
      count: name,
      weights: fc.array(fc.constantFrom(1, 1, 1, 2, 1024), { minLength: holders.length, maxLength: holders.length }),
      held: fc.array(
        fc.array(fc.integer({ min: -3, max: 60 }), { minLength: holders.length, maxLength: holders.length }),
        { minLength: 1, maxLength: 70 },
      ),
      labels: fc.array(name, { minLength: 1, maxLength: 9 }),
    })
    .map(r => ({
      count: r.count,
      holders,
      weights: r.weights,
      overdrafts: [],
      rows: r.held.map((held, step) => ({
        step,
        label: `p ${r.labels[step % r.labels.length]}`,
        held,
        count: held.reduce((n, h, i) => n + h * (r.weights[i] ?? 1), 0),
      })),
    })),
);
const runs = { numRuns: 60 };

test('ledgers', () => {
  fc.assert(
    fc.property(ledger, l => assertSound(ledgerChart(l))),
    runs,
  );
  fc.assert(
    fc.property(ledger, ledger, name, (a, b, title) =>
      assertSound(
        sideBySide([
          { title, ledger: a },
          { title: 'b', ledger: b },
        ]),
      ),
    ),
    runs,
  );
});

test('traces: any schedule of the fault model, in lanes and as a ledger that balances', () => {
  const schedule = fc.array(fc.constantFrom('vcpu[0]', 'vcpu[1]', 'truncate'), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(schedule, fc.constantFrom(0 as const, 1 as const, 2 as const), (order, puts) => {
      const left: Record<string, number> = { 'vcpu[0]': 3, 'vcpu[1]': 3, truncate: 1 };
      const lines = order.filter(p => {
        left[p] = (left[p] ?? 0) - 1;
        return (left[p] ?? 0) >= 0;
      });
      const trace = run(faultModel('random', puts), lines);
      assertSound(swimLanes(trace));
      const chart = ledgerChart(trace);
      assertSound(chart);
      assert.equal(chart.plotly.frames?.length ?? 1, trace.steps.length + 1);
      for (const width of [800, 390]) {
        const whole = score(trace, { width, counters: 'page._refcount' });
        assertSound(whole);
        assert.deepEqual(overlaps(whole.svg), []);
      }
    }),
    runs,
  );
});

test('tables, lines, bars and stairs of any names and numbers', () => {
  const number = fc.integer({ min: 0, max: 1_000_000_000 });
  fc.assert(
    fc.property(names(1, 12), names(1, 16), name, (rows, columns, word) =>
      assertSound(truthTable({ rows, columns, cell: () => word, rowTitle: word })),
    ),
    runs,
  );
  fc.assert(
    fc.property(
      names(1, 12),
      fc.array(number, { minLength: 12, maxLength: 12 }),
      fc.boolean(),
      name,
      (labels, values, log, unit) =>
        assertSound(bars({ labels, unit, log, series: [{ name: 'n', values: values.slice(0, labels.length) }] })),
    ),
    runs,
  );
  fc.assert(
    fc.property(
      names(1, 8),
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 }),
      (series, values) => {
        assertSound(
          staircase({
            unit: 'what is counted here, said at greater length than anybody would',
            stairs: series.map(s => ({ name: s, values })),
          }),
        );
        const x = values.map((_, i) => i + 1);
        assertSound(
          curve({
            series: series.map(s => ({ name: s, x, y: values })),
            xTitle: 'x of a name that is too long '.repeat(4),
            yTitle: 'y of a name that is too long '.repeat(3),
            xLog: true,
          }),
        );
      },
    ),
    runs,
  );
});

test('words, graphs and dates', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), value =>
      assertSound(flagBits({ value, names: { 0: 'locked' } })),
    ),
    runs,
  );
  const graph = fc.integer({ min: 1, max: 40 }).chain(n =>
    fc.record({
      nodes: fc.array(
        name.map(label => ({ label })),
        { minLength: n, maxLength: n },
      ),
      edges: fc.array(
        fc.record({
          from: fc.nat(n - 1),
          to: fc.nat(n - 1),
          kind: fc.constantFrom('stem' as const, 'cycle' as const, 'other' as const),
        }),
        { maxLength: 50 },
      ),
    }),
  );
  fc.assert(
    fc.property(graph, g => assertSound(stateGraph(g))),
    runs,
  );
  const event = fc.record({
    date: fc
      .tuple(fc.integer({ min: 1991, max: 2030 }), fc.integer({ min: 1, max: 12 }))
      .map(([y, m]) => `${y}-${String(m).padStart(2, '0')}`),
    label: name,
    evidence: fc.constantFrom('recorded' as const, 'read' as const, 'inferred' as const),
  });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 20 }), events => assertSound(timeline(events))),
    runs,
  );
});
