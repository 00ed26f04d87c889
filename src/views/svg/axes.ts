/** Draws the axes of each subplot: grid, lines, ticks, labels, titles. */
import { GRID, INK, SOFT } from '../colours.js';
import { heightOf, widthOf } from '../text.js';
import type { Canvas } from './canvas.js';
import type { Plane, Scale } from './plane.js';

const GAP = 2;
const TICK = 5;

/** The other axis of a subplot: where this one stands. */
function across(plane: Plane, s: Scale): Scale {
  return plane.scale(s.axis.anchor ?? (s.name.startsWith('x') ? 'y' : 'x'));
}

export function drawGrid(c: Canvas, plane: Plane): void {
  for (const s of plane.scales) {
    if (s.axis.visible === false) continue;
    const other = across(plane, s);
    const rule = (at: number, colour: string): void =>
      s.name.startsWith('x')
        ? c.line(at, other.from, at, other.to, `stroke="${colour}" stroke-width="1"`)
        : c.line(other.from, at, other.to, at, `stroke="${colour}" stroke-width="1"`);
    if (s.axis.showgrid === true) for (const t of s.ticks) rule(t.at, s.axis.gridcolor ?? GRID);
    if (s.axis.zeroline === true) rule(s.at(0), s.axis.zerolinecolor ?? SOFT);
  }
}

export function drawAxes(c: Canvas, plane: Plane): void {
  for (const s of plane.scales) if (s.axis.visible !== false) drawAxis(c, s, across(plane, s));
}

function drawAxis(c: Canvas, s: Scale, other: Scale): void {
  const horizontal = s.name.startsWith('x');
  const far = s.axis.side === 'top' || s.axis.side === 'right';
  const [lo, hi] = [Math.min(other.from, other.to), Math.max(other.from, other.to)];
  // `line` is where the axis stands; `out` is away from the plot.
  const line = horizontal ? (far ? lo : hi) : far ? hi : lo;
  const out = horizontal === far ? -1 : 1;
  const grey = `stroke="${s.axis.linecolor ?? SOFT}" stroke-width="1"`;
  if (s.axis.showline === true)
    horizontal ? c.line(s.from, line, s.to, line, grey) : c.line(line, s.from, line, s.to, grey);
  const tick = s.axis.ticks === 'outside' ? TICK : 0;
  const font = { size: 12, color: INK, ...s.axis.tickfont };
  const gap = GAP + (s.axis.ticklabelstandoff ?? 0);
  const angle = s.axis.tickangle ?? 0;
  let reach = 0;
  for (const t of s.ticks) {
    if (tick > 0)
      horizontal
        ? c.line(t.at, line, t.at, line + out * tick, grey)
        : c.line(line, t.at, line + out * tick, t.at, grey);
    if (s.axis.showticklabels === false) continue;
    const from = line + out * (tick + gap);
    const [w, h] = [widthOf(t.label, font.size), heightOf(t.label, font.size)];
    const turn = (Math.abs(angle) * Math.PI) / 180;
    reach = Math.max(reach, horizontal ? w * Math.sin(turn) + h * Math.cos(turn) : w);
    if (horizontal && angle !== 0)
      c.text({
        text: t.label,
        x: t.at,
        y: from + (h / 2) * Math.cos(turn),
        font,
        anchor: angle < 0 === out > 0 ? 'end' : 'start',
        on: 'middle',
        angle,
      });
    else if (horizontal)
      c.text({ text: t.label, x: t.at, y: from, font, anchor: 'middle', on: out > 0 ? 'top' : 'bottom' });
    else c.text({ text: t.label, x: from, y: t.at, font, anchor: far ? 'start' : 'end', on: 'middle' });
  }
  title(c, s, line + out * (tick + gap + reach), out, horizontal);
}

function title(c: Canvas, s: Scale, from: number, out: number, horizontal: boolean): void {
  const text = s.axis.title?.text;
  if (text === undefined || text === '') return;
  const font = { size: 13, color: INK, ...s.axis.title?.font };
  // Lines of tick labels are a little lower than their boxes.
  const at = from + out * ((s.axis.title?.standoff ?? 10) - (horizontal ? 4 : 0));
  const middle = (s.from + s.to) / 2;
  if (horizontal) c.text({ text, x: middle, y: at, font, anchor: 'middle', on: out > 0 ? 'top' : 'bottom' });
  else c.text({ text, x: at, y: middle, font, anchor: 'middle', on: 'bottom', angle: -90 });
}
