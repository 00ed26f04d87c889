/** What stands below a bet and below a verdict. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createDesk } from '#src/desk/desk.js';
import { defineExercise, defineLesson } from '#src/desk/lesson.js';
import { Progress } from '#src/desk/progress.js';
import { displaySymbol, type MimeBundle, show } from '#src/jupyter/display.js';
import { memoryStore } from '#src/jupyter/progress-store.js';
import { Run } from '#src/kit/run.js';
import { collectAnew, collectNoMore } from '#src/model/index.js';
import { zoneDeviceLeak } from '#src/stories/zone-device/index.js';

const lesson = defineLesson({
  notebook: '99-test',
  title: 'A test',
  minutes: 5,
  exercises: [
    defineExercise<() => boolean>({
      id: 'any',
      title: 'Anything',
      minutes: 1,
      kind: 'faded',
      hints: ['What?', 'Anything.', 'It is refused.'],
      starter: () => true,
      solution: () => true,
      check: () => ({ passed: false, idea: 'No.', trace: ['one', 'two'] }),
    }),
  ],
  predictions: [{ id: 'holder', question: 'Who holds it?' }],
});

const store = memoryStore();
const desk = createDesk([lesson], new Progress(() => store));
let shown: MimeBundle[] = [];
Object.assign(globalThis, { [displaySymbol]: (bundle: MimeBundle) => shown.push(bundle) });

/** What one call shows, as text. */
function said(action: () => void): string {
  shown = [];
  action();
  return shown.map(bundle => bundle['text/plain']).join('\n');
}

test('a reveal names what is inferred, unless a figure above it in the cell did', () => {
  desk.predict('holder', 'gup');
  const afterwards = (look: (run: Run) => void): string => {
    collectAnew();
    try {
      look(new Run(zoneDeviceLeak({ release: '5.3', pages: 1 }).run(['vcpu[0] x3'])));
      return said(() => desk.reveal('holder', 'gup'));
    } finally {
      collectNoMore();
    }
  };
  assert.match(
    afterwards(() => {}),
    /inferred: where a rule begins/,
  );
  assert.doesNotMatch(
    afterwards(run => said(() => show(run.score()))),
    /inferred/,
  );
});

test('below a verdict stands each of its pictures', () => {
  assert.match(
    said(() => desk.check('any', () => true)),
    /one[\s\S]*two/,
  );
});
