/** Draws bar traces: upright or lying, from a base, side by side or on each other, with words. */
import { INK } from '../colours.js';
import type { Bar, Layout } from '../plotly.js';
import { widthOf } from '../text.js';
import { type Canvas, px } from './canvas.js';
import type { Plane } from './plane.js';

const of = <T>(v: T | readonly T[] | undefined, i: number, other: T): T =>
  Array.isArray(v) ? ((v as readonly T[])[i] ?? other) : ((v as T | undefined) ?? other);

/** The heights reached so far, for `barmode: 'stack'`. */
export type Piles = Map<string, number>;

export function drawBar(c: Canvas, t: Bar, plane: Plane, layout: Layout, bars: readonly Bar[], piles: Piles): void {
  const lying = t.orientation === 'h';
  const along = plane.scale(lying ? (t.xaxis ?? 'x') : (t.yaxis ?? 'y'));
  const across = plane.scale(lying ? (t.yaxis ?? 'y') : (t.xaxis ?? 'x'));
  const values = lying ? t.x : t.y;
  const places = lying ? t.y : t.x;
  const same = bars.filter(b => (b.xaxis ?? 'x') === (t.xaxis ?? 'x') && (b.yaxis ?? 'y') === (t.yaxis ?? 'y'));
  const grouped = layout.barmode === 'group' && same.length > 1;
  const room = 1 - (layout.bargap ?? 0.2);
  const slot = grouped ? room / same.length : room;
  const shift = grouped ? (same.indexOf(t) - (same.length - 1) / 2) * slot : 0;
  values.forEach((value, i) => {
    const width = of(t.width, i, slot * (grouped ? 1 - (layout.bargroupgap ?? 0) : 1));
    const middle = across.unit(places[i] ?? 0) + shift;
    const pile = `${across.name} ${along.name} ${middle} ${Number(value) < 0}`;
    const base = layout.barmode === 'stack' ? (piles.get(pile) ?? 0) : of(t.base, i, 0);
    piles.set(pile, base + Number(value));
    const a = across.raw(middle - width / 2);
    const b = across.raw(middle + width / 2);
    const floor = along.axis.type === 'log' && base <= 0 ? along.from : along.at(base);
    const p = along.axis.type === 'log' && base + Number(value) <= 0 ? along.from : along.at(base + Number(value));
    const fill = c.fill(of(t.marker?.color, i, '#cccccc'), t.marker?.pattern, i);
    const edge = t.marker?.line;
    const attributes = `fill="${fill}"${edge?.width ? ` stroke="${of(edge.color, i, INK)}" stroke-width="${px(edge.width)}"` : ''}`;
    if (lying) c.rect(floor, a, p - floor, b - a, attributes);
    else c.rect(a, floor, b - a, p - floor, attributes);
    words(c, t, i, lying ? [floor, a, p, b] : [a, floor, b, p], lying);
  });
}

const PAD = 4;

function words(
  c: Canvas,
  t: Bar,
  i: number,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  lying: boolean,
): void {
  const text = t.text?.[i] ?? '';
  if (text === '' || t.textposition === 'none') return;
  const font = t.textfont ?? {};
  const mx = (x0 + x1) / 2;
  const my = (y0 + y1) / 2;
  if (t.textposition === 'outside') {
    const back = lying ? x1 < x0 : y1 > y0;
    if (lying) c.text({ text, x: x1 + (back ? -PAD : PAD), y: my, font, anchor: back ? 'end' : 'start', on: 'middle' });
    else c.text({ text, x: mx, y: y1 + (back ? PAD : -PAD), font, anchor: 'middle', on: back ? 'top' : 'bottom' });
    return;
  }
  const start = t.insidetextanchor === 'start';
  if (lying && start) c.text({ text, x: x0 + PAD, y: my, font, anchor: 'start', on: 'middle' });
  else if (!lying && start)
    c.text({ text, x: mx, y: y0 > y1 ? y0 - PAD : y0 + PAD, font, anchor: 'middle', on: y0 > y1 ? 'bottom' : 'top' });
  else c.text({ text, x: mx, y: my, font, anchor: 'middle', on: 'middle', ...angle(t) });
}

const angle = (t: Bar): { angle?: number } => (t.textangle === undefined ? {} : { angle: t.textangle });

/** Room that a text outside a lying bar needs. */
export function outsideRoom(text: string, size: number): number {
  return widthOf(text, size) + 2 * PAD;
}
