/** The counts of a placed score: a block a holding, their sum, and what each row changed. */
import { PAPER } from '../colours.js';
import type { HolderLook } from '../holders.js';
import type { Bar, Pattern } from '../plotly.js';
import { SMALL } from '../sizes.js';
import { number, plainText, widthOf } from '../text.js';
import type { Place, PlacedCount, PlacedRow } from './place.js';
import { looksOf, reach } from './stack.js';
import { BAD, changeOf, middle } from './tones.js';

/** Words at a place, in pixels. */
export interface Word {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

const patternOf = (look: HolderLook): { readonly pattern?: Pattern } =>
  look.pattern === ''
    ? {}
    : { pattern: { shape: look.pattern, bgcolor: look.pale, fgcolor: look.line, size: 8, solidity: 0.2 } };

/** The blocks of one count: a trace a holder, and one for what is overdrawn. `once`: has the legend it already? */
export function blocks(place: Place, c: PlacedCount, once: (key: string) => boolean): readonly Bar[] {
  const { parts, scaled, count } = c.stack;
  const looks = looksOf(c.stack);
  const tall = (r: PlacedRow): number => Math.min(r.height - 6, 26);
  const bars = parts.flatMap(({ name, weight, drawn }, k): Bar[] => {
    const look = looks[k];
    const own = place.rows.filter(r => (drawn[r.at] ?? 0) > 0);
    if (look === undefined || own.length === 0) return [];
    const below = (r: PlacedRow): number => parts.slice(0, k).reduce((n, p) => n + (p.drawn[r.at] ?? 0), 0);
    const says = (r: PlacedRow): string =>
      `${name} holds ${number(drawn[r.at] ?? 0)} of ${count}${weight > 1 && !scaled ? `, each counts ${number(weight)}` : ''}`;
    return [
      {
        type: 'bar',
        orientation: 'h',
        name: plainText(look.says),
        legendgroup: look.says,
        showlegend: once(look.says),
        x: own.map(r => (drawn[r.at] ?? 0) * c.unit),
        y: own.map(middle),
        base: own.map(r => c.zero + c.unit * below(r)),
        width: own.map(tall),
        marker: { color: look.pale, line: { color: look.line, width: 1.2 }, ...patternOf(look) },
        customdata: own.map(r => plainText(says(r))),
        hovertemplate: '%{customdata}<extra></extra>',
      },
    ];
  });
  const owing = place.rows.filter(r => reach(c.stack, r.at).down > 0);
  if (owing.length === 0) return bars;
  const debt = (r: PlacedRow): number => reach(c.stack, r.at).down * c.unit;
  const debtors = (r: PlacedRow): string =>
    parts
      .flatMap(p => {
        const n = p.owed?.[r.at] ?? 0;
        return n > 0 ? [`${plainText(p.name)} is overdrawn by ${number(n)}`] : [];
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

/** A count's change is what its row did to it: for folded rows, all of them together. */
export function counted(
  place: Place,
  c: PlacedCount,
): { readonly sums: readonly Word[]; readonly changes: readonly Word[] } {
  const at = (row: number): number => c.stack.sums[row] ?? 0;
  const edge = (r: PlacedRow): number => c.zero + c.unit * reach(c.stack, r.at).up;
  return {
    sums: place.rows.map(r => ({ text: `<b>${number(at(r.at))}</b>`, x: edge(r) + 6, y: middle(r) })),
    changes: place.rows.map((r, i) => ({
      text: i === 0 ? '' : changeOf(at(i - 1), at(i)),
      x: c.left + c.delta - 6,
      y: middle(r),
    })),
  };
}

/** What one holding counts, written on its blocks where they are no references. */
export function weights(place: Place, c: PlacedCount): readonly Word[] {
  if (c.stack.scaled) return [];
  return c.stack.parts.flatMap((p, k) =>
    p.weight === 1
      ? []
      : place.rows.flatMap(r => {
          const n = p.drawn[r.at] ?? 0;
          const below = c.stack.parts.slice(0, k).reduce((m, o) => m + (o.drawn[r.at] ?? 0), 0);
          const text = `<b>${n > 1 ? `${n} × ` : ''}${number(p.weight)}</b>`;
          return n > 0 && widthOf(text, SMALL) + 4 < n * c.unit
            ? [{ text, x: c.zero + c.unit * (below + n / 2), y: middle(r) }]
            : [];
        }),
  );
}
