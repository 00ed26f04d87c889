/** Small signs for bets and exercises: a circle for a bet, a square for an exercise, filled when done. And the same in words. */
import { element } from '../dom.js';
import type { Task } from './headings.js';

/** '2 of 3 bets placed, exercise done'; '' for none. */
export function tasksInWords(tasks: readonly Task[]): string {
  const of = (kind: Task['kind'], one: readonly [string, string], many: readonly [string, string]): string[] => {
    const all = tasks.filter(task => task.kind === kind);
    const done = all.filter(task => task.done).length;
    if (all.length === 0) return [];
    if (all.length > 1) return [`${done} of ${all.length} ${many.join(' ')}`];
    return [done === 1 ? one.join(' ') : `${one[0]} not ${one[1]} yet`];
  };
  const bets = of('bet', ['bet', 'placed'], ['bets', 'placed']);
  return [...bets, ...of('exercise', ['exercise', 'done'], ['exercises', 'done'])].join(', ');
}

/** For sighted readers and for screen readers; null where there is nothing to do. */
export function taskMarks(tasks: readonly Task[]): HTMLElement | null {
  if (tasks.length === 0) return null;
  const words = tasksInWords(tasks);
  const signs = tasks.map(({ kind, done }) => element('i', { 'data-kind': kind, 'data-done': String(done) }));
  return element(
    'span',
    { class: 'pp-marks', title: words },
    element('span', { 'aria-hidden': 'true' }, ...signs),
    element('span', { class: 'pp-unseen' }, `, ${words}`),
  );
}
