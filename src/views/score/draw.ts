/** A placed score as plotly traces: rows, lanes, signs, words, counts; all in pixels on one pair of axes. */
import { INK, PAPER, SOFT } from '../colours.js';
import type { Bar, Scatter, Shape, Trace } from '../plotly.js';
import { SIZE, SMALL } from '../sizes.js';
import { widthOf, wrap } from '../text.js';
import { blocks, counted, type Word, weights } from './blocks.js';
import { AFTER_SIGN, type Place, type PlacedRow } from './place.js';
import { BAD, GROUND, middle, TONE_NAMES, toneOf } from './tones.js';

const LANE = '#c9ced3';
/** How wide what the pointer is told may be. */
const HOVER = 380;
/** The room of a sign above and below its middle. */
const SIGN = 7;

/** What the pointer is told of a row: the step, every change, the events. */
const hoverOf = (r: PlacedRow): string => r.row.hover.map(line => wrap(line, HOVER, SIZE)).join('<br>');

function grounds(place: Place): readonly Bar[] {
  return (['bad', 'warn', 'good', 'plain'] as const).flatMap((tone): Bar[] => {
    const own = place.rows.filter(r => toneOf(r) === tone);
    if (own.length === 0) return [];
    const look = GROUND[tone];
    return [
      {
        type: 'bar',
        orientation: 'h',
        name: tone === 'plain' ? '' : TONE_NAMES[tone],
        showlegend: tone !== 'plain',
        x: own.map(() => place.width - 2),
        y: own.map(middle),
        base: own.map(() => 1),
        width: own.map(r => r.height - (tone === 'plain' ? 0 : 2)),
        marker: {
          color: tone === 'plain' ? own.map(r => (place.rows.indexOf(r) % 2 === 1 ? look.ground : PAPER)) : look.ground,
          ...(tone === 'plain' ? {} : { line: { color: look.edge, width: 1.5 } }),
        },
        customdata: own.map(r => hoverOf(r)),
        hovertemplate: '%{customdata}<extra></extra>',
      },
    ];
  });
}

const SIGNS = [
  { key: 'takes', name: 'takes a reference', symbol: 'triangle-up', color: '#8f5f00' },
  { key: 'gives', name: 'gives one back', symbol: 'triangle-down', color: '#00765a' },
  { key: 'bad', name: 'what went wrong', symbol: 'diamond', color: BAD.edge },
  { key: 'none', name: 'another step', symbol: 'circle', color: SOFT },
  { key: 'waits', name: 'waits', symbol: 'circle-open', color: SOFT },
] as const;

/** A sign on the lane for each step: what it did to references; a step that goes wrong has one of its own. */
function signs(place: Place): readonly Scatter[] {
  const keyOf = (r: PlacedRow): string => (r.row.sign !== '' && toneOf(r) === 'bad' ? 'bad' : r.row.sign);
  return SIGNS.flatMap(({ key, name, symbol, color }): Scatter[] => {
    const own = place.rows.filter(r => keyOf(r) === key);
    if (own.length === 0) return [];
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name,
        showlegend: key !== 'bad',
        x: own.map(r => r.x),
        y: own.map(middle),
        marker: { symbol, size: 9, color },
        customdata: own.map(r => hoverOf(r)),
        hovertemplate: '%{customdata}<extra></extra>',
      },
    ];
  });
}

function words(
  list: readonly Word[],
  to: 'left' | 'right' | 'center',
  size: number,
  color: string,
): readonly Scatter[] {
  const shown = list.filter(w => w.text !== '');
  if (shown.length === 0) return [];
  return [
    {
      type: 'scatter',
      mode: 'text',
      showlegend: false,
      x: shown.map(w => w.x),
      y: shown.map(w => w.y),
      text: shown.map(w => w.text),
      textposition: `middle ${to}`,
      textfont: { size, color },
      cliponaxis: false,
      hoverinfo: 'skip',
    },
  ];
}

/** Every trace of the score, bars first: plotly draws them below the rest, too. */
export function tracesOf(place: Place): readonly Trace[] {
  const seen = new Set<string>();
  const once = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
  const tones = ['plain', 'warn', 'good', 'bad'] as const;
  const numbers = place.counts.map(c => counted(place, c));
  return [
    ...grounds(place),
    ...place.counts.flatMap(c => blocks(place, c, once)),
    ...place.counts.flatMap(c => words(weights(place, c), 'center', SMALL, INK)),
    ...signs(place),
    ...words(place.heads, 'right', SMALL, INK),
    ...words(
      place.rows.map(r => ({
        text: r.row.to === 0 ? '' : r.row.from === r.row.to ? String(r.row.to) : `${r.row.from}–${r.row.to}`,
        x: place.gutter - 2,
        y: middle(r),
      })),
      'left',
      SMALL,
      SOFT,
    ),
    ...tones.flatMap(tone =>
      words(
        place.rows.filter(r => toneOf(r) === tone).map(r => ({ text: r.text, x: r.x + AFTER_SIGN, y: middle(r) })),
        'right',
        SMALL,
        GROUND[tone].ink,
      ),
    ),
    ...numbers.flatMap(n => [...words(n.sums, 'right', SIZE, INK), ...words(n.changes, 'left', SMALL, SOFT)]),
    ...tones.flatMap(tone =>
      words(
        place.rows.filter(r => toneOf(r) === tone).map(r => ({ text: r.flag, x: place.flags, y: middle(r) })),
        'left',
        SMALL,
        GROUND[tone].ink,
      ),
    ),
  ];
}

/** The line of each lane, broken where another lane's words run over it, and the zero of each count. */
export function rulesOf(place: Place): readonly Shape[] {
  const line = (x: number, y0: number, y1: number, color: string): Shape => ({
    type: 'line',
    layer: 'above',
    xref: 'x',
    yref: 'y',
    x0: x,
    x1: x,
    y0,
    y1,
    line: { color, width: 1 },
  });
  const crossed = (x: number, r: PlacedRow): boolean => x > r.x && x < r.x + AFTER_SIGN + widthOf(r.text, SMALL) + 4;
  const lanes = place.laneX.flatMap(x => {
    const owns = (r: PlacedRow): boolean => r.x === x && r.row.lane >= 0;
    const begun = place.rows.findIndex(owns);
    const done = place.rows.findLastIndex(owns);
    // Before its first step and after its last, others' words would cut the line to stubs: it begins below the last such row,
    // and ends above the first.
    const above = place.rows.findLast((r, k) => k < begun && crossed(x, r));
    const below = done < 0 ? undefined : place.rows.find((r, k) => k > done && crossed(x, r));
    const end = below?.top ?? place.height - 2;
    const out: Shape[] = [];
    let from = above === undefined ? place.first : above.top + above.height;
    for (const r of place.rows) {
      if (r.top < from || r.top >= end) continue;
      // Its own sign stands on the line, and another lane's words run over it.
      const own = owns(r) && r.row.from === r.row.to;
      if (!own && !crossed(x, r)) continue;
      const [until, on] = own ? [middle(r) - SIGN, middle(r) + SIGN] : [r.top, r.top + r.height];
      if (until > from) out.push(line(x, from, until, LANE));
      from = on;
    }
    return from < end ? [...out, line(x, from, end, LANE)] : out;
  });
  return [...lanes, ...place.counts.map(c => line(c.zero, place.first, place.height - 2, SOFT))];
}
