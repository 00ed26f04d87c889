/** Draws what lies on a plot: shapes, annotations, the legend, the title. */
import { INK, SOFT } from '../colours.js';
import type { Annotation, Label, Layout, Shape, Trace } from '../plotly.js';
import { LEGEND_ROW, LEGEND_SAMPLE, legendGrid, legendNames, titleLift } from '../sizes.js';
import { heightOf, linesOf, widthOf } from '../text.js';
import { type Canvas, px, stroke } from './canvas.js';
import type { Plane } from './plane.js';
import { symbolPath } from './symbols.js';

function place(plane: Plane, ref: string, value: Label, x: boolean): number {
  if (ref !== 'paper') return plane.scale(ref).at(value);
  const { left, right, top, bottom } = plane.box;
  return x ? left + Number(value) * (right - left) : bottom - Number(value) * (bottom - top);
}

export function drawShape(c: Canvas, s: Shape, plane: Plane): void {
  const [x0, x1] = [place(plane, s.xref, s.x0, true), place(plane, s.xref, s.x1, true)];
  const [y0, y1] = [place(plane, s.yref, s.y0, false), place(plane, s.yref, s.y1, false)];
  const open = s.opacity === undefined ? '' : ` opacity="${px(s.opacity)}"`;
  const edge = (s.line?.width ?? 2) > 0 ? stroke(s.line, INK) : 'fill="none"';
  if (s.type === 'line') c.line(x0, y0, x1, y1, edge + open);
  else if (s.type === 'rect')
    c.rect(x0, y0, x1 - x0, y1 - y0, edge.replace('fill="none"', `fill="${s.fillcolor ?? 'none'}"`) + open);
  else throw new TypeError(`the SVG writer does not know the shape '${String(s.type)}'; it knows line and rect`);
}

/** On a log axis plotly takes a shape's place as it is and an annotation's as an exponent. */
function annotated(plane: Plane, ref: string, value: Label, x: boolean): number {
  const scale = ref === 'paper' ? undefined : plane.scale(ref);
  return scale?.axis.type === 'log' ? scale.raw(Number(value)) : place(plane, ref, value, x);
}

export function drawAnnotation(c: Canvas, a: Annotation, plane: Plane): void {
  const tip = [annotated(plane, a.xref, a.x, true), annotated(plane, a.yref, a.y, false)] as const;
  const arrow = a.showarrow;
  const x = tip[0] + (arrow ? (a.ax ?? 0) : (a.xshift ?? 0));
  const y = tip[1] + (arrow ? (a.ay ?? -30) : -(a.yshift ?? 0));
  const font = { size: 12, color: INK, ...a.font };
  const [w, h] = [widthOf(a.text, font.size), heightOf(a.text, font.size)];
  const turned = a.textangle === -90 || a.textangle === 90;
  const xanchor = a.xanchor ?? 'center';
  const yanchor = a.yanchor ?? 'middle';
  if (arrow) {
    const colour = a.arrowcolor ?? SOFT;
    c.line(x, y, tip[0], tip[1], stroke({ color: colour, width: a.arrowwidth ?? 1.5 }, colour));
    const angle = (Math.atan2(tip[1] - y, tip[0] - x) * 180) / Math.PI + 90;
    if (a.arrowhead !== 0) c.path(symbolPath('arrow', 14, { x: tip[0], y: tip[1], angle }), `fill="${colour}"`);
  }
  const pad = a.borderpad ?? 2;
  const left = xanchor === 'left' ? x : xanchor === 'right' ? x - w : x - w / 2;
  const top = yanchor === 'top' ? y : yanchor === 'bottom' ? y - h : y - h / 2;
  if ((a.bgcolor !== undefined || a.bordercolor !== undefined) && !turned)
    c.rect(
      left - pad,
      top - pad,
      w + 2 * pad,
      h + 2 * pad,
      `fill="${a.bgcolor ?? 'none'}"${a.bordercolor === undefined ? '' : ` stroke="${a.bordercolor}"`}`,
    );
  if (turned) {
    // The box is as tall as the text is wide.
    const cx = x + (xanchor === 'left' ? h / 2 : xanchor === 'right' ? -h / 2 : 0);
    const cy = y + (yanchor === 'top' ? w / 2 : yanchor === 'bottom' ? -w / 2 : 0);
    c.text({ text: a.text, x: cx, y: cy, font, anchor: 'middle', on: 'middle', angle: a.textangle ?? 0 });
    return;
  }
  const align = a.align ?? 'center';
  c.text({
    text: a.text,
    x: align === 'left' ? left : align === 'right' ? left + w : left + w / 2,
    y: top,
    font,
    anchor: align === 'left' ? 'start' : align === 'right' ? 'end' : 'middle',
    on: 'top',
  });
}

export function drawLegend(c: Canvas, layout: Layout, traces: readonly Trace[], plane: Plane): void {
  const legend = layout.legend;
  if (!layout.showlegend || legend === undefined) return;
  const shown = traces.filter(t => t.showlegend === true && t.name !== undefined);
  const size = legend.font?.size ?? 12;
  const grid = legendGrid(legendNames(traces), plane.box.right - plane.box.left);
  const rows = Math.ceil(shown.length / grid.perRow);
  const bottom = place(plane, 'paper', legend.y, false) - 5;
  shown.forEach((t, i) => {
    const k = i % grid.perRow;
    const x = plane.box.left + grid.widths.slice(i - k, i).reduce((a, b) => a + b, 0);
    const y = bottom - (rows - Math.floor(i / grid.perRow) - 0.5) * LEGEND_ROW;
    sample(c, t, x + 5, y);
    c.text({
      text: t.name ?? '',
      x: x + LEGEND_SAMPLE,
      y,
      font: { size, color: INK },
      anchor: 'start',
      on: 'middle',
    });
  });
}

function sample(c: Canvas, t: Trace, x: number, y: number): void {
  if (t.type === 'heatmap') return;
  const marker = t.marker;
  const first = <T>(v: T | readonly T[] | undefined, other: T): T =>
    Array.isArray(v) ? ((v as readonly T[])[0] ?? other) : ((v as T | undefined) ?? other);
  if (t.type === 'bar') {
    const edge = marker?.line?.width ? ` stroke="${first(marker.line.color, INK)}"` : '';
    c.rect(x + 8, y - 6, 14, 12, `fill="${c.fill(first(marker?.color, '#cccccc'), marker?.pattern)}"${edge}`);
    return;
  }
  const colour = t.line?.color ?? first(marker?.color, INK);
  if (t.fillcolor !== undefined) c.rect(x, y, 30, 8, `fill="${c.fill(t.fillcolor, t.fillpattern)}"`);
  if (t.mode.includes('lines') && (t.line?.width ?? 2) > 0) c.line(x, y, x + 30, y, stroke(t.line, colour));
  if (t.mode.includes('markers') && marker !== undefined) {
    const symbol = first(marker.symbol, 'circle');
    const hollow = symbol.endsWith('-open');
    const fill = first(marker.color, colour);
    const arrow = symbol === 'arrow';
    c.path(
      symbolPath(symbol.replace('-open', ''), arrow ? 16 : 9, { x: x + (arrow ? 30 : 15), y, angle: arrow ? 90 : 0 }),
      `fill="${hollow ? '#ffffff' : fill}" stroke="${hollow ? fill : first(marker.line?.color, fill)}"`,
    );
  }
}

export function drawTitle(c: Canvas, layout: Layout): void {
  const t = layout.title;
  if (t === undefined) return;
  const pad = (t.pad ?? {}) as { l?: number; t?: number };
  c.text({
    text: t.text,
    x: pad.l ?? 0,
    y: (pad.t ?? 0) - titleLift(linesOf(t.text).length),
    font: t.font ?? {},
    anchor: 'start',
    on: 'top',
  });
}
