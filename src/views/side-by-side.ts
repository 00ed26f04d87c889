/** Ledgers side by side on one scale: bug and fix, or several counters. */
import type { Ledger } from '../ledger/index.js';
import { groundsOf, groundsSoFar, type Trace } from '../model/index.js';
import { INK } from './colours.js';
import type { Figure } from './figure.js';
import { looksFor } from './holders.js';
import { asLedger, ledgerInWords } from './ledger-chart.js';
import { bandsOf, countAxis, heightsOf, panelTraces, stepTicks, toScale } from './ledger-panel.js';
import { figureOf, leftOf } from './page.js';
import type { Annotation, Axis } from './plotly.js';
import { SIZE, WIDTH } from './sizes.js';
import { heightOf, plainText, wrap } from './text.js';

export interface Side {
  /** What stands above the panel: `5.3: put skipped`. */
  readonly title: string;
  readonly ledger: Ledger | Trace;
  /** Which counter, where `ledger` is a trace with several. */
  readonly count?: string;
}

const GAP = 0.05;
const HOLDERS = 5;

/**
 * Shows two to four ledgers beside each other, all on the same scale and with the same look for the same holder: bug and fix, or several counters of one
 * run. Read each as a ledger chart; compare where the bands end. For print as it is: nothing to press.
 * Errors: fewer than two or more than four; a trace with several counters and none named.
 */
export function sideBySide(sides: readonly Side[], options: { readonly title?: string } = {}): Figure {
  if (sides.length < 2 || sides.length > 4)
    throw new RangeError(`sideBySide was given ${sides.length} ledgers; it draws two to four`);
  const ledgers = sides.map(s => asLedger(s.ledger, s.count));
  const parts = ledgers.map(ledger => ({ ledger, bands: bandsOf(ledger, HOLDERS) }));
  const looks = looksFor(parts.flatMap(p => p.bands.map(b => b.name)));
  const heights = heightsOf(parts);
  const left = leftOf(countAxis(heights, {}).ticktext ?? []);
  const right = 18;
  const share = (1 - GAP * (sides.length - 1)) / sides.length;
  const wide = (WIDTH - left - right) * share;
  const inLegend = new Set<string>();
  const once = (name: string): boolean => !inLegend.has(name) && inLegend.add(name) !== undefined;
  const id = (n: number): string => (n === 0 ? '' : String(n + 1));
  const axes: Record<string, Axis> = {};
  let below = 0;
  parts.forEach((p, n) => {
    const domain = [n * (share + GAP), n * (share + GAP) + share] as const;
    const ticks = stepTicks(p.ledger, wide / p.ledger.rows.length, {
      domain,
      anchor: `y${id(n)}`,
    });
    below = Math.max(below, ticks.height);
    axes[`xaxis${id(n)}`] = ticks.axis;
    axes[`yaxis${id(n)}`] = countAxis(heights, {
      anchor: `x${id(n)}`,
      ...(n === 0
        ? { title: { text: ledgers.every(toScale) ? 'references' : 'holdings', standoff: 10 } }
        : { showticklabels: false }),
    });
  });
  const titles = sides.map(s => wrap(plainText(s.title), wide - 8, SIZE * 1.1));
  const annotations = titles.map(
    (text, n): Annotation => ({
      text: `<b>${text.replaceAll('<br>', '</b><br><b>')}</b>`,
      xref: 'paper',
      yref: 'paper',
      x: n * (share + GAP) + share / 2,
      y: 1,
      xanchor: 'center',
      yanchor: 'bottom',
      yshift: 4,
      showarrow: false,
      font: { size: SIZE, color: INK },
    }),
  );
  return figureOf({
    grounds: sides.flatMap(s => ('holders' in s.ledger ? groundsSoFar() : groundsOf(s.ledger))),
    title: options.title ?? plainText(sides.map(s => s.title).join(' | ')),
    traces: parts.flatMap((p, n) => panelTraces({ ...p, looks, xaxis: `x${id(n)}`, yaxis: `y${id(n)}`, legend: once })),
    plotHeight: 260,
    left,
    right,
    bottom: below,
    above: Math.max(...titles.map(t => heightOf(t, SIZE))) + 6,
    axes,
    legend: true,
    more: { annotations },
    text: sides.map((s, n) => `${s.title}: ${ledgerInWords(ledgers[n] as Ledger)}`).join(' '),
    table: {
      columns: ['which', 'step', 'what ran', 'count', 'held by'],
      rows: sides.flatMap((s, n) =>
        (ledgers[n] as Ledger).rows.map(r => [
          s.title,
          r.step,
          r.label,
          r.count,
          (ledgers[n] as Ledger).holders.flatMap((h, i) => (r.held[i] ? [`${h} ${r.held[i]}`] : [])).join(', '),
        ]),
      ),
    },
  });
}
