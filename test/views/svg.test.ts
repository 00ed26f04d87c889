/** The SVG writer: what it draws from plotly JSON, and where it stops. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { drawSvg } from '#src/views/index.js';
import { widthOf, wrap } from '#src/views/text.js';
import { assertWellFormed } from './svg-checks.js';

const layout = {
  width: 200,
  height: 100,
  margin: { l: 0, r: 0, t: 0, b: 0 },
  font: {},
  showlegend: false,
  xaxis: { type: 'linear', range: [0, 10], visible: false },
  yaxis: { type: 'linear', range: [0, 10], visible: false },
};
const draw = (trace: object, more: object = {}): string =>
  drawSvg({ data: [trace as never], layout: { ...layout, ...more } }, 'a test.');

test('a trace type that it does not know is an error', () => {
  assert.throws(
    () => draw({ type: 'violin' }),
    /cannot draw a trace of type 'violin'; it knows scatter, bar and heatmap/,
  );
});

test('what it cannot draw rightly is an error: no range, unknown axis, marker, pattern, category, NaN', () => {
  const line = { type: 'scatter', mode: 'lines', x: [0, 1], y: [0, 1] };
  assert.throws(() => draw(line, { xaxis: { type: 'linear' } }), /axis 'x' has no range/);
  assert.throws(() => draw({ ...line, xaxis: 'x7' }), /on the axis 'x7'/);
  assert.throws(() => draw({ ...line, mode: 'markers', marker: { symbol: 'star' } }), /marker 'star'/);
  assert.throws(
    () => draw({ ...line, fill: 'tozeroy', fillcolor: '#ffffff', fillpattern: { shape: '~' } }),
    /pattern '~'/,
  );
  assert.throws(() => draw({ ...line, y: [0, Number.NaN] }), /NaN/);
  assert.throws(() => draw({ ...line, y: [0] }), /2 values of x and 1 of y/);
  assert.throws(
    () =>
      draw({ ...line, x: ['c', 'a'] }, { xaxis: { type: 'category', categoryarray: ['a', 'b'], range: [-0.5, 1.5] } }),
    /has no category 'c'; it has a, b/,
  );
});

test('steps are drawn as steps, bars from their base', () => {
  assert.match(
    draw({ type: 'scatter', mode: 'lines', x: [0, 5, 10], y: [0, 10, 10], line: { shape: 'hv' } }),
    /d="M0,100L100,100L100,0L200,0/,
  );
  assert.match(
    draw({ type: 'bar', x: [5], y: [2], base: [4], width: 2 }),
    /<rect x="80" y="40" width="40" height="20"/,
  );
  assert.match(
    draw({ type: 'bar', orientation: 'h', y: [5], x: [2], base: [4], width: 2 }),
    /<rect x="80" y="40" width="40" height="20"/,
  );
});

test('stacked traces must have a value at every x', () => {
  const band = { type: 'scatter', mode: 'lines', stackgroup: 's', fillcolor: '#cccccc' };
  const two = (x: number[]): string =>
    drawSvg(
      {
        data: [
          { ...band, x: [0, 5, 10], y: [1, 1, 1] },
          { ...band, x, y: x.map(() => 1) },
        ],
        layout,
      },
      'two.',
    );
  assert.match(two([0, 5, 10]), /M0,80L100,80L200,80/);
  assert.throws(() => two([0, 10]), /every one needs a value at every x/);
});

test('text is escaped, in labels as in the sentence', () => {
  const svg = drawSvg(
    { data: [{ type: 'scatter', mode: 'text', x: [5], y: [5], text: ['&lt;page&gt; & "co" <b>bold</b>'] }], layout },
    'a < b & "c".',
  );
  assertWellFormed(svg);
  assert.match(svg, /&lt;page&gt; &amp; &quot;co&quot; <tspan font-weight="bold">bold<\/tspan>/);
  assert.match(svg, /aria-label="a &lt; b &amp; &quot;c&quot;\."/);
});

test('text breaks at spaces, a long name at its underscores', () => {
  assert.equal(wrap('one two', widthOf('one two', 12), 12), 'one two');
  assert.equal(wrap('one two', widthOf('one t', 12), 12), 'one<br>two');
  assert.equal(wrap('kvm_release_pfn', widthOf('kvm_release_', 12), 12), 'kvm_release_<br>pfn');
  for (const line of wrap('abcdefghijklmnop', 30, 12).split('<br>')) assert.ok(widthOf(line, 12) <= 30);
});
