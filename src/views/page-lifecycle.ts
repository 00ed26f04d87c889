/** Page lifecycle: what one thing after another was, over time, as lying bars. */
import { type Trace, type Value, valueAt } from '../model/index.js';
import { INK, SOFT, TONES, type Tone } from './colours.js';
import type { Figure } from './figure.js';
import { axis, categories, figureOf, onBoth, wholeTicks } from './page.js';
import type { Bar, Scatter } from './plotly.js';
import { EDGE, SMALL } from './sizes.js';
import { stepKey } from './step-key.js';
import { heightOf, number, plainText, plural, widthOf, wrap } from './text.js';

/** From the start of one step to the start of another (`to` not included). */
export interface LifeSpan {
  readonly from: number;
  readonly to: number;
  readonly state: string;
  readonly tone?: Tone;
}

export interface Life {
  /** Whose life: `page[0]`, `pte`, `SPTE`, `who frees it`. */
  readonly name: string;
  readonly spans: readonly LifeSpan[];
}

export interface PageLifecycleInput {
  readonly title?: string;
  readonly lives: readonly Life[];
  /** What the axis counts; `step` unless told. */
  readonly per?: string;
  /** What stands under each step instead of its number. */
  readonly labels?: readonly string[];
}

/** More rows than this stand closer together. */
const MANY = 10;

const show = (v: Value): string => (v === null ? 'null' : typeof v === 'number' ? number(v) : String(v));

/** The life of one field or counter of a trace: a span for each value that it had. */
export function lifeOf(trace: Trace, path: string, tone?: (value: Value) => Tone): Life {
  const values = [valueAt(trace, path, -1), ...trace.steps.map((_, i) => valueAt(trace, path, i))];
  const spans: LifeSpan[] = [];
  values.forEach((v, i) => {
    const last = spans.at(-1);
    if (last !== undefined && last.state === show(v)) spans[spans.length - 1] = { ...last, to: i + 1 };
    else spans.push({ from: i, to: i + 1, state: show(v), ...(tone === undefined ? {} : { tone: tone(v) }) });
  });
  return { name: path, spans };
}

/**
 * Shows what each thing was, from when to when: a row a thing (a page, its PTE, the SPTE), time to the right, a bar a state with its word on it. Look
 * for bars that overlap in time and should not: a page that is free in one row and still mapped in another.
 * Errors: no lives, a span that ends before it starts or overlaps the one before it.
 */
export function pageLifecycle(input: PageLifecycleInput): Figure {
  const { lives } = input;
  const all = lives.flatMap(l => l.spans);
  if (all.length === 0) throw new RangeError('pageLifecycle was given no spans to draw');
  for (const l of lives)
    l.spans.forEach((s, i) => {
      const before = l.spans[i - 1];
      if (!(Number.isFinite(s.from) && s.from < s.to) || (before !== undefined && before.to > s.from))
        throw new RangeError(
          `'${l.name}': the span '${s.state}' from ${s.from} to ${s.to} is empty or overlaps the one before it`,
        );
    });
  return onBoth(width => livesOn(input, width));
}

/** The words of the bars: inside where they fit, else beside the bar where nothing else stands there; the pointer is told all. */
function wordsOf(lives: readonly Life[], lo: number, hi: number, scale: number) {
  const room = (s: LifeSpan): number => (s.to - s.from) * scale - 3;
  const longest = (s: LifeSpan): number =>
    Math.max(
      ...plainText(s.state)
        .split(/[ _]/)
        .map(w => widthOf(w, SMALL)),
    );
  const fits = (s: LifeSpan): boolean => longest(s) <= room(s);
  const word = (s: LifeSpan): string => (fits(s) ? wrap(plainText(s.state), room(s), SMALL) : '');
  // What a bar is too short for stands beside it, where nothing else stands there.
  const beside = lives.flatMap(l =>
    l.spans.flatMap((s, i) => {
      if (fits(s)) return [];
      const needs = (widthOf(plainText(s.state), SMALL) + 6) / scale;
      const [before, after] = [l.spans[i - 1]?.to ?? lo, l.spans[i + 1]?.from ?? hi];
      const at = after - s.to >= needs ? s.to : s.from - before >= needs ? s.from : undefined;
      return at === undefined
        ? []
        : [{ life: l.name, text: plainText(s.state), at, to: at === s.to ? 'right' : 'left' }];
    }),
  );
  const words = (['right', 'left'] as const).flatMap((to): Scatter[] => {
    const own = beside.filter(b => b.to === to);
    if (own.length === 0) return [];
    return [
      {
        type: 'scatter',
        mode: 'text',
        showlegend: false,
        x: own.map(b => b.at),
        y: own.map(b => b.life),
        text: own.map(b => (to === 'right' ? `\u00a0${b.text}` : `${b.text}\u00a0`)),
        textposition: `middle ${to}`,
        textfont: { size: SMALL, color: INK },
        cliponaxis: false,
        hoverinfo: 'skip',
      },
    ];
  });
  return { word, words };
}

function livesOn(input: PageLifecycleInput, width: number): Figure {
  const { lives } = input;
  const all = lives.flatMap(l => l.spans);
  const names = lives.map(l => l.name);
  const rows = names.map(n => wrap(plainText(n), Math.min(170, width / 4), SMALL));
  const left = Math.ceil(Math.max(...rows.map(r => widthOf(r, SMALL)))) + 20;
  const [lo, hi] = [Math.min(...all.map(s => s.from)), Math.max(...all.map(s => s.to))];
  const scale = (width - left - EDGE) / (hi - lo);
  const { word, words } = wordsOf(lives, lo, hi, scale);
  const tall =
    Math.max(...all.map(s => heightOf(word(s), SMALL)), ...rows.map(r => heightOf(r, SMALL))) +
    (lives.length > MANY ? 12 : 22);
  const tones = [...new Set(all.map(s => s.tone ?? 'info'))];
  const traces = tones.map((tone): Bar => {
    const own = lives.flatMap(l => l.spans.filter(s => (s.tone ?? 'info') === tone).map(s => ({ l, s })));
    return {
      type: 'bar',
      orientation: 'h',
      x: own.map(o => o.s.to - o.s.from),
      base: own.map(o => o.s.from),
      y: own.map(o => o.l.name),
      width: 0.78,
      text: own.map(o => word(o.s)),
      textposition: 'inside',
      insidetextanchor: 'middle',
      textangle: 0,
      constraintext: 'none',
      textfont: { size: SMALL, color: INK },
      marker: { color: TONES[tone], line: { color: SOFT, width: 1.2 } },
      customdata: own.map(
        o =>
          `<b>${plainText(o.l.name)}</b><br>${plainText(o.s.state)}, from step ${number(o.s.from)} to ${number(o.s.to)}`,
      ),
      hovertemplate: '%{customdata}<extra></extra>',
    };
  });
  const step = (width - left - EDGE) / (hi - lo);
  const { labels } = input;
  if (labels !== undefined && labels.length !== hi - lo)
    throw new RangeError(`pageLifecycle has ${hi - lo} steps and ${labels.length} labels; expected as many`);
  const key = labels === undefined ? undefined : stepKey(labels.map(plainText), step, width - left - EDGE);
  const ends = lives.map(l => `${l.name} ends as ${l.spans.at(-1)?.state ?? 'nothing'}`);
  return figureOf({
    title: plainText(input.title ?? ends.join('; ')),
    traces: [...traces, ...words],
    width,
    plotHeight: Math.ceil(tall * lives.length),
    left,
    right: EDGE,
    bottom: key?.height ?? 50,
    axes: {
      xaxis: axis({
        type: 'linear',
        range: [lo - (hi - lo) * 0.003, hi + (hi - lo) * 0.003],
        tickmode: 'array',
        ...(key === undefined
          ? {
              tickvals: wholeTicks(lo, hi - 1, 20).map(t => t + 0.5),
              ticktext: wholeTicks(lo, hi - 1, 20).map(String),
              title: { text: plainText(input.per ?? 'after step'), standoff: 6 },
            }
          : { ...key.axis, tickvals: (key.axis.tickvals ?? []).map(t => lo + Number(t)) }),
        showline: true,
      }),
      yaxis: categories(names, { tickmode: 'array', tickvals: names, ticktext: rows }, true),
    },
    more: { barmode: 'overlay', bargap: 0 },
    text: `${plural(lives.length, 'life', 'lives')} over ${plural(hi - lo, 'step')}: ${lives.map(l => `${l.name} is ${l.spans.map(s => s.state).join(', then ')}`).join('; ')}.`,
    table: {
      columns: ['what', 'from', 'to', 'state'],
      rows: lives.flatMap(l => l.spans.map(s => [l.name, s.from, s.to, s.state])),
    },
  });
}
