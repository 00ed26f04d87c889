/** Rounds of a score that are like the one before: the first is drawn, the others are one row. */
import { ledgerOf } from '../../ledger/index.js';
import { type EventMark, markText, type Trace } from '../../model/index.js';
import { foldedHover } from './hovers.js';
import type { ScoreRow } from './music.js';

/** Fewer rounds than this are drawn. */
const FEWEST_ROUNDS = 3;

/** Marks of several rows as marks of one: each word once, with how often. */
export function together(marks: readonly EventMark[]): readonly EventMark[] {
  const words = [...new Set(marks.map(m => m.word))];
  return words.flatMap(word => {
    const own = marks.filter(m => m.word === word);
    return own[0] === undefined
      ? []
      : [{ ...own[0], detail: own.length === 1 ? own[0].detail : `${own.length} times` }];
  });
}

/** Folds rounds of at least two rows that come three times or more, one right after the other. */
export function withoutRepeats(
  trace: Trace,
  rows: readonly ScoreRow[],
  counters: readonly string[],
): readonly ScoreRow[] {
  const ledgers = counters.map(c => ledgerOf(trace, c));
  // Of folded steps it does not matter how many they were: the first round has the faults.
  const keys = rows.map(r =>
    [
      r.from === r.to ? r.name : r.name.replaceAll(/\d+/g, ''),
      r.phrase,
      ...r.marks.map(markText),
      ...ledgers.map(l => l.rows[r.to]?.held.join()),
    ].join('|'),
  );
  const same = (a: number, b: number, size: number): boolean =>
    b + size <= keys.length && keys.slice(a, a + size).every((key, k) => key === keys[b + k]);
  const roundsFrom = (at: number): { readonly size: number; readonly times: number } => {
    for (let size = 2; at + FEWEST_ROUNDS * size <= rows.length; size++) {
      let times = 1;
      while (same(at, at + times * size, size)) times++;
      if (times >= FEWEST_ROUNDS) return { size, times };
    }
    return { size: 1, times: 1 };
  };
  const out: ScoreRow[] = [];
  for (let k = 0; k < rows.length; ) {
    const { size, times } = roundsFrom(k);
    out.push(...rows.slice(k, k + size));
    const others = rows.slice(k + size, k + size * times);
    const [first, last] = [others[0], others.at(-1)];
    if (first !== undefined && last !== undefined) {
      const name = `… the same ${times - 1} more times`;
      out.push({
        from: first.from,
        to: last.to,
        lane: others.every(r => r.lane === first.lane) ? first.lane : -1,
        name,
        phrase: '',
        marks: together(others.flatMap(r => r.marks)),
        sign: '',
        hover: foldedHover(name, trace.steps.slice(first.from - 1, last.to)),
      });
    }
    k += size * times;
  }
  return out;
}
