/** A grid of words on a sheet of some width: columns that have no room stand below the others, under the same rows. */
import { INK, SHADES, SOFT, TONES, type Tone } from './colours.js';
import type { Grid } from './grid.js';
import { categories, type Sheet } from './page.js';
import type { Annotation, Axis, Heatmap, Shape } from './plotly.js';
import { EDGE, SMALL, WIDTH } from './sizes.js';
import { breaksWords, heightOf, plainText, widthOf, wrap } from './text.js';

/** A grid with what is written on its cells and said of them, row by row. */
export interface Written extends Grid {
  readonly words: readonly (readonly string[])[];
  readonly hovers: readonly (readonly string[])[];
  /** '': nothing stands below. */
  readonly note: string;
}

const NAMES = Object.keys(TONES) as Tone[];
const PAD = 6;
/** A grid is no taller than this, if wider names of rows can help it. */
const TALLEST = 560;
/** What the names of the rows may take: the first that keeps the grid low. */
const LEFT = [220, 280, 340, 400] as const;
const NARROW_LEFT = [112] as const;
/** Between two parts of the columns. */
const GAP = 16;

/** A step for each colour; zmin and zmax are fixed, so that colours never jump between two grids. */
const scaleOf = (colours: readonly string[]): Heatmap['colorscale'] =>
  colours.flatMap((c, i) => [[i / colours.length, c] as const, [(i + 1) / colours.length, c] as const]);

/** So many columns beside each other, from `from` on. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly labels: readonly string[];
  readonly words: readonly (readonly string[])[];
  /** Of one row. */
  readonly tall: number;
  /** The labels of the columns over the cells. */
  readonly above: number;
}

interface Laid {
  readonly left: number;
  readonly rowLabels: readonly string[];
  readonly corner: string;
  readonly parts: readonly Part[];
  readonly height: number;
}

/** Everything set on `width` pixels with at most `most` for the names of the rows. */
function laid(g: Written, width: number, most: number): Laid {
  const rowLabels = g.rows.map(r => wrap(plainText(r), most - 20, SMALL));
  // What the rows are stands in the corner over them.
  const longest = Math.max(...rowLabels.map(r => widthOf(r, SMALL)), g.rowTitle === undefined ? 0 : 70);
  const left = Math.ceil(Math.min(most, longest + 20));
  const corner = g.rowTitle === undefined ? '' : wrap(plainText(g.rowTitle), left - EDGE - 6, SMALL);
  const room = width - left - EDGE;
  const each = perPart(g, room);
  const parts = Array.from({ length: Math.ceil(g.columns.length / each) }, (_, i): Part => {
    const [from, to] = [i * each, Math.min(g.columns.length, (i + 1) * each)];
    const wide = room / each;
    const labels = g.columns.slice(from, to).map(c => wrap(plainText(c), wide - 4, SMALL));
    const words = g.words.map(row => row.slice(from, to).map(w => wrap(w, wide - PAD, SMALL)));
    const tallest = Math.max(...[...words.flat(), ...rowLabels].map(w => heightOf(w, SMALL)));
    const over = i === 0 ? heightOf(corner, SMALL) - 8 : 0;
    const above = Math.max(over, ...labels.map(c => heightOf(c, SMALL))) + 14;
    return { from, to, labels, words, tall: Math.max(26, tallest + 10), above };
  });
  const height = parts.reduce((n, p) => n + p.tall * g.rows.length + p.above, 0) + GAP * (parts.length - 1);
  return { left, rowLabels, corner, parts, height };
}

/** How many columns stand beside each other so that no word on them is broken; the parts are about as wide as each other. */
function perPart(g: Written, room: number): number {
  const n = g.columns.length;
  const breaks = (each: number): boolean =>
    g.columns.some(c => breaksWords(plainText(c), room / each - 4, SMALL)) ||
    g.words.flat().some(w => breaksWords(w, room / each - PAD, SMALL));
  const most = Array.from({ length: n }, (_, i) => n - i).find(each => !breaks(each)) ?? 1;
  return Math.ceil(n / Math.ceil(n / most));
}

/** The cells: colours by tone or shade, and the words on them. */
function heatmapOf(g: Written, p: Part, axis: string): Heatmap {
  const shaded = g.shades !== undefined;
  const colours: readonly string[] = shaded ? SHADES : NAMES.map(t => TONES[t]);
  // A cell that is not there is white, in both scales.
  const white = shaded ? 0 : NAMES.indexOf('none');
  return {
    type: 'heatmap',
    ...(axis === '' ? {} : { xaxis: `x${axis}`, yaxis: `y${axis}` }),
    x: g.columns.slice(p.from, p.to),
    y: g.rows,
    z: g.cells.map((row, r) =>
      row
        .slice(p.from, p.to)
        .map((c, k) => (c === null ? white : (g.shades?.[r]?.[p.from + k] ?? NAMES.indexOf(c.tone))) + 0.5),
    ),
    text: p.words,
    texttemplate: '%{text}',
    textfont: { size: SMALL, color: INK },
    colorscale: scaleOf(colours),
    zmin: 0,
    zmax: colours.length,
    xgap: 3,
    ygap: 3,
    showscale: false,
    customdata: g.hovers.map(row => row.slice(p.from, p.to)),
    hovertemplate: '%{customdata}<extra></extra>',
  };
}

/** The thick left edges. */
function edgesOf(g: Written, p: Part, axis: string): readonly Shape[] {
  return (g.edges ?? [])
    .filter(([, c]) => c >= p.from && c < p.to)
    .map(
      ([r, c]): Shape => ({
        type: 'line',
        xref: `x${axis}`,
        yref: `y${axis}`,
        x0: c - p.from - 0.5,
        x1: c - p.from - 0.5,
        y0: r - 0.46,
        y1: r + 0.46,
        line: { color: INK, width: 4 },
      }),
    );
}

/** What the rows are, in the corner over them. */
function cornerNote(text: string): Annotation {
  return {
    text: `<i>${text.replaceAll('<br>', '</i><br><i>')}</i>`,
    xref: 'paper',
    yref: 'paper',
    x: 0,
    y: 1,
    xanchor: 'right',
    yanchor: 'bottom',
    xshift: -6,
    yshift: 4,
    align: 'right',
    showarrow: false,
    font: { size: SMALL, color: INK },
  };
}

function noteBelow(text: string, left: number): Annotation {
  return {
    text,
    xref: 'paper',
    yref: 'paper',
    x: 0,
    y: 0,
    xanchor: 'left',
    yanchor: 'top',
    ...(left === 0 ? {} : { xshift: left }),
    yshift: -6,
    align: 'left',
    showarrow: false,
    font: { size: SMALL, color: SOFT },
  };
}

/** The grid as traces and axes. */
export function gridSheet(g: Written, width: number): Omit<Sheet, 'text' | 'table'> {
  const all = (width < WIDTH ? NARROW_LEFT : LEFT).map(most => laid(g, width, most));
  const { left, rowLabels, corner, parts, height } = all.find(l => l.height <= TALLEST) ?? lowest(all);
  const titled = g.columnTitle === undefined ? 0 : 24;
  const plotHeight = Math.ceil(height - (parts[0]?.above ?? 0));
  const axes: Record<string, Axis> = {};
  let y = 0;
  parts.forEach((p, i) => {
    const id = i === 0 ? '' : String(i + 1);
    if (i > 0) y += p.above + GAP;
    const bottom = y + p.tall * g.rows.length;
    const domain =
      parts.length === 1 ? {} : { domain: [Math.max(0, 1 - bottom / plotHeight), 1 - y / plotHeight] as const };
    y = bottom;
    const columns = g.columns.slice(p.from, p.to);
    axes[`xaxis${id}`] = categories(columns, {
      side: 'top',
      ...(parts.length === 1 ? {} : { anchor: `y${id}` }),
      tickmode: 'array',
      tickvals: columns,
      ticktext: p.labels,
      tickangle: 0,
      ...(i > 0 || g.columnTitle === undefined ? {} : { title: { text: plainText(g.columnTitle), standoff: 4 } }),
    });
    axes[`yaxis${id}`] = categories(
      g.rows,
      {
        ...(parts.length === 1 ? {} : { anchor: `x${id}`, ...domain }),
        tickmode: 'array',
        tickvals: g.rows,
        ticktext: rowLabels,
      },
      true,
    );
  });
  const idOf = (i: number): string => (i === 0 ? '' : String(i + 1));
  const shapes = parts.flatMap((p, i) => edgesOf(g, p, idOf(i)));
  const below = g.note === '' ? '' : wrap(plainText(g.note), width - (width < WIDTH ? 0 : left) - EDGE, SMALL);
  const annotations = [
    ...(corner === '' ? [] : [cornerNote(corner)]),
    ...(below === '' ? [] : [noteBelow(below, width < WIDTH ? EDGE - left : 0)]),
  ];
  return {
    title: g.title,
    width,
    traces: parts.map((p, i) => heatmapOf(g, p, idOf(i))),
    plotHeight,
    left,
    right: EDGE,
    bottom: EDGE + (below === '' ? 0 : Math.ceil(heightOf(below, SMALL))),
    above: (parts[0]?.above ?? 0) + titled,
    axes,
    more: {
      ...(shapes.length === 0 ? {} : { shapes }),
      ...(annotations.length === 0 ? {} : { annotations }),
    },
  };
}

const lowest = (all: readonly Laid[]): Laid => all.reduce((a, b) => (b.height < a.height ? b : a));
