/** The headings of the notebook's text, and which bets and exercises stand below each. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { LessonProgress } from '../api.js';

export interface Heading {
  readonly cell: number;
  readonly level: number;
  readonly text: string;
}

/** Deeper headings are details. */
const LEVELS = 3;

export function headingsOf(panel: NotebookPanel): Heading[] {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  return cells.flatMap((cell, i) => (cell.cell_type === 'markdown' ? headingsIn(cell.source, i) : []));
}

function headingsIn(source: string, cell: number): Heading[] {
  const text = source.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  return [...text.matchAll(/^(#{1,6})\s+(.+?)\s*#*$/gm)]
    .map(([, marks = '', words = '']) => ({ cell, level: marks.length, text: plain(words) }))
    .filter(({ level }) => level <= LEVELS);
}

function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*`]/g, '');
}

/** A bet or an exercise where it stands in the notebook. */
export interface Task {
  readonly kind: 'bet' | 'exercise';
  readonly cell: number;
  readonly done: boolean;
  /** Of an exercise. */
  readonly title: string;
}

/** In the order of the cells: where `predict('id'` or `check('id'` is written for the first time. */
export function tasksOf(panel: NotebookPanel, { bets, exercises }: LessonProgress): Task[] {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  const sources = cells.map(cell => (cell.cell_type === 'code' ? cell.source : ''));
  const placeOf = (call: string, id: string): number =>
    sources.findIndex(source => new RegExp(`\\b${call}\\(\\s*['"\`]${id}['"\`]`).test(source));
  const tasks: Task[] = [
    ...bets.map(({ id, placed }) => ({ kind: 'bet' as const, cell: placeOf('predict', id), done: placed, title: '' })),
    ...exercises.map(({ id, title, passed }) => ({
      kind: 'exercise' as const,
      cell: placeOf('check', id),
      done: passed,
      title,
    })),
  ];
  return tasks.filter(({ cell }) => cell >= 0).sort((a, b) => a.cell - b.cell);
}

/** The tasks between a heading and the next one. */
export function below(headings: readonly Heading[], index: number, tasks: readonly Task[]): Task[] {
  const from = headings[index]?.cell ?? 0;
  const to = headings[index + 1]?.cell ?? Number.POSITIVE_INFINITY;
  return tasks.filter(({ cell }) => cell >= from && cell < to);
}
