/** What must be true of every SVG that the writer makes, whatever the data. */
import assert from 'node:assert/strict';
import type { Figure } from '#src/views/index.js';
import { widthOf } from '#src/views/text.js';

const SLACK = 2;

/** Well-formed: every tag closed in order, attributes quoted, no bare `&` or `<`. A small reader, since Node has none. */
export function assertWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replaceAll(/<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (_, close, name, __, self) => {
    if (close === '/') assert.equal(open.pop(), name, `</${name}> closes another tag`);
    else if (self === '') open.push(name);
    return '';
  });
  assert.deepEqual(open, [], 'a tag is left open');
  assert.doesNotMatch(rest, /[<>]/, 'a bare < or >');
  assert.doesNotMatch(svg.replaceAll(/&(?:lt|gt|amp|quot);/g, ''), /&/, 'a bare &');
}

interface Line {
  readonly text: string;
  readonly corners: readonly (readonly [number, number])[];
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
}

/** Each line of text with the room that it takes by estimate, turned as it is drawn. */
export function linesIn(svg: string): readonly Line[] {
  return [
    ...svg.matchAll(
      /<text font-size="([\d.]+)"[^>]*text-anchor="(\w+)"(?: transform="rotate\(([^)]+)\)")?>(.*?)<\/text>/gs,
    ),
  ].flatMap(([, size = '12', anchor, turn, body = '']) =>
    [
      ...body.matchAll(
        /<tspan x="([-\d.]+)" y="([-\d.]+)">((?:<tspan font-(?:weight|style)="\w+">.*?<\/tspan>|[^<])*)<\/tspan>/gs,
      ),
    ].map(([, x = '0', y = '0', inner = '']): Line => {
      const bold = inner.includes('weight="bold"');
      const text = inner
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&');
      const n = Number(size);
      const w = widthOf(bold ? `<b>${text}` : text, n);
      const left = Number(x) - (anchor === 'middle' ? w / 2 : anchor === 'end' ? w : 0);
      const corners = [left, left + w].flatMap(px =>
        [Number(y) - 0.8 * n, Number(y) + 0.25 * n].map(py => rotate(px, py, turn)),
      );
      const xs = corners.map(c => c[0]);
      const ys = corners.map(c => c[1]);
      return { text, corners, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
    }),
  );
}

function rotate(x: number, y: number, turn: string | undefined): readonly [number, number] {
  if (turn === undefined) return [x, y];
  const [deg = 0, cx = 0, cy = 0] = turn.split(' ').map(Number);
  const a = (deg * Math.PI) / 180;
  return [cx + (x - cx) * Math.cos(a) - (y - cy) * Math.sin(a), cy + (x - cx) * Math.sin(a) + (y - cy) * Math.cos(a)];
}

export function assertSound(figure: Figure): void {
  const { svg, text, table } = figure;
  assertWellFormed(svg);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined|null(?=")/);
  assert.doesNotMatch(text, /NaN|Infinity|undefined/);
  assert.ok(text.length > 0 && /[.:!?]$/.test(text), `the sentence has no end: ${text}`);
  assert.doesNotMatch(svg, /<script|on\w+="|href="/);
  for (const row of table.rows)
    assert.equal(row.length, table.columns.length, 'a row of the table is too short or too long');
  const [, w = 0, h = 0] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).map(Number);
  for (const { text: line, box } of linesIn(svg)) {
    const inside = box[0] >= -SLACK && box[1] >= -SLACK && box[2] <= w + SLACK && box[3] <= h + SLACK;
    assert.ok(inside, `'${line}' is drawn outside the picture of ${w} × ${h}: ${box.map(Math.round).join(', ')}`);
  }
  const json = JSON.stringify(figure.plotly);
  assert.doesNotMatch(json, /"title":"/, 'a title must be { text }');
  for (const [, colour = ''] of json.matchAll(/"\w*color":"([^"]*)"/g)) assert.match(colour, /^#[0-9a-f]{6}$/);
  assert.match(String(figure.plotly.layout.paper_bgcolor), /^#(ffffff|161c22)$/);
}

type Corners = Line['corners'];

/** How deep two turned boxes lie in each other along the directions of the first one's sides; less than 0 when they are apart. */
function depth(a: Corners, b: Corners): number {
  const [p = [0, 0], q = [0, 0], r = [0, 0]] = a;
  const along = [
    [q[0] - p[0], q[1] - p[1]],
    [r[0] - p[0], r[1] - p[1]],
  ];
  return Math.min(
    ...along.map(([dx = 0, dy = 0]) => {
      const length = Math.hypot(dx, dy) || 1;
      const on = (c: Corners): number[] => c.map(([x, y]) => (x * dx + y * dy) / length);
      const [m, n] = [on(a), on(b)];
      return Math.min(Math.max(...m), Math.max(...n)) - Math.max(Math.min(...m), Math.min(...n));
    }),
  );
}

/** Lines of text that lie on each other by more than 3 pixels, by estimate: what a reader could not read. */
export function overlaps(svg: string): readonly string[] {
  const lines = linesIn(svg).filter(l => l.text.trim() !== '');
  return lines.flatMap((a, i) =>
    lines
      .slice(i + 1)
      .filter(b => Math.min(depth(a.corners, b.corners), depth(b.corners, a.corners)) > 3)
      .map(b => `'${a.text}' and '${b.text}'`),
  );
}
