/** Which cells of a notebook are a bet, a reveal or an exercise; read from their source. */
import type { Exercise, Lesson, Prediction } from '../desk/lesson.js';

function called<T extends { readonly id: string }>(name: string, source: string, all: readonly T[]): readonly T[] {
  const ids = [...source.matchAll(new RegExp(`\\b${name}\\(\\s*'([\\w-]+)'`, 'g'))].map(match => match[1]);
  return ids.flatMap(id => all.find(one => one.id === id) ?? []);
}

export interface Marks {
  /** Placed here. */
  readonly bets: readonly Prediction[];
  /** Answered here. */
  readonly revealed: readonly Prediction[];
  readonly exercises: readonly Exercise[];
}

export function marksOf(source: string, lesson: Lesson | undefined): Marks {
  const predictions = lesson?.predictions ?? [];
  return {
    bets: called('predict', source, predictions),
    revealed: called('reveal', source, predictions),
    exercises: called('check', source, lesson?.exercises ?? []),
  };
}

/** A bet as it stands on paper: the question, and a box for each answer. */
export function boxes({ options }: Prediction): string {
  return options === undefined
    ? '________'
    : options.map(option => `☐ ${option}`.replaceAll(' ', '\u00a0')).join('   ');
}

/** The bets of a notebook in the order in which they are placed; what no cell asks for comes last. */
export function betsInOrder(sources: readonly string[], lesson: Lesson): readonly Prediction[] {
  const placed = sources.flatMap(source => marksOf(source, lesson).bets);
  return [...new Set([...placed, ...lesson.predictions])];
}
