/** An exercise's table: at least five wrong answers, each told its own reason, and at least three right ones in other forms. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '#src/desk/guard.js';
import type { Exercise } from '#src/desk/lesson.js';
import { lessons } from '#src/stories/index.js';

export interface Answers {
  readonly wrong: readonly (readonly [answer: unknown, idea: RegExp])[];
  readonly right: readonly unknown[];
}

export function exercise(id: string): Exercise {
  const found = lessons.flatMap(l => l.exercises).find(e => e.id === id);
  assert.ok(found !== undefined, id);
  return found;
}

export function judged(id: string, { wrong, right }: Answers): void {
  test(`${id}: each wrong answer hears its own reason, and sees a run`, () => {
    assert.ok(wrong.length >= 5, `${wrong.length} wrong answers`);
    const ideas = wrong.map(([answer, idea], i) => {
      const v = judge(exercise(id), answer);
      assert.equal(v.passed, false, `wrong answer ${i + 1} passes`);
      assert.match(v.idea, idea);
      assert.ok(v.trace !== undefined, `wrong answer ${i + 1} sees nothing`);
      return v.idea;
    });
    const again = ideas.find((idea, i) => ideas.indexOf(idea) !== i);
    assert.equal(again, undefined, 'two wrong answers hear the same');
  });
  test(`${id}: right in other forms is right`, () => {
    assert.ok(right.length >= 3, `${right.length} right answers`);
    for (const [i, answer] of right.entries()) {
      const v = judge(exercise(id), answer);
      assert.equal(v.passed, true, `right answer ${i + 1}: ${v.idea}`);
    }
  });
}
