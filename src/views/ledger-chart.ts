/** Refcount ledger: who holds what after each step, stacked, with the count as a dotted line over it. */
import { countsOf, type Ledger, ledgerOf, owedAtEnd } from '../ledger/index.js';
import { groundsOf, type Trace } from '../model/index.js';
import { INK, PAPER, SOFT } from './colours.js';
import type { Figure, Table } from './figure.js';
import { looksFor } from './holders.js';
import {
  bandsOf,
  countAxis,
  heightsOf,
  type Panel,
  panelTraces,
  stepTicks,
  toScale,
  VEIL_COLOUR,
  veil,
} from './ledger-panel.js';
import { figureOf, leftOf } from './page.js';
import type { Frame, Scatter } from './plotly.js';
import { SIZE, WIDTH } from './sizes.js';
import { list, number, plainText, plural } from './text.js';

export interface LedgerChartOptions {
  /** Which counter of a trace (`page[0]._refcount`); not needed where the trace has only one, nor with a ledger. */
  readonly count?: string;
  readonly title?: string;
  /** Step through it with a slider (the steps to come are hidden); on unless `false`. The SVG shows all steps at once. */
  readonly slider?: boolean;
}

/** A ledger as it is, or the ledger of a trace. Errors: a trace with several counters and none named. */
export function asLedger(source: Ledger | Trace, count?: string): Ledger {
  if ('holders' in source) return source;
  const counts = countsOf(source);
  const only = count ?? (counts.length === 1 ? counts[0] : undefined);
  if (only === undefined)
    throw new TypeError(
      counts.length === 0
        ? `the model ${source.model} declares no count; a ledger needs one`
        : `the trace of ${source.model} has ${counts.length} counters; say which: { count: '${counts[0]}' } (there is ${counts.join(', ')})`,
    );
  return ledgerOf(source, only);
}

/** `gup[0] holds 2` … at the end, as words. */
export function endInWords(ledger: Ledger): string {
  const owed = owedAtEnd(ledger);
  if (owed.length === 0) return 'nobody holds anything at the end';
  return `at the end ${list(owed.map(o => (o.held < 0 ? `${o.holder} is overdrawn by ${number(-o.held)}` : `${o.holder} holds ${number(o.held)}`)))}`;
}

/** One sentence about a ledger, computed from it. */
export function ledgerInWords(ledger: Ledger): string {
  const counts = ledger.rows.map(r => r.count);
  const [first = 0, last = 0] = [counts[0], counts.at(-1)];
  const steps = ledger.rows.length - 1;
  const move = first === last ? `starts and ends at ${number(first)}` : `goes from ${number(first)} to ${number(last)}`;
  const over = ledger.overdrafts[0];
  const bad =
    over === undefined
      ? ''
      : `; at step ${over.step} ${over.process} ${over.label} puts a reference that ${over.holder} does not hold`;
  return `${ledger.count} ${move} in ${plural(steps, 'step')} (highest ${number(Math.max(...counts))}): ${endInWords(ledger)}${bad}.`;
}

/** Step, what ran, what each holder holds, the count. */
export function ledgerTable(ledger: Ledger): Table {
  const active = ledger.holders.map((_, h) => h).filter(h => ledger.rows.some(r => r.held[h] !== 0));
  return {
    columns: ['step', 'what ran', ...active.map(h => ledger.holders[h] ?? ''), ledger.count],
    rows: ledger.rows.map(r => [r.step, r.label, ...active.map(h => r.held[h] ?? 0), r.count]),
  };
}

/**
 * Shows who holds the references of one counter, step by step. Each band is a holder, its height what it holds; the dotted line is the count. The
 * books balance where the dotted line runs along the top of the bands; where it runs lower, somebody is overdrawn: a put by one who holds nothing,
 * drawn below zero. A band that reaches the right edge is a reference that nobody gave back.
 * Holders that count more than 8 each (a pin counts 1024) are drawn as holdings, not to scale; the count is then said in digits only.
 * Errors: a trace with several counters and none named.
 */
export function ledgerChart(source: Ledger | Trace, options: LedgerChartOptions = {}): Figure {
  const ledger = asLedger(source, options.count);
  const bands = bandsOf(ledger);
  const panel: Panel = {
    ledger,
    bands,
    looks: looksFor(bands.map(b => b.name)),
    xaxis: 'x',
    yaxis: 'y',
    legend: () => true,
  };
  const heights = heightsOf([panel]);
  const steps = ledger.rows.length - 1;
  const yaxis = countAxis(heights, {
    title: { text: toScale(ledger) ? 'references' : 'holdings (not to scale)', standoff: 10 },
  });
  const left = leftOf(yaxis.ticktext ?? []);
  const right = 18;
  const ticks = stepTicks(ledger, (WIDTH - left - right) / ledger.rows.length, {});
  const traces = panelTraces(panel);
  const stepping = options.slider !== false && steps > 0;
  const sheet: Scatter = {
    type: 'scatter',
    mode: 'lines',
    showlegend: false,
    hoverinfo: 'skip',
    ...veil(steps, steps, heights),
    fill: 'toself',
    fillcolor: VEIL_COLOUR,
    opacity: 0.85,
    line: { width: 0, color: VEIL_COLOUR },
  };
  return figureOf({
    ...('holders' in source ? {} : { grounds: groundsOf(source) }),
    title: options.title ?? plainText(`${ledger.count}: ${endInWords(ledger)}`),
    traces: stepping ? [...traces, sheet] : traces,
    plotHeight: 280,
    left,
    right,
    bottom: ticks.height,
    axes: { xaxis: ticks.axis, yaxis },
    legend: true,
    ...(stepping
      ? {
          frames: ledger.rows.map(
            (r): Frame => ({ name: String(r.step), data: [veil(r.step, steps, heights)], traces: [traces.length] }),
          ),
          more: { sliders: [slider(ledger, ticks.height)] },
        }
      : {}),
    text: ledgerInWords(ledger),
    table: ledgerTable(ledger),
  });
}

/** A slider with one stop a step; what it shows is said above it. */
function slider(ledger: Ledger, below: number): Readonly<Record<string, unknown>> {
  const last = ledger.rows.length - 1;
  return {
    active: last,
    x: 0,
    len: 1,
    y: 0,
    yanchor: 'top',
    pad: { t: below + 6, b: 8, l: 0, r: 0 },
    bgcolor: '#dddddd',
    bordercolor: SOFT,
    borderwidth: 1,
    ticklen: 4,
    tickcolor: SOFT,
    font: { size: 1, color: PAPER },
    currentvalue: { visible: true, prefix: '', xanchor: 'left', offset: 8, font: { size: SIZE, color: INK } },
    steps: ledger.rows.map(r => ({
      label: `step ${r.step} of ${last}: ${plainText(r.label)}, count ${number(r.count)}`,
      value: String(r.step),
      method: 'animate',
      args: [
        [String(r.step)],
        { mode: 'immediate', frame: { duration: 0, redraw: false }, transition: { duration: 0 } },
      ],
    })),
  };
}
