/** A grid of words: what truth table, release matrix and coverage map share. */
import { collected, type Evidence, type Ground, inferredOf, STAR, STAR_SAYS, weakestOf } from '../model/index.js';
import { INK, SHADES, SOFT, TONES, type Tone } from './colours.js';
import type { Figure, Table } from './figure.js';
import { weakestLevel } from './known.js';
import { categories, figureOf, type Sheet } from './page.js';
import type { Annotation, Heatmap, Layout, Shape } from './plotly.js';
import { EDGE, SMALL, WIDTH } from './sizes.js';
import { breaksWords, heightOf, plainText, widthOf, wrap } from './text.js';

/** What a cell says, and how a reader should take it; the tone's colour only repeats the words. */
export interface Cell {
  readonly text: string;
  readonly tone: Tone;
  /** More for the pointer: the run in words, the commit, how well it is known. */
  readonly hover?: string;
  /** How well it is known, where that is not only by the rules that were asked for while it was made. */
  readonly level?: Evidence;
  readonly grounds?: readonly Ground[];
}

export interface Grid {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** null: there is no such cell. */
  readonly cells: readonly (readonly (Cell | null)[])[];
  /** In place of tones: which of SHADES each cell has. */
  readonly shades?: readonly (readonly number[])[];
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  /** Cells (row, column) with a thick left edge: something changed there. */
  readonly edges?: readonly (readonly [row: number, column: number])[];
  readonly text: string;
  readonly table: Table;
}

const NAMES = Object.keys(TONES) as Tone[];
/** The colour of a cell that is not there: white, in both scales. */
const whiteOf = (shades: boolean): number => (shades ? 0 : NAMES.indexOf('none'));
const PAD = 6;
/** A cell that cannot exist: no such page, no such release. */
const NOTHING = '–';
/** Sizes of the words on cells, the first that fits. */
const SIZES = [SMALL, 11, 10] as const;
const MAX_LEFT = 220;
/** Below this width a column's label stands upright. */
const NARROW = 44;

/** A step for each colour; zmin and zmax are fixed, so that colours never jump between two grids. */
const scaleOf = (colours: readonly string[]): Heatmap['colorscale'] =>
  colours.flatMap((c, i) => [[i / colours.length, c] as const, [(i + 1) / colours.length, c] as const]);

/** How well a cell is known: the weakest of what is said of it and of the rules that it rests on. Null: nothing is said. */
function levelOf(c: Cell): Evidence | null {
  return weakestLevel(c.level, weakestOf(c.grounds ?? []));
}

/** What a cell says, with a star where it rests on something inferred. */
function shownText(c: Cell): string {
  return levelOf(c) === 'inferred' ? `${c.text}${STAR}` : c.text;
}

/** `5.12, devdax: leak`, what more there is to say, and how well it is known. */
function hoverOf(row: string, column: string, c: Cell | null): string {
  const level = c === null ? null : levelOf(c);
  const lines = [
    c === null ? 'there is no such case' : c.text,
    ...(c?.hover?.split('\n') ?? []),
    ...(level === null ? [] : [`known: ${level}`]),
    ...inferredOf(c?.grounds ?? []).split('; '),
  ];
  const said = lines.filter(line => line !== '').map(plainText);
  return [`<b>${plainText(row)}, ${plainText(column)}</b>`, ...said].join('<br>');
}

/** What a grid says of how well its cells are known. Where cells say it, the picture as a whole does not. */
function knownIn(g: Grid): { readonly stars: number; readonly sheet: Pick<Sheet, 'text' | 'table' | 'grounds'> } {
  const given = g.cells.flat().filter(c => c !== null);
  const stars = given.filter(c => levelOf(c) === 'inferred').length;
  const text = stars === 0 ? g.text : `${g.text} ${stars} of the ${given.length} cells rest on something inferred (*).`;
  const said = given.some(c => levelOf(c) !== null);
  const note = stars > 0 ? STAR_SAYS : '';
  const levels = g.cells.map(row => [null, ...row.map(c => (c === null ? null : levelOf(c)))]);
  return {
    stars,
    sheet: { text, ...(said ? { table: { ...g.table, levels, note }, grounds: [] } : { table: g.table }) },
  };
}

/** Errors: as of gridFigure, but for the number of columns. */
function check(g: Grid): void {
  if (g.rows.length === 0 || g.columns.length === 0)
    throw new RangeError(
      `'${g.title}' has ${g.rows.length} rows and ${g.columns.length} columns; a grid needs at least one of each`,
    );
  if (new Set(g.rows).size < g.rows.length || new Set(g.columns).size < g.columns.length)
    throw new TypeError(`'${g.title}': two rows or two columns have the same name; each needs its own`);
}

/** The cells: colours by tone or shade, and the words on them in letters of `size`. */
function heatmapOf(g: Grid, words: readonly (readonly string[])[], size: number): Heatmap {
  const colours: readonly string[] = g.shades === undefined ? NAMES.map(t => TONES[t]) : SHADES;
  return {
    type: 'heatmap',
    x: g.columns,
    y: g.rows,
    z: g.cells.map((row, r) =>
      row.map(
        (c, k) => (c === null ? whiteOf(g.shades !== undefined) : (g.shades?.[r]?.[k] ?? NAMES.indexOf(c.tone))) + 0.5,
      ),
    ),
    text: words,
    texttemplate: '%{text}',
    textfont: { size, color: INK },
    colorscale: scaleOf(colours),
    zmin: 0,
    zmax: colours.length,
    xgap: 3,
    ygap: 3,
    showscale: false,
    customdata: g.cells.map((row, r) => row.map((c, k) => hoverOf(g.rows[r] ?? '', g.columns[k] ?? '', c))),
    hovertemplate: '%{customdata}<extra></extra>',
  };
}

/** The thick left edges. */
function edgesOf(g: Grid): readonly Shape[] {
  return (g.edges ?? []).map(
    ([r, c]): Shape => ({
      type: 'line',
      xref: 'x',
      yref: 'y',
      x0: c - 0.5,
      x1: c - 0.5,
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

/** Below the cells: what an edge and a dash say, where there are any. */
function legendOf(g: Grid): string {
  return [
    ...(knownIn(g).stars === 0 ? [] : [STAR_SAYS]),
    ...((g.edges ?? []).length === 0 ? [] : ['a thick edge: the outcome changes there']),
    ...(g.cells.flat().includes(null) ? ['–: there is no such case'] : []),
  ].join('; ');
}

function noteBelow(text: string): Annotation {
  return {
    text,
    xref: 'paper',
    yref: 'paper',
    x: 0,
    y: 0,
    xanchor: 'left',
    yanchor: 'top',
    yshift: -6,
    showarrow: false,
    font: { size: SMALL, color: SOFT },
  };
}

/** Draws a grid. Errors: no rows or no columns; more columns than 800 pixels can show. */
export function gridFigure(g: Grid): Figure {
  check(g);
  const rowLabels = g.rows.map(r => wrap(plainText(r), MAX_LEFT - 20, SMALL));
  // What the rows are stands in the corner over them.
  const longest = Math.max(...rowLabels.map(r => widthOf(r, SMALL)), g.rowTitle === undefined ? 0 : 70);
  const left = Math.ceil(Math.min(MAX_LEFT, longest + 20));
  const corner = g.rowTitle === undefined ? '' : wrap(plainText(g.rowTitle), left - EDGE - 6, SMALL);
  const right = EDGE;
  const wide = (WIDTH - left - right) / g.columns.length;
  if (wide < 18)
    throw new RangeError(
      `'${g.title}' has ${g.columns.length} columns; at most ${Math.floor((WIDTH - left - right) / 18)} can be read: split it`,
    );
  const upright = wide < NARROW;
  const columnLabels = g.columns.map(c => (upright ? plainText(c) : wrap(plainText(c), wide - 4, SMALL)));
  const above =
    Math.max(
      heightOf(corner, SMALL) - 8,
      ...columnLabels.map(c => (upright ? widthOf(c, SMALL) : heightOf(c, SMALL))),
    ) + 14;
  // Smaller letters before a broken word.
  const texts = g.cells.flat().flatMap(c => (c === null ? [] : [plainText(shownText(c))]));
  const size = SIZES.find(n => !texts.some(t => breaksWords(t, wide - PAD, n))) ?? SMALL;
  const words = g.cells.map(row =>
    row.map(c => (c === null ? NOTHING : wrap(plainText(shownText(c)), wide - PAD, size))),
  );
  const tallest = Math.max(...words.flat().map(w => heightOf(w, size)), ...rowLabels.map(r => heightOf(r, SMALL)));
  const tall = Math.max(26, tallest + 10);
  const shapes = edgesOf(g);
  const below = legendOf(g);
  const annotations = [...(corner === '' ? [] : [cornerNote(corner)]), ...(below === '' ? [] : [noteBelow(below)])];
  const more: Partial<Layout> = {
    ...(shapes.length === 0 ? {} : { shapes }),
    ...(annotations.length === 0 ? {} : { annotations }),
  };
  return figureOf({
    title: g.title,
    traces: [heatmapOf(g, words, size)],
    plotHeight: Math.ceil(tall * g.rows.length),
    left,
    right,
    bottom: EDGE + (below === '' ? 0 : 16),
    above: above + (g.columnTitle === undefined ? 0 : 24),
    axes: {
      xaxis: categories(g.columns, {
        side: 'top',
        tickmode: 'array',
        tickvals: g.columns,
        ticktext: columnLabels,
        tickangle: upright ? -90 : 0,
        ...(g.columnTitle === undefined ? {} : { title: { text: plainText(g.columnTitle), standoff: 4 } }),
      }),
      yaxis: categories(
        g.rows,
        {
          tickmode: 'array',
          tickvals: g.rows,
          ticktext: rowLabels,
        },
        true,
      ),
    },
    more,
    ...knownIn(g).sheet,
  });
}

/** How often each word stands in the cells, most frequent first: `leak 12, balanced 8`. */
export function tally(cells: readonly (readonly (Cell | null)[])[]): string {
  const counts = new Map<string, number>();
  for (const c of cells.flat()) if (c !== null) counts.set(c.text, (counts.get(c.text) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, n]) => `${word} ${n}`)
    .join(', ');
}

/** Makes a cell, and keeps which rules of releases were asked for meanwhile: it rests on them. */
export function madeCell(make: () => CellValue): Cell | null {
  const { made, grounds } = collected(() => asCell(make()));
  return made === null || grounds.length === 0 ? made : { ...made, grounds: [...(made.grounds ?? []), ...grounds] };
}

/** What a caller may give for a cell. */
export type CellValue = boolean | number | string | Cell | null;

export function asCell(v: CellValue): Cell | null {
  if (v === null) return null;
  if (typeof v === 'boolean') return { text: v ? 'yes' : 'no', tone: v ? 'info' : 'plain' };
  if (typeof v === 'object') {
    if (!(v.tone in TONES))
      throw new TypeError(`the cell '${v.text}' has the tone '${String(v.tone)}'; tones are ${NAMES.join(', ')}`);
    return v;
  }
  return { text: String(v), tone: 'plain' };
}
