/** The exercises and bets of one lesson: each exercise by `judged`, and a reply to each option of a bet but the right one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { lessons } from '#src/stories/index.js';
import { type Answers, judged } from './judged.js';

/** By id of the exercise. */
export function testAnswers(tables: Readonly<Record<string, Answers>>): void {
  for (const [id, answers] of Object.entries(tables)) judged(id, answers);
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
