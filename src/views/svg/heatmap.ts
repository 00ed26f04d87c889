/** Draws heatmap traces: cells with a gap between them, and the words on them. */
import { scaleLinear } from 'd3-scale';
import type { Heatmap, Label } from '../plotly.js';
import type { Canvas } from './canvas.js';
import type { Plane, Scale } from './plane.js';

/** The colour of z, by the trace's scale; colours between two stops are mixed as plotly mixes them. */
export function colourOf(t: Heatmap, z: number): string {
  const stops = t.colorscale;
  const at = Math.min(1, Math.max(0, (z - t.zmin) / (t.zmax - t.zmin)));
  const mix = scaleLinear<string>(
    stops.map(s => s[0]),
    stops.map(s => s[1]),
  );
  // Two stops at one place are a step: the later one counts from there on.
  const step = stops.findLast(s => s[0] === at);
  return hex(step === undefined ? mix(at) : step[1]);
}

function hex(colour: string): string {
  const rgb = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour);
  if (rgb === null) return colour;
  return `#${rgb
    .slice(1)
    .map(n => Number(n).toString(16).padStart(2, '0'))
    .join('')}`;
}

/** Cell i reaches half-way to its neighbours. */
function edges(values: readonly Label[], scale: Scale, i: number): readonly [number, number] {
  const at = (k: number): number => scale.unit(values[k] ?? 0);
  const half = (k: number): number => (values.length < 2 ? 0.5 : (at(Math.max(1, k)) - at(Math.max(1, k) - 1)) / 2);
  return [scale.raw(at(i) - half(i)), scale.raw(at(i) + half(Math.min(i + 1, values.length - 1)))];
}

export function drawHeatmap(c: Canvas, t: Heatmap, plane: Plane): void {
  const xs = plane.scale(t.xaxis ?? 'x');
  const ys = plane.scale(t.yaxis ?? 'y');
  const gapX = (t.xgap ?? 0) / 2;
  const gapY = (t.ygap ?? 0) / 2;
  t.z.forEach((row, r) => {
    row.forEach((z, k) => {
      if (z === null) return;
      const [xa, xb] = [...edges(t.x, xs, k)].sort((a, b) => a - b);
      const [ya, yb] = [...edges(t.y, ys, r)].sort((a, b) => a - b);
      if (xa === undefined || xb === undefined || ya === undefined || yb === undefined) return;
      c.rect(xa + gapX, ya + gapY, xb - xa - 2 * gapX, yb - ya - 2 * gapY, `fill="${colourOf(t, z)}"`);
      const text = t.text?.[r]?.[k] ?? '';
      if (text !== '' && t.texttemplate !== undefined)
        c.text({ text, x: (xa + xb) / 2, y: (ya + yb) / 2, font: t.textfont ?? {}, anchor: 'middle', on: 'middle' });
    });
  });
}
