import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import { createDesk, type Desk } from '#src/desk/desk.js';
import { defineExercise, defineLesson, type Exercise, type Lesson } from '#src/desk/lesson.js';
import { lessonProblems } from '#src/desk/problems.js';
import { Progress } from '#src/desk/progress.js';
import { displaySymbol, type MimeBundle } from '#src/jupyter/display.js';
import { memoryStore } from '#src/jupyter/progress-store.js';
import { lessons } from '#src/stories/index.js';
import { fileAndReader } from '#src/stories/start-here/file-reader.js';
import { startHereLesson } from '#src/stories/start-here/lesson.js';

type Rule = (count: number) => boolean;

const mayFree = defineExercise<Rule>({
  id: 'rc-1',
  title: 'When may the page be freed?',
  minutes: 3,
  kind: 'faded',
  hints: ['What does a count of one say?', 'Look at the last row of the ledger.', 'The count must have reached 0.'],
  starter: () => true,
  // The comment is part of the solution.
  solution: count => {
    return count === 0;
  },
  check: rule => {
    for (const count of [0, 1, 2]) {
      const trace = `count ${count}: your rule says ${rule(count)}`;
      if (rule(count) !== (count === 0)) return { passed: false, idea: `Somebody still holds the page.`, trace };
    }
    return { passed: true, idea: 'No holder, no count.' };
  },
});

const lesson: Lesson = defineLesson({
  notebook: '99-test',
  title: 'A test',
  minutes: 5,
  exercises: [mayFree],
  predictions: [
    {
      id: 'bet-1',
      question: 'Where does the count end?',
      options: [0, 1, 2],
      lesson: 'The fault took one and put none.',
      replies: { 2: 'There was only one fault.' },
    },
    { id: 'bet-2', answeredBy: 'the recorded kernel', question: 'Who holds it?' },
  ],
});

let shown: MimeBundle[] = [];
let desk: Desk;

beforeEach(() => {
  const store = memoryStore();
  desk = createDesk([lesson], new Progress(() => store));
  Object.assign(globalThis, { [displaySymbol]: (bundle: MimeBundle) => shown.push(bundle) });
});

/** What one call shows, as text. */
function said(action: () => void): string {
  shown = [];
  action();
  return shown.map(bundle => bundle['text/plain']).join('\n');
}

test('a blank prediction says how to bet, a bet is stored, and reveal sets it beside the model', () => {
  assert.match(
    said(() => desk.predict('bet-1')),
    /Where does the count end\?.*One of: `0`, `1`[\s\S]*predict\('bet-1', …\)/,
  );
  assert.match(
    said(() => desk.reveal('bet-1', 1)),
    /\| no bet \| 1 \|/,
  );
  assert.match(
    said(() => desk.predict('bet-1', 7)),
    /`7` cannot be bet on/,
  );
  assert.match(
    said(() => desk.reveal('bet-1', 1)),
    /\| no bet \| 1 \|/,
  );
  assert.match(
    said(() => desk.predict('bet-1', 0)),
    /Your bet: \*\*0\*\*/,
  );
  assert.match(
    said(() => desk.reveal('bet-1', 1)),
    /\| 0 \| 1 \|[\s\S]*differ. Which step[\s\S]*put none\./,
  );
  desk.predict('bet-1', 1);
  assert.match(
    said(() => desk.reveal('bet-1', 1)),
    /You and the model agree/,
  );
  desk.predict('bet-2', 'gup');
  assert.match(
    said(() => desk.reveal('bet-2', 'gup')),
    /\| gup \| gup \|[\s\S]*agree\./,
  );
});

test('check answers with the idea and the case that shows it', () => {
  assert.match(
    said(() => desk.check('rc-1')),
    /waits for your answer/,
  );
  const failed = said(() => desk.check('rc-1', () => true));
  assert.match(failed, /Not yet: .* Somebody still holds the page\.[\s\S]*count 1: your rule says true/);
  assert.match(
    said(() => desk.check('rc-1', (count: number) => count < 1)),
    /Holds: .* No holder, no count\./,
  );
});

test('check never throws: an answer that throws, an answer of the wrong form, a check that throws', () => {
  const throwing = said(() =>
    desk.check('rc-1', (count: number) => {
      if (count > 0) throw new RangeError('too many');
      return true;
    }),
  );
  assert.match(throwing, /Your answer threw RangeError: too many[\s\S]*called with \(1\)/);
  assert.match(
    said(() => desk.check('rc-1', 5)),
    /has to be a function; this is a number, without quotes\.[\s\S]*your answer: 5/,
  );
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  assert.match(
    said(() => desk.check('rc-1', cycle)),
    /refers to itself/,
  );
});

test('what a model says against an answer is passed on in sentences, and no model is printed', () => {
  const broken = fileAndReader().with('reader.put', s => {
    if (s.page._refcount.held('reader') > 0) s.page._refcount.put('reader');
  });
  const told = said(() => createDesk([startHereLesson], new Progress(memoryStore)).check('st-4', broken));
  assert.match(told, /It does not run: .*not who holds it: the kernel does not know\. It comes to this after 1 step: /);
  assert.doesNotMatch(told, /your answer:|ModelError/);
});

test('a solution that is a model is shown as the step that was replaced', () => {
  const store = memoryStore();
  const desk = createDesk([startHereLesson], new Progress(() => store));
  const same = fileAndReader().with('reader.put', s => {
    if (s.page._refcount.above(1)) s.page._refcount.put('reader');
  });
  assert.doesNotMatch(
    said(() => desk.check('st-4', same)),
    /one more way/,
  );
  assert.match(
    said(() => desk.solution('st-4')),
    /ts\nshared\.with\('reader\.put', s => \{\s+if \(s\.page\._refcount\.above\(1\)\)/,
  );
});

test('an unknown id is answered with the known ones', () => {
  for (const action of [() => desk.check('x'), () => desk.hint('x'), () => desk.solution('x')]) {
    assert.match(said(action), /There is no exercise `x`\. There are: `rc-1`/);
  }
  assert.match(
    said(() => desk.predict('x')),
    /There is no prediction `x`\. There are: `bet-1`, `bet-2`/,
  );
});

test('three hints, one at a time; then the solution opens, as the code that was compiled', () => {
  assert.match(
    said(() => desk.solution('rc-1')),
    /opens when your answer holds, or after 3 hints \(0 taken\)/,
  );
  const first = said(() => desk.hint('rc-1'));
  assert.match(first, /1\. \*a question\*: What does/);
  assert.doesNotMatch(first, /2\./);
  assert.match(
    said(() => desk.hint('rc-1')),
    /2\. \*a pointer\*/,
  );
  assert.match(
    said(() => desk.hint('rc-1')),
    /3\. \*nearly the answer\*[\s\S]*solution\(\)` is open/,
  );
  assert.match(
    said(() => desk.hint('rc-1')),
    /3\. \*nearly the answer\*/,
  );
  const opened = said(() => desk.solution('rc-1'));
  assert.match(opened, /```ts\ncount => \{\n {4}return count === 0;\n\}\n```/);
});

test('the solution opens after a pass, too', () => {
  desk.check('rc-1', mayFree.solution);
  assert.match(
    said(() => desk.solution('rc-1')),
    /one possibility/i,
  );
});

test('progress is a table, and it is stored', () => {
  const rowOf = (): string =>
    said(() => desk.progress())
      .split('\n')
      .at(-1) ?? '';
  assert.match(rowOf(), /99-test +rc-1 .* faded +3 +open +0$/);
  desk.hint('rc-1');
  desk.check('rc-1', () => true);
  assert.match(rowOf(), /tried +1$/);
  desk.check('rc-1', mayFree.solution);
  desk.check('rc-1', () => true);
  assert.match(rowOf(), /holds +1$/);
});

test('hint() and solution() without an id are about the exercise that was tried last', () => {
  assert.match(
    said(() => desk.hint()),
    /No exercise was tried yet.*hint\('rc-1'\)/,
  );
  assert.match(
    said(() => desk.solution()),
    /No exercise was tried yet/,
  );
  desk.check('rc-1', () => true);
  assert.match(
    said(() => desk.hint()),
    /\*\*Hints for: When may the page be freed\?\*\*/,
  );
  assert.match(
    said(() => desk.solution()),
    /opens when your answer holds, or after 3 hints \(1 taken\)/,
  );
});

test('a wrong bet gets its own reply, and an answer nobody bet on is folded', () => {
  const blank = said(() => desk.reveal('bet-1', 1));
  assert.match(blank, /^<details><summary>Where does the count end\? <b>The answer<\/b><\/summary>\n\n\| question/);
  assert.match(blank, /put none\.\n\n<\/details>$/);
  desk.predict('bet-1', 2);
  assert.match(
    said(() => desk.reveal('bet-1', 1)),
    /You and the model differ\. There was only one fault\./,
  );
  desk.predict('bet-1', 1);
  assert.match(
    said(() => desk.reveal('bet-1', 1)),
    /^\| question[\s\S]*You and the model agree\./,
  );
});

test('a bet is compared with who answers it', () => {
  desk.predict('bet-2', 'gup');
  const recorded = said(() => desk.reveal('bet-2', 'gup'));
  assert.match(recorded, /\| your bet \| the recorded kernel \|[\s\S]*You and the recorded kernel agree\./);
});

test('one more way is offered only to who found another', () => {
  assert.match(
    said(() => desk.check('rc-1', (count: number) => count < 1)),
    /`solution\(\)` shows one more way/,
  );
  assert.doesNotMatch(
    said(() => desk.check('rc-1', mayFree.solution)),
    /one more way/,
  );
});

test('a progress file that is broken counts as empty where it is broken', () => {
  for (const text of ['', '{', '[]', '{"bets": 5, "hints": {"rc-1": "two"}, "passed": [1, "rc-1"]}']) {
    const progress = new Progress(() => ({ load: () => text, save: () => {} }));
    assert.deepEqual(progress.done.hints, {});
    assert.deepEqual(progress.done.passed, text.includes('rc-1') ? ['rc-1'] : []);
  }
});

test('the faults of a lesson are told to its author', () => {
  const spoilt = (change: Partial<Exercise>): readonly string[] =>
    lessonProblems([{ ...lesson, exercises: [{ ...mayFree, ...change }] }]);
  assert.deepEqual(spoilt({}), []);
  assert.deepEqual(spoilt({ starter: mayFree.solution }), ['rc-1 passes before anybody has solved it']);
  assert.match(spoilt({ solution: () => true }).join(), /rc-1 has a solution that does not pass: Somebody still/);
  assert.deepEqual(spoilt({ kind: 'worked' }), ['rc-1 is worked, but its starter does not pass']);
  assert.match(spoilt({ hints: ['No question.', 'b', ' '] }).join(), /an empty hint,.*a question mark/);
  assert.deepEqual(lessonProblems([lesson, lesson]), [
    '99-test is the id of two things',
    'rc-1 is the id of two things',
    'bet-1 is the id of two things',
    'bet-2 is the id of two things',
  ]);
});

test('every lesson of the kit is sound', () => {
  assert.deepEqual(lessonProblems(lessons), []);
});
