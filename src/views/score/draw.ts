/** A placed score as plotly traces: rows, lanes, signs, words, counts; all in pixels on one pair of axes. */
import { kernelNames } from '../../linux/index.js';
import type { Trace as Run } from '../../model/index.js';
import { INK, PAPER, SOFT } from '../colours.js';
import type { HolderLook } from '../holders.js';
import type { Bar, Pattern, Scatter, Shape, Trace } from '../plotly.js';
import { SIZE, SMALL } from '../sizes.js';
import { number, plainText, widthOf, wrap } from '../text.js';
import { changeOf, everyFact } from './facts.js';
import { AFTER_SIGN, type Place, type PlacedCount, type PlacedRow } from './place.js';
import { reach } from './stack.js';

const BAD = { ink: '#9c2f00', ground: '#fdeae0', edge: '#b04a00' };
const WARN = { ink: '#5f5400', ground: '#fbf5d0', edge: '#8f7a00' };
const GOOD = { ink: '#005f48', ground: '#e3f4ee', edge: '#00765a' };
const PLAIN = { ink: INK, ground: '#f6f7f8', edge: '#f6f7f8' };
const LANE = '#c9ced3';
/** How wide what the pointer is told may be. */
const HOVER = 380;
/** The room of a sign above and below its middle. */
const SIGN = 7;

type ToneName = 'bad' | 'warn' | 'good' | 'plain';
const GROUND: Readonly<Record<ToneName, typeof BAD>> = { bad: BAD, warn: WARN, good: GOOD, plain: PLAIN };
const TONE_NAMES: Readonly<Record<Exclude<ToneName, 'plain'>, string>> = {
  bad: 'here it goes wrong',
  warn: 'an event on the way',
  good: 'here it goes right',
};

export function toneOf(r: PlacedRow): ToneName {
  const tones = r.row.marks.map(m => m.tone);
  return (['bad', 'warn', 'good'] as const).find(t => tones.includes(t)) ?? 'plain';
}

/** What the pointer is told of a row: the step, every change, the events. */
function hoverOf(run: Run, r: PlacedRow): string {
  const { from, to, name, phrase, marks } = r.row;
  if (from !== to || r.row.lane < 0)
    return [
      `<b>${plainText(name)}</b>`,
      ...run.steps.slice(from - 1, to).map(s => plainText(`${s.process} ${s.step}()`)),
    ].join('<br>');
  const s = run.steps[from - 1];
  const release = run.machine.model.declaration.release;
  return [
    `<b>step ${from}: ${plainText(`${s?.process ?? ''} ${name}()`)}</b>${release === undefined ? '' : `, Linux ${release}`}`,
    ...(phrase === '' ? [] : [plainText(phrase)]),
    ...(s === undefined ? [] : everyFact(run, s).map(plainText)),
    ...meaningOf(name),
    ...marks.map(m => `<b>${plainText(`${m.sign} ${m.word}${m.detail === '' ? '' : `: ${m.detail}`}`)}</b>`),
  ].join('<br>');
}

/** What the kernel's function of that name does, the commit that it is known from, and how well. */
function meaningOf(step: string): readonly string[] {
  const known = kernelNames().find(n => n.name === step);
  if (known === undefined) return [];
  const from = known.commit === undefined ? known.evidence : `${known.commit}, ${known.evidence}`;
  return [wrap(plainText(`${step}(): ${known.what} (${from})`), HOVER, SIZE)];
}

const middle = (r: PlacedRow): number => r.top + r.height / 2;

function grounds(run: Run, place: Place): readonly Bar[] {
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
        customdata: own.map(r => hoverOf(run, r)),
        hovertemplate: '%{customdata}<extra></extra>',
      },
    ];
  });
}

const patternOf = (look: HolderLook): { readonly pattern?: Pattern } =>
  look.pattern === ''
    ? {}
    : { pattern: { shape: look.pattern, bgcolor: look.pale, fgcolor: look.line, size: 8, solidity: 0.2 } };

/** The blocks of one count: a trace a holder, and one for what is overdrawn. `once`: has the legend it already? */
function blocks(place: Place, c: PlacedCount, once: (key: string) => boolean): readonly Bar[] {
  const { parts, scaled } = c.stack;
  const tall = (r: PlacedRow): number => Math.min(r.height - 6, 26);
  const bars = parts.flatMap(({ name, look, weight, drawn }, k): Bar[] => {
    const own = place.rows.filter(r => (drawn[r.row.to] ?? 0) > 0);
    if (own.length === 0) return [];
    const below = (r: PlacedRow): number =>
      parts.slice(0, k).reduce((n, p) => n + Math.max(0, p.drawn[r.row.to] ?? 0), 0);
    const says = (r: PlacedRow): string =>
      `${name} holds ${number(drawn[r.row.to] ?? 0)} of ${c.stack.ledger.count}${weight > 1 && !scaled ? `, each counts ${number(weight)}` : ''}`;
    return [
      {
        type: 'bar',
        orientation: 'h',
        name: plainText(look.says),
        legendgroup: look.says,
        showlegend: once(look.says),
        x: own.map(r => (drawn[r.row.to] ?? 0) * c.unit),
        y: own.map(middle),
        base: own.map(r => c.zero + c.unit * below(r)),
        width: own.map(tall),
        marker: { color: look.pale, line: { color: look.line, width: 1.2 }, ...patternOf(look) },
        customdata: own.map(r => plainText(says(r))),
        hovertemplate: '%{customdata}<extra></extra>',
      },
    ];
  });
  const owing = place.rows.filter(r => reach(c.stack, r.row.to).down > 0);
  if (owing.length === 0) return bars;
  const debt = (r: PlacedRow): number => reach(c.stack, r.row.to).down * c.unit;
  const debtors = (r: PlacedRow): string =>
    parts
      .flatMap(p => {
        const n = p.drawn[r.row.to] ?? 0;
        return n < 0 ? [`${plainText(p.name)} is overdrawn by ${number(-n)}`] : [];
      })
      .join('<br>');
  return [
    ...bars,
    {
      type: 'bar',
      orientation: 'h',
      name: 'overdraft: put, never held',
      legendgroup: 'overdraft',
      showlegend: once('overdraft'),
      x: owing.map(debt),
      y: owing.map(middle),
      base: owing.map(r => c.zero - debt(r)),
      width: owing.map(tall),
      marker: {
        color: PAPER,
        line: { color: BAD.edge, width: 2 },
        pattern: { shape: 'x', bgcolor: PAPER, fgcolor: BAD.edge, size: 8, solidity: 0.2 },
      },
      customdata: owing.map(debtors),
      hovertemplate: '%{customdata}<extra></extra>',
    },
  ];
}

const SIGNS = [
  { key: 'takes', name: 'takes a reference', symbol: 'triangle-up', color: '#8f5f00' },
  { key: 'gives', name: 'gives one back', symbol: 'triangle-down', color: '#00765a' },
  { key: 'bad', name: 'what went wrong', symbol: 'diamond', color: BAD.edge },
  { key: 'none', name: 'another step', symbol: 'circle', color: SOFT },
  { key: 'waits', name: 'waits', symbol: 'circle-open', color: SOFT },
] as const;

/** A sign on the lane for each step: what it did to references; a step that goes wrong has one of its own. */
function signs(run: Run, place: Place): readonly Scatter[] {
  const keyOf = (r: PlacedRow): string => {
    if (r.row.lane < 0 || r.row.from !== r.row.to) return '';
    const s = run.steps[r.row.from - 1];
    if (toneOf(r) === 'bad') return 'bad';
    if (s?.waited === true) return 'waits';
    const change = s?.bookings.reduce((n, b) => n + b.change, 0) ?? 0;
    return change > 0 ? 'takes' : change < 0 ? 'gives' : 'none';
  };
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
        customdata: own.map(r => hoverOf(run, r)),
        hovertemplate: '%{customdata}<extra></extra>',
      },
    ];
  });
}

interface Word {
  readonly text: string;
  readonly x: number;
  readonly y: number;
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

/** A count's change is what its row did to it: for folded rows, all of them together. */
function counted(place: Place, c: PlacedCount): { readonly sums: readonly Word[]; readonly changes: readonly Word[] } {
  const at = (step: number): number => c.stack.ledger.rows[step]?.count ?? 0;
  const edge = (r: PlacedRow): number => c.zero + c.unit * reach(c.stack, r.row.to).up;
  return {
    sums: place.rows.map(r => ({ text: `<b>${number(at(r.row.to))}</b>`, x: edge(r) + 6, y: middle(r) })),
    changes: place.rows.map((r, i) => ({
      text: i === 0 ? '' : changeOf(at(place.rows[i - 1]?.row.to ?? 0), at(r.row.to)),
      x: c.left + c.delta - 6,
      y: middle(r),
    })),
  };
}

/** What one holding counts, written on its blocks where they are no references. */
function weights(place: Place, c: PlacedCount): readonly Word[] {
  if (c.stack.scaled) return [];
  return c.stack.parts.flatMap((p, k) =>
    p.weight === 1
      ? []
      : place.rows.flatMap(r => {
          const n = p.drawn[r.row.to] ?? 0;
          const below = c.stack.parts.slice(0, k).reduce((m, o) => m + Math.max(0, o.drawn[r.row.to] ?? 0), 0);
          const text = `<b>${n > 1 ? `${n} × ` : ''}${number(p.weight)}</b>`;
          return n > 0 && widthOf(text, SMALL) + 4 < n * c.unit
            ? [{ text, x: c.zero + c.unit * (below + n / 2), y: middle(r) }]
            : [];
        }),
  );
}

/** Every trace of the score, bars first: plotly draws them below the rest, too. */
export function tracesOf(run: Run, place: Place): readonly Trace[] {
  const seen = new Set<string>();
  const once = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
  const tones = ['plain', 'warn', 'good', 'bad'] as const;
  const numbers = place.counts.map(c => counted(place, c));
  return [
    ...grounds(run, place),
    ...place.counts.flatMap(c => blocks(place, c, once)),
    ...place.counts.flatMap(c => words(weights(place, c), 'center', SMALL, INK)),
    ...signs(run, place),
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
    const out: Shape[] = [];
    let from = place.first;
    for (const r of place.rows) {
      // Its own sign stands on the line, and another lane's words run over it.
      const own = r.x === x && r.row.lane >= 0 && r.row.from === r.row.to;
      if (!own && !crossed(x, r)) continue;
      const [until, on] = own ? [middle(r) - SIGN, middle(r) + SIGN] : [r.top, r.top + r.height];
      if (until > from) out.push(line(x, from, until, LANE));
      from = on;
    }
    return from < place.height - 2 ? [...out, line(x, from, place.height - 2, LANE)] : out;
  });
  return [...lanes, ...place.counts.map(c => line(c.zero, place.first, place.height - 2, SOFT))];
}
