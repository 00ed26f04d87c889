/** What each figure says, as data. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { run } from '#src/model/index.js';
import { anonPage } from '#src/stories/index.js';
import {
  bars,
  coverageMap,
  curve,
  depthProfile,
  flagBits,
  type Graph,
  graphOfLasso,
  heatMap,
  lifeOf,
  pageLifecycle,
  releaseMatrix,
  staircase,
  stateGraph,
  swimLanes,
  timeline,
  truthTable,
} from '#src/views/index.js';
import { faultModel, leak, loop, race } from './examples.js';
import { assertSound, overlaps } from './svg-checks.js';

type Data = Readonly<Record<string, unknown>>;
const first = (f: { plotly: { data: readonly Data[] } }): Data => f.plotly.data[0] ?? {};
const axisOf = (f: { plotly: { layout: Data } }, name: string): Data => f.plotly.layout[name] as Data;

test('releases stay labels: 5.10 is not 5.1, and their order is as given', () => {
  const f = releaseMatrix({
    kinds: ['anon'],
    releases: ['5.1', '5.10', '5.2'],
    cell: (_, r) => (r === '5.10' ? 'leak' : 'fine'),
  });
  assert.equal(axisOf(f, 'xaxis').type, 'category');
  assert.deepEqual(axisOf(f, 'xaxis').categoryarray, ['5.1', '5.10', '5.2']);
  assert.deepEqual(f.table.rows, [['anon', 'fine', 'leak', 'fine']]);
  assert.match(f.text, /fine 2, leak 1\. Outcomes change in 5\.10 and 5\.2\./);
  assert.equal((f.plotly.layout.shapes as unknown[]).length, 2);
});

test('a tone has one colour in every grid: zmin and zmax are fixed', () => {
  const one = truthTable({ rows: ['a'], columns: ['b'], cell: () => ({ text: 'x', tone: 'bad' }) });
  const two = truthTable({
    rows: ['a', 'c'],
    columns: ['b'],
    cell: r => ({ text: 'x', tone: r === 'a' ? 'bad' : 'good' }),
  });
  for (const key of ['zmin', 'zmax', 'colorscale']) assert.deepEqual(first(one)[key], first(two)[key]);
  assert.deepEqual((first(one).z as number[][])[0], (first(two).z as number[][])[0]);
  const colour = /fill="(#f2b48c)"/;
  assert.match(one.svg, colour);
  assert.match(two.svg, colour);
});

test('a truth table draws booleans as words', () => {
  const f = truthTable({ rows: ['x', 'y'], columns: ['q'], cell: r => r === 'x' });
  assert.deepEqual(f.table.rows, [
    ['x', 'yes'],
    ['y', 'no'],
  ]);
  assert.throws(() => truthTable({ rows: [], columns: ['q'], cell: () => true }), /needs at least one of each/);
  assert.throws(() => truthTable({ rows: ['x', 'x'], columns: ['q'], cell: () => true }), /needs its own/);
});

test('flag bits: set flags by name, fields by number, both rows of the word', () => {
  const f = flagBits({
    value: '0x17ffffc00a000c',
    names: { 2: 'referenced', 3: 'uptodate' },
    fields: [
      { name: 'zone', from: 51, to: 53 },
      { name: 'last_cpupid', from: 30, to: 50 },
    ],
  });
  assert.deepEqual([f.plotly.data.length, f.narrow?.data.length], [2, 4], 'half as many bits in a row of a telephone');
  assert.match(f.text, /set: referenced, uptodate, bit 17 and bit 19; fields: last_cpupid 0x1fffff and zone 2\./);
  const bits = f.plotly.data.flatMap(d => (d.z as number[][])[0] ?? []);
  assert.equal(bits.length, 64);
  assert.deepEqual(axisOf(f, 'xaxis').range, [63.5, 31.5]);
  assert.deepEqual(axisOf(f, 'xaxis2').range, [31.5, -0.5]);
  assert.throws(() => flagBits({ value: 2n ** 32n, names: {}, width: 32 }), /does not fit 32 bits/);
  assert.throws(() => flagBits({ value: 'page', names: {} }), /'page' is not a word/);
  assert.throws(() => flagBits({ value: 1, names: {}, fields: [{ name: 'a', from: 3, to: 70 }] }), /outside the word/);
});

test('a lasso has its stem dashed and its cycle closed', () => {
  const f = stateGraph(loop(3, 4));
  assert.match(f.text, /a stem of 3 steps leads into a cycle of 4 steps: .*, and again\.$/);
  const dashes = f.plotly.data.flatMap(d => (d.line === undefined ? [] : [(d.line as { dash: string }).dash]));
  assert.deepEqual(dashes, ['dash', 'dash', 'dash', 'solid', 'solid', 'solid', 'solid']);
  for (const [stem, cycle] of [
    [0, 1],
    [0, 3],
    [0, 2],
    [1, 1],
    [1, 12],
    [9, 3],
    [12, 6],
  ] as const) {
    const g = stateGraph(loop(stem, cycle));
    assertSound(g);
    assert.deepEqual(overlaps(g.svg), [], `stem ${stem}, cycle ${cycle}`);
  }
});

test('a lasso of traces becomes a graph of its states', () => {
  const model = faultModel('fault', 1);
  const stem = run(model, ['vcpu[0] x1']);
  const cycle = run(model, ['vcpu[0] to done'], stem);
  const g = graphOfLasso({ stem, cycle });
  assert.deepEqual(
    g.edges.map(e => [e.from, e.to, e.kind]),
    [
      [0, 1, 'stem'],
      [1, 2, 'cycle'],
      [2, 1, 'cycle'],
    ],
  );
});

test('more than 40 nodes are drawn as a depth profile with as many states', () => {
  const chain: Graph = {
    nodes: Array.from({ length: 41 }, (_, i) => ({ label: `${i}` })),
    edges: Array.from({ length: 40 }, (_, i) => ({ from: Math.floor(i / 2), to: i + 1, kind: 'other' as const })),
  };
  const f = stateGraph(chain);
  assert.equal(first(f).type, 'bar');
  assert.equal(
    (first(f).y as number[]).reduce((a, b) => a + b, 0),
    41,
  );
  assert.throws(
    () => stateGraph({ nodes: [{ label: 'a' }], edges: [{ from: 0, to: 3, kind: 'other' }] }),
    /there are nodes 0 to 0/,
  );
});

test('a depth profile is logarithmic only where it must be, and says so', () => {
  assert.equal(axisOf(depthProfile([1, 4, 9]), 'yaxis').type, 'linear');
  const far = depthProfile([1, 4000, 0]);
  assert.equal(axisOf(far, 'yaxis').type, 'log');
  assert.match(JSON.stringify(axisOf(far, 'yaxis').title), /logarithmic/);
});

test('coverage: a step that is never taken is named', () => {
  const f = coverageMap([
    { process: 'p', step: 'a', taken: 12345 },
    { process: 'p', step: 'b', taken: 0 },
  ]);
  assert.match(f.text, /never taken: p b\.$/);
  assert.match(f.svg, /never/);
  assert.match(coverageMap([{ process: 'p', step: 'a', taken: 1 }]).text, /every step is taken\.$/);
});

test('a life has no gap and ends with the trace', () => {
  const life = lifeOf(race(), 'page[0]._refcount');
  assert.deepEqual(
    life.spans.map(s => [s.from, s.to, s.state]),
    [
      [0, 1, '1'],
      [1, 3, '2'],
      [3, 5, '1'],
      [5, 6, '0'],
    ],
  );
  assert.throws(
    () => pageLifecycle({ lives: [{ name: 'x', spans: [{ from: 2, to: 2, state: 'no' }] }] }),
    /is empty or overlaps/,
  );
  assertSound(pageLifecycle({ lives: [lifeOf(leak(), 'page._refcount')] }));
});

test('a staircase holds its last value to the end', () => {
  const f = staircase({ unit: 'refs', stairs: [{ name: 'a', values: [1, 2, 2] }] });
  assert.deepEqual(
    [first(f).x, first(f).y],
    [
      [0, 1, 2, 3],
      [1, 2, 2, 2],
    ],
  );
  assert.match(f.text, /a goes from 1 to 2 \(highest 2\)\.$/);
  assert.throws(() => staircase({ unit: 'refs', stairs: [] }), /draws 1 to 8/);
  const marked = (at: number) =>
    staircase({ unit: 'refs', stairs: [{ name: 'a', values: [1, 2, 2, 1], mark: { at, word: 'a put' } }] });
  const riser = marked(3).plotly.data[1] as Data;
  assert.deepEqual([riser.x, riser.y, (riser.line as { width: number }).width], [[3, 3], [2, 1], 8]);
  const [word] = marked(3).plotly.layout.annotations as readonly { readonly text: string; readonly xanchor: string }[];
  assert.deepEqual([word?.text, word?.xanchor], ['a put', 'right']);
  assert.match(marked(3).text, /highest 2, a put at step 3/);
  const dead = staircase({
    unit: 'refs',
    stairs: [{ name: 'a', values: [1, 1, 0], mark: { at: 2, word: 'a put', end: 'dead' } }],
  }).plotly.layout;
  assert.equal((dead.annotations as readonly { readonly text: string }[])[1]?.text, 'dead');
  assert.ok(Number((dead.yaxis as { readonly range: readonly number[] }).range[0]) < 0, '0 is above the axis');
  assert.throws(() => marked(2), /'a' is marked at step 2, which leaves the counter alone/);
});

test('lines: a logarithmic axis refuses 0', () => {
  const zero = { series: [{ name: 's', x: [0, 1], y: [1, 2] }], xTitle: 'x', yTitle: 'y' };
  assert.match(curve(zero).text, /s goes from 1 to 2\.$/);
  assert.throws(() => curve({ ...zero, xLog: true }), /'s' holds 0; a logarithmic axis/);
  assert.throws(() => curve({ ...zero, series: [{ name: 's', x: [1], y: [] }] }), /1 values of x and 0 of y/);
});

test('bars print their numbers, 0 too', () => {
  const f = bars({ labels: ['0x40', '5.10'], unit: 'pages', series: [{ name: 'n', values: [0, 12] }], log: true });
  assert.deepEqual(first(f).text, ['0', '12']);
  assert.equal(axisOf(f, 'yaxis').type, 'category');
  assert.throws(
    () => bars({ labels: ['a'], unit: 'u', series: [{ name: 'n', values: [-1] }] }),
    /expected numbers from 0 up/,
  );
});

test('a timeline sorts, marks the evidence, and refuses what is no date', () => {
  const f = timeline([
    { date: '2022-08', label: 'later', evidence: 'read' },
    { date: '2016', label: 'earlier', evidence: 'recorded' },
  ]);
  assert.deepEqual(
    f.table.rows.map(r => r[0]),
    ['2016', '2022-08'],
  );
  assert.match(f.text, /\(1 recorded, 1 read\)/);
  assert.throws(() => timeline([{ date: 'June', label: 'x', evidence: 'read' }]), /'June' of 'x' is not a date/);
});

test('a heat map: more is darker, 0 is white, what never ends is darkest', () => {
  const f = heatMap({
    rows: ['r'],
    columns: ['0', '1', '9', 'x'],
    unit: 'passes',
    value: (_, c) => (c === 'x' ? Infinity : Number(c)),
  });
  const [z = []] = first(f).z as number[][];
  assert.deepEqual(
    [...z].sort((a, b) => a - b),
    z,
  );
  assert.equal(new Set(z).size, 4);
  assert.equal(z[0], 0.5);
  assert.match(f.text, /from 0 to 9 passes; 1 cell without end\.$/);
  assert.deepEqual(f.table.rows, [['r', 0, 1, 9, '∞']]);
  assert.throws(() => heatMap({ rows: ['r'], columns: ['c'], unit: 'u', value: () => -1 }), /was given -1/);
});

test('a lane says by how much the counter moves: 1024 for a pin, not one holding', () => {
  const said = JSON.stringify(swimLanes(run(anonPage(), ['task to done']), { internals: true }).plotly);
  assert.match(said, /_refcount \+1 \(pte\)/);
  assert.match(said, /_refcount \+1024 \(pin\), now 1025/);
  assert.match(said, /_refcount −1024 \(pin\), now 1\b/);
});
