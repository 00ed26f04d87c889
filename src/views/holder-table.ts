/** The table of holders as a figure: what docs/figures.md shows, and a legend for whoever wants one. */
import { INK } from './colours.js';
import type { Figure } from './figure.js';
import { HOLDERS } from './holders.js';
import { axis, figureOf } from './page.js';
import type { Bar, Scatter } from './plotly.js';
import { SMALL } from './sizes.js';
import { plainText, plural } from './text.js';

const ROW = 30;
const COLUMNS = 3;

/** Every holder of the kit with its colour and pattern, as every figure draws it. */
export function holderTable(): Figure {
  const all = Object.entries(HOLDERS);
  const rows = Math.ceil(all.length / COLUMNS);
  const place = (i: number): readonly [column: number, row: number] => [Math.floor(i / rows), (i % rows) + 0.5];
  const blocks = all.map(([name, look], i): Bar => {
    const [column, row] = place(i);
    return {
      type: 'bar',
      orientation: 'h',
      name,
      legendgroup: name,
      showlegend: false,
      x: [0.16],
      y: [row],
      base: [column],
      width: [0.76],
      marker: {
        color: look.pale,
        line: { color: look.line, width: 1.2 },
        ...(look.pattern === ''
          ? {}
          : { pattern: { shape: look.pattern, bgcolor: look.pale, fgcolor: look.line, size: 8, solidity: 0.2 } }),
      },
      hovertemplate: `${plainText(look.says)}<extra></extra>`,
    };
  });
  const words: Scatter = {
    type: 'scatter',
    mode: 'text',
    showlegend: false,
    x: all.map((_, i) => place(i)[0] + 0.18),
    y: all.map((_, i) => place(i)[1]),
    text: all.map(([, look]) => plainText(look.says)),
    textposition: 'middle right',
    textfont: { size: SMALL, color: INK },
    hoverinfo: 'skip',
  };
  return figureOf({
    title: 'Who may hold a reference, and how every figure draws it',
    traces: [...blocks, words],
    plotHeight: ROW * rows,
    left: 14,
    right: 14,
    bottom: 12,
    axes: {
      xaxis: axis({ type: 'linear', range: [0, COLUMNS], visible: false }),
      yaxis: axis({ type: 'linear', range: [rows, 0], visible: false }),
    },
    more: { barmode: 'overlay', bargap: 0 },
    text: `The ${plural(all.length, 'holder')} of the kit, each with its colour and pattern: ${all.map(([, look]) => look.says).join('; ')}.`,
    table: {
      columns: ['holder', 'in words', 'fill', 'edge', 'pattern'],
      rows: all.map(([name, look]) => [
        name,
        look.says,
        look.pale,
        look.line,
        look.pattern === '' ? 'none' : look.pattern,
      ]),
    },
  });
}
