/** A score on its sheet, from plain data: the rows placed, the slider with its stops. */
import { markText } from '../../model/index.js';
import { INK, PAPER, SOFT } from '../colours.js';
import type { Figure, Table } from '../figure.js';
import { axis, figureOf } from '../page.js';
import type { Frame, Scatter } from '../plotly.js';
import { SIZE, TELEPHONE, WIDTH } from '../sizes.js';
import { plainText, wrap } from '../text.js';
import { rulesOf, tracesOf } from './draw.js';
import type { Music, ScoreRow } from './music.js';
import { type Place, placed } from './place.js';

export const EDGES = 10;
/** The rows of a score are no taller than this, if folding can help it. */
export const TALLEST = 530;

export interface SheetOptions {
  readonly title: string;
  readonly width: number;
  readonly slider: boolean;
  readonly table: Table;
}

/** Draws placed rows. */
export function drawn(music: Music, place: Place, o: SheetOptions): Figure {
  const traces = tracesOf(place);
  const stepping = o.slider && place.rows.length > 2;
  return figureOf({
    grounds: music.grounds,
    title: plainText(o.title),
    traces: stepping ? [...traces, veil(place, place.rows.length)] : traces,
    width: o.width,
    plotHeight: Math.ceil(place.height),
    left: EDGES,
    right: EDGES,
    bottom: 10,
    axes: {
      xaxis: axis({ type: 'linear', range: [0, place.width], visible: false }),
      yaxis: axis({ type: 'linear', range: [Math.ceil(place.height), 0], visible: false }),
    },
    legend: true,
    more: {
      barmode: 'overlay',
      bargap: 0,
      shapes: rulesOf(place),
      ...(stepping ? { sliders: [slider(music, place)] } : {}),
    },
    ...(stepping
      ? {
          frames: [place.rows.length, ...place.rows.map((_, k) => k)].map((k): Frame => {
            const { x, y } = veil(place, k);
            return { name: frameName(place, k), data: [{ x, y }], traces: [traces.length] };
          }),
        }
      : {}),
    text: music.text,
    table: o.table,
  });
}

/** The score of a run that lies in a file, at the width of a page or of a telephone. */
export function scoreOf(music: Music, narrow: boolean): Figure {
  const width = narrow ? TELEPHONE : WIDTH;
  const loose = placed(music, width - 2 * EDGES, false);
  const place = loose.height <= TALLEST ? loose : placed(music, width - 2 * EDGES, true);
  const columns = ['step', 'what runs', 'what it did', 'event', ...music.stacks.map(s => s.count)];
  const rows = music.rows.map((r, i) => [
    r.to,
    r.name,
    r.phrase,
    r.marks.map(markText).join('; '),
    ...music.stacks.map(s => s.sums[i] ?? 0),
  ]);
  return drawn(music, place, { title: music.title, width, slider: true, table: { columns, rows } });
}

const frameName = (place: Place, k: number): string => (k === place.rows.length ? 'all' : `row ${k}`);

/** What lies over the steps to come, after row `k`; over nothing where `k` is the number of rows. */
function veil(place: Place, k: number): Scatter {
  const after = place.rows[k];
  const top = after === undefined ? place.height : after.top + after.height;
  const [a, b, c, d] = [0, place.width, top, place.height];
  return {
    type: 'scatter',
    mode: 'lines',
    showlegend: false,
    hoverinfo: 'skip',
    x: [a, b, b, a, a],
    y: [c, c, d, d, c],
    fill: 'toself',
    fillcolor: PAPER,
    opacity: 0.82,
    line: { width: 0, color: PAPER },
  };
}

/** What stands over the slider at a row. */
function said({ lanes, rows, steps }: Music, k: number): string {
  const row: ScoreRow | undefined = rows[k];
  if (row === undefined || k === 0) return row?.name ?? '';
  const marks = row.marks.map(m => `${m.sign} ${m.word}`);
  const who = row.sign === '' ? row.name : `${lanes[row.lane] ?? ''} ${row.name}()`;
  return `step ${row.to} of ${steps}: ${[who, ...marks].join('  ')}`;
}

/** A slider with a stop for the whole run, then one a row from the start on. Drawn anew at each stop: plotly loses the bars otherwise. */
function slider(music: Music, place: Place): Readonly<Record<string, unknown>> {
  const stop = (name: string, label: string): Record<string, unknown> => ({
    label: wrap(plainText(label), place.width - 16, SIZE),
    value: name,
    method: 'animate',
    args: [[name], { mode: 'immediate', frame: { duration: 0, redraw: true }, transition: { duration: 0 } }],
  });
  return {
    active: 0,
    x: 0,
    len: 1,
    y: 0,
    yanchor: 'top',
    pad: { t: 8, b: 8, l: 0, r: 0 },
    bgcolor: '#dddddd',
    bordercolor: SOFT,
    borderwidth: 1,
    ticklen: 4,
    tickcolor: SOFT,
    font: { size: 1, color: PAPER },
    currentvalue: { visible: true, prefix: '', xanchor: 'left', offset: 8, font: { size: SIZE, color: INK } },
    steps: [
      stop('all', 'the whole run; the slider goes through it from its start'),
      ...place.rows.map((_, k) => stop(frameName(place, k), said(music, k))),
    ],
  };
}
