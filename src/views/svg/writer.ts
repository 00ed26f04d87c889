/**
 * The SVG twin of a figure, drawn from the very plotly JSON: what is defined once is seen twice. It knows the trace types and attributes of plotly.ts,
 * and stops at a trace type that it does not know: a picture that leaves something out would be a lie.
 */
import { PAPER } from '../colours.js';
import type { PlotlyFigure } from '../figure.js';
import type { Bar, Layout, Trace } from '../plotly.js';
import { drawAxes, drawGrid } from './axes.js';
import { drawBar, type Piles } from './bar.js';
import { Canvas, escapeXml, px } from './canvas.js';
import { drawHeatmap } from './heatmap.js';
import { drawAnnotation, drawLegend, drawShape, drawTitle } from './marks.js';
import { planeOf } from './plane.js';
import { drawScatter, type Stacks } from './scatter.js';

/**
 * Draws plotly JSON as an SVG document: opaque white, no script, the sentence as its label. The same JSON gives the same bytes.
 * Errors: a trace type, axis type, marker or pattern that it does not know; an axis without range; a value that is no number.
 */
export function drawSvg(figure: PlotlyFigure, text: string): string {
  const layout = figure.layout as unknown as Layout;
  const traces = figure.data as unknown as readonly Trace[];
  const plane = planeOf(layout);
  const c = new Canvas();
  const shapes = layout.shapes ?? [];
  const bars = traces.filter((t): t is Bar => t.type === 'bar');
  const stacks: Stacks = new Map();
  const piles: Piles = new Map();
  c.rect(0, 0, plane.width, plane.height, `fill="${PAPER}"`);
  drawGrid(c, plane);
  for (const s of shapes) if (s.layer === 'below') drawShape(c, s, plane);
  for (const t of traces) {
    switch (t.type) {
      case 'scatter':
        drawScatter(c, t, plane, stacks);
        break;
      case 'bar':
        drawBar(c, t, plane, layout, bars, piles);
        break;
      case 'heatmap':
        drawHeatmap(c, t, plane);
        break;
      default:
        throw new TypeError(
          `the SVG writer cannot draw a trace of type '${String((t as { type?: unknown }).type)}'; it knows scatter, bar and heatmap`,
        );
    }
  }
  drawAxes(c, plane);
  for (const s of shapes) if (s.layer !== 'below') drawShape(c, s, plane);
  for (const a of layout.annotations ?? []) drawAnnotation(c, a, plane);
  drawLegend(c, layout, traces, plane);
  drawTitle(c, layout);
  const [w, h] = [px(plane.width), px(plane.height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-label="${escapeXml(text)}" font-family="${escapeXml(layout.font.family ?? 'sans-serif')}">
${c.toString()}
</svg>
`;
}
