/** Depth profile: how many states a search found at each depth; what is drawn where a state graph would be too large. */

import type { Ground } from '../model/index.js';
import { checkSeries, logTicks } from './bars.js';
import { INK, look } from './colours.js';
import type { Figure } from './figure.js';
import { axis, figureOf, wholeTicks } from './page.js';
import type { Bar } from './plotly.js';
import { SMALL } from './sizes.js';
import { number, plainText, plural, short, widthOf } from './text.js';

/** Above this ratio between the most and the fewest states the scale is logarithmic. */
const FAR_APART = 200;

/**
 * Shows how wide a state space is at each depth: a bar at depth d counts the states whose shortest way from the start has d steps. A hump is usual; a long
 * tail is a counter that grows. Where the numbers lie far apart the scale is logarithmic (it says so).
 * Errors: no depths, a negative number.
 */
export function depthProfile(
  states: readonly number[],
  options: { readonly title?: string; readonly grounds?: readonly Ground[] } = {},
): Figure {
  checkSeries('depthProfile', states.length, [{ name: 'states', values: states }]);
  const total = states.reduce((a, b) => a + b, 0);
  const top = Math.max(1, ...states);
  const log = top / Math.max(1, Math.min(...states)) > FAR_APART;
  const digits = states.map(n => short(n));
  const room = 720 / states.length;
  const fits = Math.max(...digits.map(d => widthOf(d, SMALL))) + 2 <= room;
  const l = look(0);
  const trace: Bar = {
    type: 'bar',
    x: states.map((_, d) => d),
    y: states,
    width: 0.85,
    marker: { color: l.pale, line: { color: l.line, width: 1 } },
    ...(fits
      ? ({
          text: digits,
          textposition: 'outside',
          textfont: { size: SMALL, color: INK },
          cliponaxis: false,
          textangle: 0,
        } as const)
      : {}),
    hovertemplate: 'depth %{x}: %{y} states<extra></extra>',
  };
  const range = log ? ([-0.3, Math.log10(top) * 1.08 + 0.1] as const) : ([0, top * 1.1] as const);
  const widest = states.indexOf(Math.max(...states));
  return figureOf({
    ...(options.grounds === undefined ? {} : { grounds: options.grounds }),
    title: plainText(
      options.title ?? `${plural(total, 'state')} to depth ${states.length - 1}, the most at depth ${widest}`,
    ),
    traces: [trace],
    plotHeight: 260,
    left: 84,
    bottom: 50,
    axes: {
      xaxis: axis({
        type: 'linear',
        range: [-0.5, states.length - 0.5],
        tickvals: wholeTicks(0, states.length - 1, 20),
        showline: true,
        title: { text: 'depth: steps from the start', standoff: 6 },
      }),
      yaxis: axis({
        type: log ? 'log' : 'linear',
        range,
        showgrid: true,
        title: { text: log ? 'states (logarithmic)' : 'states', standoff: 8 },
        ...(log
          ? logTicks(range)
          : { tickvals: wholeTicks(0, top, 6), ticktext: wholeTicks(0, top, 6).map(n => short(n)) }),
      }),
    },
    text: `${plural(total, 'state')} at depths 0 to ${states.length - 1}; the widest is depth ${widest} with ${number(states[widest] ?? 0)}.`,
    table: { columns: ['depth', 'states'], rows: states.map((n, d) => [d, n]) },
  });
}
