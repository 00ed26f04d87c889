/** Draws scatter traces: lines, steps, stacks, filled shapes, markers, arrows, text. */
import { area, curveLinear, curveStepAfter, line } from 'd3-shape';
import { INK, SOFT } from '../colours.js';
import type { Label, Scatter } from '../plotly.js';
import { type Canvas, px, stroke } from './canvas.js';
import type { Plane } from './plane.js';
import { type Angled, symbolPath } from './symbols.js';

/** What is stacked so far, by subplot and stack group. */
export type Stacks = Map<string, { readonly x: readonly Label[]; readonly top: readonly number[] }>;

const of = <T>(v: T | readonly T[] | undefined, i: number, other: T): T =>
  Array.isArray(v) ? ((v as readonly T[])[i] ?? other) : ((v as T | undefined) ?? other);

export function drawScatter(c: Canvas, t: Scatter, plane: Plane, stacks: Stacks): void {
  const xs = plane.scale(t.xaxis ?? 'x');
  const ys = plane.scale(t.yaxis ?? 'y');
  if (t.x.length !== t.y.length)
    throw new TypeError(`trace '${t.name ?? ''}' has ${t.x.length} values of x and ${t.y.length} of y`);
  const curve = t.line?.shape === 'hv' ? curveStepAfter : curveLinear;
  const open = t.opacity === undefined ? '' : ` opacity="${px(t.opacity)}"`;
  let points = t.x.map((x, i) => [xs.at(x), ys.at(t.y[i] ?? 0)] as const);
  const colour = t.line?.color ?? of(t.marker?.color, 0, INK);

  if (t.stackgroup !== undefined) {
    const key = `${xs.name} ${ys.name} ${t.stackgroup}`;
    const below = stacks.get(key);
    if (below !== undefined && String(below.x) !== String(t.x))
      throw new TypeError(
        `stacked trace '${t.name ?? ''}' has other x than the one below it; every one needs a value at every x`,
      );
    const bottom = below?.top ?? t.y.map(() => 0);
    const top = t.y.map((y, i) => Number(y) + (bottom[i] ?? 0));
    stacks.set(key, { x: t.x, top });
    const band = area<Label>()
      .x((_, i) => points[i]?.[0] ?? 0)
      .y0((_, i) => ys.raw(bottom[i] ?? 0))
      .y1((_, i) => ys.raw(top[i] ?? 0))
      .curve(curve)
      .digits(2);
    c.path(band(t.x), `fill="${c.fill(t.fillcolor ?? 'none', t.fillpattern)}"${open}`);
    points = t.x.map((x, i) => [xs.at(x), ys.raw(top[i] ?? 0)] as const);
  } else if (t.fill === 'toself' && points.some(p => p[0] !== points[0]?.[0])) {
    c.path(
      `${line().digits(2)(points.map(p => [p[0], p[1]]))}Z`,
      `fill="${c.fill(t.fillcolor ?? colour, t.fillpattern)}"${open}`,
    );
  } else if (t.fill === 'tozeroy') {
    const band = area<readonly [number, number]>()
      .x(p => p[0])
      .y0(ys.raw(0))
      .y1(p => p[1])
      .curve(curve)
      .digits(2);
    c.path(band(points), `fill="${c.fill(t.fillcolor ?? colour, t.fillpattern)}"${open}`);
  }
  if (t.mode.includes('lines') && (t.line?.width ?? 2) > 0 && points.length > 1)
    c.path(
      line<readonly [number, number]>()
        .x(p => p[0])
        .y(p => p[1])
        .curve(curve)
        .digits(2)(points),
      `${stroke(t.line, colour)}${open}`,
    );
  if (t.mode.includes('markers')) drawMarkers(c, t, points, open);
  if (t.mode.includes('text')) drawTexts(c, t, points);
}

function drawMarkers(c: Canvas, t: Scatter, points: readonly (readonly [number, number])[], open: string): void {
  points.forEach(([x, y], i) => {
    const size = of(t.marker?.size, i, 8);
    if (size <= 0) return;
    const symbol = of(t.marker?.symbol, i, 'circle');
    const before = points[i - 1];
    let at: Angled = { x, y, angle: 0 };
    if (t.marker?.angleref === 'previous' && before !== undefined) {
      const dx = x - before[0];
      const dy = y - before[1];
      const length = Math.hypot(dx, dy) || 1;
      const back = of(t.marker.standoff, i, 0);
      at = {
        x: x - (dx / length) * back,
        y: y - (dy / length) * back,
        angle: (Math.atan2(dy, dx) * 180) / Math.PI + 90,
      };
    }
    const fill = of(t.marker?.color, i, t.line?.color ?? INK);
    const hollow = symbol.endsWith('-open');
    const edge = hollow ? fill : of(t.marker?.line?.color, i, SOFT);
    const width = hollow ? 2 : (t.marker?.line?.width ?? 0);
    c.path(
      symbolPath(symbol.replace('-open', ''), size, at),
      `fill="${hollow ? '#ffffff' : fill}"${width > 0 ? ` stroke="${edge}" stroke-width="${px(width)}"` : ''}${open}`,
    );
  });
}

function drawTexts(c: Canvas, t: Scatter, points: readonly (readonly [number, number])[]): void {
  points.forEach(([x, y], i) => {
    const text = t.text?.[i] ?? '';
    if (text === '') return;
    const [v = 'middle', h = 'center'] = of(t.textposition, i, 'middle center').split(' ');
    const gap = t.mode.includes('markers') ? of(t.marker?.size, i, 8) / 2 + 2 : 0;
    c.text({
      text,
      x: x + (h === 'left' ? -gap : h === 'right' ? gap : 0),
      y: y + (v === 'top' ? -gap : v === 'bottom' ? gap : 0),
      font: t.textfont ?? {},
      anchor: h === 'left' ? 'end' : h === 'right' ? 'start' : 'middle',
      on: v === 'top' ? 'bottom' : v === 'bottom' ? 'top' : 'middle',
    });
  });
}
