/** Exercise 2 of notebook 00: a reader whose reference is leaked in some orders, and put in others. */
import { codeOf } from '../../desk/code-of.js';
import { defineExercise, type Verdict } from '../../desk/lesson.js';
import { verdictText } from '../../explorer/index.js';
import { search as explore } from '../../kit/index.js';
import { type FileAndReader, fileAndReader, type Property } from './file-reader.js';

const PUT = 'every get is put';
const ENDS_WELL = 'the reader ends with nothing';

const over: Property = (_s, at) => at.reader?.[0] === 'done';
const holdsNone: Property = s => s.page._refcount.held('reader') === 0;

/** Whether it has the processes and the count that the exercise speaks of. */
function isOurs(model: unknown): model is FileAndReader {
  const { name, processes } = (model ?? {}) as Partial<FileAndReader>;
  const names = processes?.map(p => p.name) ?? [];
  return name === fileAndReader().name && names.includes('reader') && names.includes('truncate');
}

const no = (idea: string, trace: Verdict['trace']): Verdict => ({ passed: false, idea, trace: trace ?? '' });

/** No order leaks what the reader took. Is it another reference that stays? */
function nothingLeaks(model: FileAndReader): Verdict {
  const found = explore(
    model.always('the file’s reference goes', (s, at) => {
      const ended = at.reader?.[0] === 'done' && at.truncate?.[0] === 'done';
      return !ended || s.page._refcount.held('file') === 0;
    }),
  );
  return found.verdict === 'violated'
    ? no(
        'Here the file’s reference stays. That is a leak too, but the reader puts what it took, in every order.',
        verdictText(found),
      )
    : no('No order leaks: whenever the reader is done, it has put what it took.', verdictText(found));
}

export const forgetsInSomeOrders = defineExercise<FileAndReader>({
  id: 'st-4',
  title: 'Forget a put, but not in every order',
  minutes: 5,
  kind: 'own',
  hints: [
    'A count answers is(n) and above(n). What can the reader’s put see that differs from order to order?',
    'The count says whether truncate has put. For which n is above(n) false after that?',
    "Put only if s.page._refcount.above(1): shared.with('reader.put', s => { if (…) s.page._refcount.put('reader'); })",
  ],
  get starter() {
    return fileAndReader().with('reader.put', s => {
      s.page._refcount.put('reader');
    });
  },
  get solution() {
    return fileAndReader().with('reader.put', s => {
      if (s.page._refcount.above(1)) s.page._refcount.put('reader');
    });
  },
  written: model => `shared.with('reader.put', ${codeOf(model.processes[0]?.steps.put)})`,
  check(model) {
    if (!isOurs(model))
      return no(
        "The answer has to be `shared` with another step: shared.with('reader.put', …).",
        'not the model of this notebook',
      );
    const found = explore(model.always(PUT, (s, at) => !over(s, at) || holdsNone(s, at)));
    if (found.verdict === 'holds') return nothingLeaks(model);
    if (found.verdict === 'bounded')
      return no(
        'Your reader would hold more references at once than this model follows. Let it get once, and leave out the put.',
        verdictText(found),
      );
    if (found.violated !== PUT)
      return no(
        'Somebody gives back what they do not hold. A leak is the opposite: a get without its put.',
        verdictText(found),
      );
    const well = explore(
      model.sometimes(ENDS_WELL, (s, at) => over(s, at) && holdsNone(s, at)),
      { property: ENDS_WELL },
    );
    if (well.verdict !== 'reached')
      return no(
        'It leaks in every order, so any test would notice. Let it depend on what truncate has done.',
        verdictText(found),
      );
    return {
      passed: true,
      idea: 'A test that happens to run a good order passes. The search tries them all, and below is the shortest bad one.',
      trace: verdictText(found),
    };
  },
});
