/** Names of steps along a level axis, with no word turned: beneath their steps where all fit, else numbers, and a key below the axis. */
import { wholeTicks } from './page.js';
import type { Axis } from './plotly.js';
import { SMALL } from './sizes.js';
import { heightOf, widthOf, wrap } from './text.js';

/** More steps than this have numbers only; their names are in the table and under the pointer. */
const MOST_NAMED = 24;
/** The room of a number. */
const NUMBER = 22;

export interface StepKey {
  readonly axis: Pick<Axis, 'tickvals' | 'ticktext' | 'tickangle' | 'title'>;
  /** What it takes below the plot. */
  readonly height: number;
}

/** For labels of steps 0 to n, each `room` pixels wide; step i has its label at i + 0.5. `width`: of the whole axis. */
export function stepKey(labels: readonly string[], room: number, width: number): StepKey {
  const level = labels.map(l => wrap(l, room - 6, SMALL));
  const whole = labels.every((l, i) => {
    const words = l.replaceAll('<br>', ' ').split(' ');
    return words.every(w => widthOf(w, SMALL) <= room - 6) && heightOf(level[i] ?? '', SMALL) <= 3.2 * SMALL * 1.3;
  });
  if (whole)
    return {
      axis: { tickangle: 0, tickvals: labels.map((_, i) => i + 0.5), ticktext: level },
      height: Math.ceil(Math.max(...level.map(l => heightOf(l, SMALL)))) + 12,
    };
  const every = wholeTicks(0, labels.length - 1, Math.max(2, Math.floor((room * labels.length) / NUMBER)));
  // The start needs no number in the key.
  const named = labels.map((l, i) => `<b>${i}</b>\u00a0${l.replaceAll('<br>', ' ').replaceAll(' ', '\u00a0')}`);
  const key = labels.length > MOST_NAMED ? 'after step' : wrap(named.join(' · '), width, SMALL);
  return {
    axis: {
      tickangle: 0,
      tickvals: every.map(n => n + 0.5),
      ticktext: every.map(String),
      title: { text: key, standoff: 8, font: { size: SMALL } },
    },
    height: 34 + Math.ceil(heightOf(key, SMALL)),
  };
}
