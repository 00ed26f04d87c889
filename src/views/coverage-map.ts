/** Coverage heat map: how often a search took each step of each process. */
import type { Ground } from '../model/index.js';
import { INK, SHADES } from './colours.js';
import type { Figure } from './figure.js';
import { categories, figureOf, onBoth } from './page.js';
import type { Heatmap } from './plotly.js';
import { meaningOf } from './score/hovers.js';
import { EDGE, SIZE, SMALL } from './sizes.js';
import { heightOf, list, number, plainText, plural, wrap } from './text.js';

/** How often a step was taken: a row of a verdict's coverage. */
export interface Taken {
  readonly process: string;
  readonly step: string;
  /** What the release calls it, where that is another name. */
  readonly called?: string;
  readonly taken: number;
}

/** What the pointer is told of a cell: the step, how often, what the kernel's function does and how well that is known. */
function said(process: string, step: Taken | undefined): string {
  if (step === undefined) return `<b>${plainText(process)}</b><br>has no further step`;
  const name = step.called ?? step.step;
  const often = step.taken === 0 ? 'never taken, in no order' : `taken ${number(step.taken)} times, over all orders`;
  const lines = [`<b>${plainText(`${process} ${name}()`)}</b>`, often, ...meaningOf(name)];
  return lines.map(line => wrap(line, 380, SIZE)).join('<br>');
}

/**
 * Shows how often each step was taken while all interleavings were searched: a column a process, its steps from top to bottom. Darker is more often, by
 * power of ten. A white cell that says `never` is a step that no interleaving reaches: dead code, or a model that does not say what you think.
 * Errors: no steps at all.
 */
export function coverageMap(
  coverage: readonly Taken[],
  options: { readonly title?: string; readonly grounds?: readonly Ground[] } = {},
): Figure {
  if (coverage.length === 0) throw new RangeError('coverageMap was given no steps; pass the `coverage` of a verdict');
  return onBoth(width => coverageOn(coverage, options, width));
}

function coverageOn(
  coverage: readonly Taken[],
  options: { readonly title?: string; readonly grounds?: readonly Ground[] },
  width: number,
): Figure {
  const processes = [...new Set(coverage.map(c => c.process))];
  const columns = processes.map(p => coverage.filter(c => c.process === p));
  const rows = Array.from({ length: Math.max(...columns.map(c => c.length)) }, (_, i) => String(i + 1));
  const left = 52;
  const wide = (width - left - EDGE) / processes.length;
  const words = rows.map((_, r) =>
    columns.map(steps => {
      const s = steps[r];
      if (s === undefined) return '';
      const count = s.taken === 0 ? '<b>never</b>' : number(s.taken);
      return `${wrap(plainText(s.called ?? s.step), wide - 8, SMALL)}<br>${count}`;
    }),
  );
  const tall = Math.max(...words.flat().map(w => heightOf(w, SMALL))) + 12;
  const shade = (n: number): number => (n === 0 ? 0 : Math.min(SHADES.length - 1, 1 + Math.floor(Math.log10(n))));
  const trace: Heatmap = {
    type: 'heatmap',
    x: processes,
    y: rows,
    z: rows.map((_, r) => columns.map(steps => (steps[r] === undefined ? null : shade(steps[r].taken) + 0.5))),
    text: words,
    texttemplate: '%{text}',
    textfont: { size: SMALL, color: INK },
    colorscale: SHADES.flatMap((s, i) => [[i / SHADES.length, s] as const, [(i + 1) / SHADES.length, s] as const]),
    zmin: 0,
    zmax: SHADES.length,
    xgap: 3,
    ygap: 3,
    showscale: false,
    customdata: rows.map((_, r) => columns.map((steps, k) => said(processes[k] ?? '', steps[r]))),
    hovertemplate: '%{customdata}<extra></extra>',
  };
  const never = coverage.filter(c => c.taken === 0).map(c => `${c.process} ${c.called ?? c.step}`);
  const all = coverage.reduce((n, c) => n + c.taken, 0);
  return figureOf({
    ...(options.grounds === undefined ? {} : { grounds: options.grounds }),
    title: plainText(
      options.title ??
        (never.length === 0 ? 'Every step is taken' : `${plural(never.length, 'step is', 'steps are')} never taken`),
    ),
    traces: [trace],
    width,
    plotHeight: Math.ceil(tall * rows.length),
    left,
    bottom: EDGE,
    above: 26,
    axes: {
      xaxis: categories(processes, {
        side: 'top',
        tickmode: 'array',
        tickvals: processes,
        ticktext: processes.map(p => `<b>${wrap(plainText(p), wide - 8, SMALL)}</b>`),
      }),
      yaxis: categories(rows, { title: { text: 'step', standoff: 8 } }, true),
    },
    text: `${plural(coverage.length, 'step')} of ${plural(processes.length, 'process', 'processes')}, taken ${number(all)} times in all; ${never.length === 0 ? 'every step is taken' : `never taken: ${list(never)}`}.`,
    table: { columns: ['process', 'step', 'taken'], rows: coverage.map(c => [c.process, c.called ?? c.step, c.taken]) },
  });
}
