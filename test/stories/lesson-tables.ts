/** Tables of wrong and right answers for the exercises of one lesson: each wrong one hears its own reason, and sees a run. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '#src/desk/guard.js';
import { lessons } from '#src/stories/index.js';

/** An answer, and what its reply must say. */
export type Wrong = readonly [answer: unknown, reason: RegExp];

export interface Answers {
  readonly wrong: readonly Wrong[];
  readonly right: readonly unknown[];
}

const written = (answer: unknown): string =>
  typeof answer === 'function' ? String(answer).replace(/\s+/g, ' ').slice(0, 90) : JSON.stringify(answer).slice(0, 90);

/** One test an answer, and one that no two wrong answers of an exercise hear the same. */
export function testAnswers(tables: Readonly<Record<string, Answers>>): void {
  for (const [id, { wrong, right }] of Object.entries(tables)) {
    const exercise = lessons.flatMap(l => l.exercises).find(e => e.id === id);
    test(`${id}: at least five wrong answers and three right ones are tried, each for a reason of its own`, () => {
      assert.ok(exercise !== undefined);
      assert.ok(wrong.length >= 5, `${wrong.length} wrong answers`);
      assert.ok(right.length >= 3, `${right.length} right answers`);
      const ideas = wrong.map(([answer]) => judge(exercise, answer).idea);
      assert.equal(new Set(ideas).size, ideas.length, ideas.join('\n'));
    });
    if (exercise === undefined) continue;
    wrong.forEach(([answer, reason], i) => {
      test(`${id}: wrong answer ${i + 1} hears why: ${written(answer)}`, () => {
        const v = judge(exercise, answer);
        assert.equal(v.passed, false);
        assert.match(v.idea, reason);
        assert.ok(v.trace !== undefined);
      });
    });
    right.forEach((answer, i) => {
      test(`${id}: right answer ${i + 1} holds: ${written(answer)}`, () => {
        const v = judge(exercise, answer);
        assert.equal(v.passed, true, v.idea);
      });
    });
  }
}

/** Every option of every bet of the notebook but the right one has a reply. */
export function testReplies(notebook: string): void {
  test(`${notebook}: every option of a bet but one, the right one, has a reply`, () => {
    const lesson = lessons.find(l => l.notebook.startsWith(notebook));
    assert.ok(lesson !== undefined);
    for (const { id, options = [], replies = {} } of lesson.predictions) {
      const told = Object.keys(replies);
      assert.equal(told.length, options.length - 1, id);
      for (const option of told) assert.ok(options.map(String).includes(option), `${id}: ${option} is no option`);
    }
  });
}
