/** Exercise 1 of notebook 00: the property "every get is put", tried on readers that are right and on readers that are not. */
import { defineExercise } from '../../desk/lesson.js';
import { verdictText } from '../../explorer/index.js';
import { type AnyModel, search as explore } from '../../kit/index.js';
import { list } from '../../views/text.js';
import { fileAndReader, type Property } from './file-reader.js';

const NAME = 'every get is put';

/** A reader, how it is written, and whether it is right. */
function readers(property: Property): readonly (readonly [what: string, right: boolean, model: AnyModel])[] {
  const base = fileAndReader();
  const asks = (model: typeof base) => model.always(NAME, (s, at) => Boolean(property(s, at)));
  const twice = base.with('reader.get', s => {
    s.page._refcount.get('reader');
    s.page._refcount.get('reader');
  });
  return [
    ['the reader as it should be', true, asks(base)],
    ['a reader that forgets its put', false, asks(base.with('reader.put', () => {}))],
    ['a reader that gets twice but puts once', false, asks(twice)],
    ['a reader that gets twice and puts neither', false, asks(twice.with('reader.put', () => {}))],
  ];
}

export const everyGetIsPut = defineExercise<Property>({
  id: 'st-1',
  title: 'Say what a leak is',
  minutes: 2,
  kind: 'worked',
  hints: [
    'When may the reader hold something, and when not any more?',
    "at.reader?.[0] is the step that the reader takes next, or 'done' after its last one.",
    "Either the reader is not done, or it holds 0: at.reader?.[0] !== 'done' || s.page._refcount.held('reader') === 0.",
  ],
  starter: (s, at) => at.reader?.[0] !== 'done' || s.page._refcount.held('reader') === 0,
  solution: (s, at) => !(at.reader?.[0] === 'done' && s.page._refcount.held('reader') > 0),
  check(property) {
    const tried = readers(property).map(([what, right, model]) => ({ what, right, found: explore(model) }));
    const accused = tried.find(r => r.right && r.found.verdict !== 'holds')?.found;
    if (accused !== undefined) {
      const at = accused.trace?.steps.at(-1);
      const where = at === undefined ? 'at the start' : `after ${at.process} ${at.called}`;
      const idea = `It is false ${where} for the reader as it should be, who does nothing wrong there.`;
      return { passed: false, idea, trace: `the reader as it should be\n${verdictText(accused)}` };
    }
    const missed = tried.filter(r => !r.right && r.found.verdict === 'holds');
    const [first] = missed;
    if (first !== undefined) {
      const whom = list(missed.map((r, i) => (i === 0 ? r.what : r.what.replace('a reader', 'for one'))));
      const none = ['that leak', 'either leak'][missed.length - 1] ?? 'any of these leaks';
      const idea = `It also holds for ${whom.replace(' and for', ', and for')}. So it does not find ${none}.`;
      return { passed: false, idea, trace: `${first.what}\n${verdictText(first.found)}` };
    }
    return { passed: true, idea: 'It finds the missing put, and does not accuse a reader that is still reading.' };
  },
});
