/** What the pointer is told of a step: every change, what the kernel's function does, its commit, how well it is known. */
import { kernelNames } from '../../linux/index.js';
import { type EventMark, markText, type Trace, type TraceStep } from '../../model/index.js';
import { plainText } from '../text.js';
import { everyFact } from './facts.js';

/** A line each; `<b>` is the only markup. */
export function hoverOf(run: Trace, at: number, phrase: string, marks: readonly EventMark[]): readonly string[] {
  const s = run.steps[at];
  if (s === undefined) return [];
  const release = run.machine.model.declaration.release;
  return [
    `<b>step ${at + 1}: ${plainText(`${s.process} ${s.called}()`)}</b>${release === undefined ? '' : `, Linux ${plainText(release)}`}`,
    ...(phrase === '' ? [] : [plainText(phrase)]),
    ...everyFact(run, s).map(plainText),
    ...meaningOf(s.called),
    ...marks.map(m => `<b>${plainText(markText(m))}</b>`),
  ];
}

/** Of folded rows: their steps. */
export function foldedHover(name: string, steps: readonly TraceStep[]): readonly string[] {
  const shown = steps.length > MOST ? steps.slice(0, MOST - 1) : steps;
  return [
    `<b>${plainText(name)}</b>`,
    ...shown.map(s => plainText(`${s.process} ${s.called}()`)),
    ...(shown.length < steps.length ? [`… and ${steps.length - shown.length} more`] : []),
  ];
}

/** More lines than this do not fit beside a figure. */
const MOST = 20;

/** What the kernel's function of that name does, the commit that it is known from, and how well. */
export function meaningOf(step: string): readonly string[] {
  const known = kernelNames().find(n => n.name === step);
  if (known === undefined) return [];
  const from = known.commit === undefined ? known.evidence : `${known.commit}, ${known.evidence}`;
  return [plainText(`${step}(): ${known.what} (${from})`)];
}
