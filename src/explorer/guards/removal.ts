/** One thing that is taken away from a model: an event of a step, a guard of a step, a process's use of a lock. */
import type { Access, Around, Moved } from '../../model/access.js';
import { ModelError } from '../../model/error.js';
import type { AnyModel } from '../../model/model.js';
import type { Instance, Slot } from '../../model/slots.js';
import { commit, doing, exitOf, type Forced, type Question, Trial, testKey } from './trial.js';

export type Removal =
  /** What the step does to the state, whenever it does it: `get page._refcount for gup`. */
  | { readonly is: 'event'; readonly process: string; readonly step: string; readonly what: string }
  /**
   * A decision of the step: whenever the answer to `question` leads to one of `exits`, and one of `answers` would not, the step goes on as
   * if it had got that one.
   */
  | {
      readonly is: 'guard';
      readonly process: string;
      readonly step: string;
      readonly question: string;
      readonly exits: readonly string[];
      /** Every answer that the step ever gets. */
      readonly answers: readonly number[];
      /** What is not done any more, or always done: `never waits`, `never to unlock`. */
      readonly so: string;
    }
  /** The process goes without the lock, from its lock() to its unlock(). */
  | { readonly is: 'lock'; readonly process: string; readonly lock: string };

/** The model without it. What is left runs, compiles and is searched like any other. */
export function without(model: AnyModel, removal: Removal): AnyModel {
  const { name, declaration, processes, properties, telling } = model;
  const around = aroundOf(removal);
  return { name, declaration, processes, properties, around, ...(telling === undefined ? {} : { telling }) };
}

function aroundOf(removal: Removal): Around {
  const elsewhere = (p: Instance, at: number) =>
    p.process.name !== removal.process || (removal.is !== 'lock' && p.labels[at] !== removal.step);
  return (p, at, access, run) => {
    if (elsewhere(p, at)) return run(access);
    switch (removal.is) {
      case 'event':
        return commit(tried(run, access), access, event => doing(event, p) === removal.what);
      case 'lock':
        return commit(
          tried(run, access, [], {}, slot => slot.kind === 'lock' && slot.key === removal.lock),
          access,
        );
      case 'guard': {
        const picks: number[] = [];
        const first = tried(run, access, picks);
        if (!removal.exits.includes(exitOf(first, p))) return commit(first, access);
        const asked = first.questions.filter(q => keyOf(q) === removal.question);
        const other = decidedBy(
          first,
          asked,
          p,
          () => removal.answers,
          forced => tried(run, access, picks, forced),
        );
        return commit(other?.otherwise ?? first, access);
      }
    }
  };
}

/** The step, tried on what is behind `access`. */
export function tried(
  run: (access: Access) => Moved,
  access: Access,
  picks: number[] = [],
  forced: Forced = {},
  ignores?: (lock: Slot) => boolean,
): Trial {
  const trial = new Trial(access, picks, forced, ignores);
  trial.moved = run(trial);
  return trial;
}

/** A question without the element that it is about: `kvm.mmu_invalidate_in_progress`, `page._refcount > 0`. */
export function keyOf(q: Question): string {
  return q.is === 'field' ? q.slot.key : `${q.count.key} ${q.op} ${q.n}`;
}

export interface Decision {
  readonly question: Question;
  readonly answer: number;
  /** The step with this answer to it: it takes another exit. */
  readonly otherwise: Trial;
}

/**
 * The last of these questions of which another answer, one of `answers`, would have led to another exit, and where to. An answer by which the
 * step would wait is none: what is taken away holds nobody up.
 */
export function decidedBy(
  first: Trial,
  questions: readonly Question[],
  p: Instance,
  answers: (q: Question) => readonly number[],
  again: (forced: Forced) => Trial,
): Decision | undefined {
  const exit = exitOf(first, p);
  for (const question of questions.toReversed())
    for (const answer of answers(question)) {
      if (answer === answerOf(question)) continue;
      const otherwise = unlessItFails(() => again(forcing(question, answer)));
      if (otherwise?.moved === 'moved' && exitOf(otherwise, p) !== exit) return { question, answer, otherwise };
    }
  return undefined;
}

/** The answer as a number. */
export const answerOf = (q: Question): number => Number(q.answer);

function forcing(q: Question, answer: number): Forced {
  return q.is === 'test'
    ? { test: { key: testKey(q.count, q.op, q.n), answer: answer === 1 } }
    : { field: { slot: q.slot, value: answer } };
}

/** A step that is told what cannot be may fail, where it would follow a pointer that is null: that is no way to go. */
function unlessItFails(run: () => Trial): Trial | undefined {
  try {
    return run();
  } catch (e) {
    if (e instanceof ModelError || e instanceof TypeError) return undefined;
    throw e;
  }
}
