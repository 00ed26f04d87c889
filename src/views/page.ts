/** The sheet that every figure is drawn on: white, 800 pixels wide, title at the left, room for the legend counted beforehand. */
import { scaleLinear } from 'd3-scale';
import {
  type Ground,
  groundsSoFar,
  inferredOf,
  STAR,
  STAR_SAYS,
  shortStarLine,
  starLine,
  weakestOf,
} from '../model/index.js';
import { GRID, INK, PAPER, SOFT } from './colours.js';
import type { Figure, Table } from './figure.js';
import type { Annotation, Axis, Frame, Layout, Trace } from './plotly.js';
import {
  EDGE,
  FONT,
  LEGEND_ROW,
  legendGrid,
  legendNames,
  SIZE,
  SMALL,
  sliderRoom,
  TELEPHONE,
  TITLE_SIZE,
  titleLift,
  WIDTH,
} from './sizes.js';
import { drawSvg } from './svg/writer.js';
import { heightOf, linesOf, plainText, short, widthOf, wrap } from './text.js';

export interface Sheet {
  readonly title: string;
  readonly traces: readonly Trace[];
  /** Of the whole picture, in pixels; `WIDTH` unless told. */
  readonly width?: number;
  /** The room of the plot itself, in pixels. */
  readonly plotHeight: number;
  /** Room for tick labels and axis titles; the right edge at least for half a tick label. */
  readonly left: number;
  readonly right?: number;
  readonly bottom: number;
  /** Above the plot, for tick labels at the top or titles of subplots. */
  readonly above?: number;
  readonly axes: Readonly<Record<string, Axis>>;
  readonly legend?: boolean;
  /** A click on an entry of the legend takes its line away: where lines are compared. */
  readonly toggles?: boolean;
  readonly more?: Partial<Layout>;
  readonly frames?: readonly Frame[];
  readonly text: string;
  readonly table: Table;
  /** The rules of releases that it rests on; unless told, those that were asked for since somebody began to collect: in a notebook, by its cell. */
  readonly grounds?: readonly Ground[];
}

/** A figure for a page, and beside it the same for a telephone. */
export function onBoth(make: (width: number) => Figure): Figure {
  return { ...make(WIDTH), narrow: make(TELEPHONE).plotly };
}

/** Puts a figure together: plotly JSON, its SVG twin drawn from that JSON, the sentence, the table. */
export function figureOf(s: Sheet): Figure {
  const width = s.width ?? WIDTH;
  const { grounds = groundsSoFar() } = s;
  const star = starNote(grounds, width - 2 * EDGE);
  const title = wrap(star === '' ? s.title : `${s.title}${STAR}`, width - 2 * EDGE, TITLE_SIZE * 1.1);
  const right = s.right ?? EDGE;
  const names = s.legend === true ? legendNames(s.traces) : [];
  const rows = names.length === 0 ? 0 : Math.ceil(names.length / legendGrid(names, width - s.left - right).perRow);
  const legendRoom = rows === 0 ? 0 : rows * LEGEND_ROW + 10;
  const above = (s.above ?? 0) + 6;
  const starRoom = star === '' ? 0 : Math.ceil(heightOf(star, SMALL)) + 4;
  const top = EDGE + heightOf(title, TITLE_SIZE) + 6 + starRoom + legendRoom + above;
  const slider = sliderRoom(s.more?.sliders);
  const layout: Layout = {
    width,
    height: Math.round(top + s.plotHeight + s.bottom + slider),
    margin: { l: s.left, r: right, t: Math.round(top), b: s.bottom + slider },
    title: {
      text: `<b>${title.replaceAll('<br>', '</b><br><b>')}</b>`,
      font: { size: TITLE_SIZE, color: INK },
      x: 0,
      xref: 'container',
      xanchor: 'left',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      pad: { l: EDGE, t: EDGE + titleLift(linesOf(title).length) },
    },
    font: { family: FONT, size: SIZE, color: INK },
    paper_bgcolor: PAPER,
    plot_bgcolor: PAPER,
    hovermode: 'closest',
    hoverlabel: { align: 'left', bgcolor: PAPER, bordercolor: SOFT, font: { color: INK, size: SIZE } },
    showlegend: rows > 0,
    ...(rows === 0
      ? {}
      : {
          legend: {
            orientation: 'h',
            x: 0,
            y: 1 + above / s.plotHeight,
            xanchor: 'left',
            yanchor: 'bottom',
            traceorder: 'normal',
            font: { size: SMALL },
            ...(s.toggles === true ? {} : ({ itemclick: false, itemdoubleclick: false } as const)),
          } as const,
        }),
    ...s.axes,
    ...s.more,
    ...(star === ''
      ? {}
      : {
          annotations: [...(s.more?.annotations ?? []), starAt(star, inferredOf(grounds), s.left, above + legendRoom)],
        }),
  };
  const plotly = {
    data: s.traces,
    layout,
    ...(s.frames === undefined ? {} : { frames: s.frames }),
    config: { displayModeBar: false, displaylogo: false, responsive: false },
  };
  const inferred = star === '' ? '' : inferredOf(grounds);
  const text = inferred === '' ? s.text : `${s.text} ${inferred[0]?.toUpperCase()}${inferred.slice(1)}.`;
  const table = star === '' || s.table.note !== undefined ? s.table : { ...s.table, note: starLine(grounds) };
  let svg: string | undefined;
  // Of the setting for a telephone nobody asks for it.
  return {
    plotly,
    get svg() {
      svg ??= drawSvg(plotly, text);
      return svg;
    },
    text,
    table,
  };
}

/** The line below the title: all that is inferred where two lines hold it, else as much as fits. */
function starNote(grounds: readonly Ground[], room: number): string {
  if (weakestOf(grounds) !== 'inferred') return '';
  const forms = [starLine(grounds), shortStarLine(grounds)].map(line => wrap(plainText(line), room, SMALL));
  return forms.find(line => linesOf(line).length <= 2) ?? STAR_SAYS;
}

/** Where it stands: at the left edge of the picture, between title and legend. */
function starAt(text: string, whole: string, left: number, up: number): Annotation {
  return {
    text,
    xref: 'paper',
    yref: 'paper',
    x: 0,
    y: 1,
    xanchor: 'left',
    yanchor: 'bottom',
    xshift: EDGE - left,
    yshift: up,
    align: 'left',
    showarrow: false,
    font: { size: SMALL, color: SOFT },
    hovertext: plainText(whole),
  };
}

/** An axis with the kit's look; say type and range. */
export function axis(a: Axis): Axis {
  const { title, ...rest } = a;
  if (a.visible === false) return { automargin: false, fixedrange: true, ...a };
  return {
    showgrid: false,
    zeroline: false,
    showline: false,
    ticks: '',
    automargin: false,
    fixedrange: true,
    ...(a.showgrid === true ? { gridcolor: GRID } : {}),
    ...(a.showline === true ? { linecolor: SOFT } : {}),
    ...(a.showticklabels === false ? {} : { tickfont: { size: SMALL }, ticklabelstandoff: 3 }),
    ...(title === undefined ? {} : { title: { font: { size: SIZE }, ...title } }),
    ...rest,
  };
}

/** A category axis: labels are never taken for numbers, and their order is given. */
export function categories(labels: readonly string[], more: Partial<Axis> = {}, down = false): Axis {
  const n = labels.length;
  return axis({
    type: 'category',
    categoryorder: 'array',
    categoryarray: labels,
    range: down ? [n - 0.5, -0.5] : [-0.5, n - 0.5],
    ...more,
  });
}

/** Room at the left for these tick labels and a title beside them. */
export function leftOf(labels: readonly string[], title = ''): number {
  return Math.ceil(Math.max(30, ...labels.map(l => widthOf(l, SMALL)))) + 21 + Math.ceil(heightOf(title, SIZE));
}

/** Round ticks between lo and hi, labelled alike in both pictures. */
export function ticksFor(lo: number, hi: number): { readonly tickvals: number[]; readonly ticktext: string[] } {
  const tickvals = scaleLinear([lo, hi], [0, 1]).ticks(6);
  return { tickvals, ticktext: tickvals.map(t => short(t)) };
}

/** At most `n` whole numbers from lo to hi, evenly apart: ticks for counts. */
export function wholeTicks(lo: number, hi: number, n = 8): readonly number[] {
  const steps = [1, 2, 5].flatMap(s => Array.from({ length: 10 }, (_, e) => s * 10 ** e)).sort((a, b) => a - b);
  const step = steps.find(s => (hi - lo) / s <= n) ?? hi - lo;
  const first = Math.ceil(lo / step) * step;
  return Array.from({ length: Math.floor((hi - first) / step) + 1 }, (_, i) => first + i * step + 0);
}
