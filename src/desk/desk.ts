/**
 * What a reader calls in cells: predict, reveal, check, hint, solution, progress. Each shows markdown and none throws:
 * an unanswered exercise, a wrong id or a crashing answer is an output that says how to go on.
 */
import { markdown, show, showPicture, showTable, tableAsMarkdown } from '../jupyter/display.js';
import { noted, starLineOfNew } from '../model/index.js';
import { askWithButtons } from './bet.js';
import { certificateOf } from './certificate.js';
import { writtenBy } from './code-of.js';
import { judge } from './guard.js';
import type { Exercise, Lesson, Prediction, Shown, Verdict } from './lesson.js';
import { Progress } from './progress.js';
import * as words from './words.js';

export interface Desk {
  predict(id: string, bet?: unknown): void;
  reveal(id: string, modelAnswer: unknown): void;
  check(id: string, answer?: unknown): void;
  hint(id?: string): void;
  solution(id?: string): void;
  progress(): void;
  certificate(): void;
}

function showTrace(trace: Verdict['trace']): void {
  if (trace === undefined) return;
  for (const one of Array.isArray(trace) ? (trace as readonly Shown[]) : [trace as Shown]) {
    if (typeof one === 'string') markdown(words.fence(one));
    else if ('plotly' in one) show(one);
    else showTable(one);
  }
}

/** The reader found the very solution, however it is broken into lines; an answer that refers to itself is none. */
function isSolution(answer: unknown, exercise: Exercise): boolean {
  const plain = (one: unknown): string => writtenBy(exercise, one).replaceAll(/\s+/g, ' ');
  try {
    return plain(answer) === plain(exercise.solution);
  } catch {
    return false;
  }
}

class Teacher implements Desk {
  readonly #lessons: readonly Lesson[];
  readonly #exercises: ReadonlyMap<string, Exercise>;
  readonly #predictions: ReadonlyMap<string, Prediction>;
  readonly #progress: Progress;

  constructor(lessons: readonly Lesson[], progress: Progress) {
    this.#lessons = lessons;
    this.#exercises = new Map(lessons.flatMap(lesson => lesson.exercises).map(one => [one.id, one]));
    this.#predictions = new Map(lessons.flatMap(lesson => lesson.predictions).map(one => [one.id, one]));
    this.#progress = progress;
  }

  #find<T>(kind: string, all: ReadonlyMap<string, T>, id: string): T | undefined {
    const found = all.get(id);
    if (found === undefined) markdown(words.noSuch(kind, id, [...all.keys()]));
    return found;
  }

  predict(id: string, bet?: unknown): void {
    const prediction = this.#find('prediction', this.#predictions, id);
    if (prediction === undefined) return;
    if (bet === undefined) {
      const place = (clicked: unknown): void => this.#progress.bet(id, words.written(clicked));
      const asked = words.askForBet(prediction);
      if (!askWithButtons(prediction, this.#progress.done.bets[id], place, asked)) markdown(asked);
      return;
    }
    const { options } = prediction;
    if (options !== undefined && !options.some(option => words.written(option) === words.written(bet))) {
      markdown(words.badBet(prediction, bet));
      return;
    }
    this.#progress.bet(id, words.written(bet));
    markdown(words.betPlaced(prediction, bet));
  }

  reveal(id: string, modelAnswer: unknown): void {
    const prediction = this.#find('prediction', this.#predictions, id);
    if (prediction === undefined) return;
    const bet = this.#progress.done.bets[id];
    const answer = words.written(modelAnswer);
    const rows = [[prediction.question, bet ?? 'no bet', answer]];
    const note = starLineOfNew();
    noted(note);
    const table = tableAsMarkdown({
      columns: ['question', 'your bet', words.whoAnswers(prediction)],
      rows,
      note,
    });
    const said = `${table}\n\n${words.afterReveal(prediction, bet, answer)}`.trimEnd();
    markdown(bet === undefined ? words.folded(prediction, said) : said);
  }

  check(id: string, answer?: unknown): void {
    const exercise = this.#find('exercise', this.#exercises, id);
    if (exercise === undefined) return;
    if (answer === undefined) {
      markdown(words.askForAnswer(exercise));
      return;
    }
    const verdict = judge(exercise, answer);
    this.#progress.tried(id, verdict.passed);
    markdown(words.judged(exercise, verdict, verdict.passed && isSolution(answer, exercise)));
    showTrace(verdict.trace);
  }

  /** The exercise of this id; without one, that which was tried last. */
  #asked(what: string, id: string | undefined): Exercise | undefined {
    const which = id ?? this.#progress.done.last;
    if (which !== undefined) return this.#find('exercise', this.#exercises, which);
    markdown(words.nothingTried(what, [...this.#exercises.keys()]));
    return undefined;
  }

  hint(id?: string): void {
    const exercise = this.#asked('a hint', id);
    if (exercise === undefined) return;
    markdown(words.hinted(exercise, this.#progress.takeHint(exercise.id, exercise.hints.length)));
  }

  solution(id?: string): void {
    const exercise = this.#asked('a solution', id);
    if (exercise === undefined) return;
    const { passed, hints } = this.#progress.done;
    const taken = hints[exercise.id] ?? 0;
    if (!passed.includes(exercise.id) && taken < exercise.hints.length) {
      markdown(words.lockedSolution(exercise, taken));
      return;
    }
    markdown(words.solved(exercise, writtenBy(exercise, exercise.solution)));
  }

  progress(): void {
    const { passed, tries, hints } = this.#progress.done;
    const state = (id: string): string => (passed.includes(id) ? 'holds' : (tries[id] ?? 0) > 0 ? 'tried' : 'open');
    const rows = this.#lessons.flatMap(({ notebook, exercises }) =>
      exercises.map(({ id, title, kind, minutes }) => [notebook, id, title, kind, minutes, state(id), hints[id] ?? 0]),
    );
    showTable({ columns: ['notebook', 'exercise', 'title', 'kind', 'minutes', 'state', 'hints'], rows });
  }

  certificate(): void {
    showPicture(certificateOf(this.#lessons, this.#progress.done));
  }
}

/** The functions for `lessons`; a test gives lessons and progress of its own. */
export function createDesk(lessons: readonly Lesson[], progress: Progress = new Progress()): Desk {
  return new Teacher(lessons, progress);
}
