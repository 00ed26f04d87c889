/** What can be taken away from a model, found by making every move: what no run comes to is not there. */
import type { Around } from '../../model/access.js';
import type { AnyModel } from '../../model/model.js';
import type { Instance } from '../../model/slots.js';
import { everyMove } from '../every-move.js';
import { answerOf, decidedBy, keyOf, type Removal, tried } from './removal.js';
import { commit, doing, exitOf, type Forced, type Question, type Trial } from './trial.js';

/** Everything that can be taken away, in the order of the model's processes and steps. Errors: as everyMove. */
export function removals(model: AnyModel): readonly Removal[] {
  const found = new Map<string, Removal>();
  const add = (removal: Removal) => found.set(removalId(removal), removal);
  const writes = new Map<string, Removal[]>();
  const asked = new Set<string>();
  const answers = new Map<string, Set<number>>();
  const heard = ({ process, step }: Where, q: Question) => {
    const key = `${process}.${step} ${keyOf(q)}`;
    const all = answers.get(key) ?? new Set();
    answers.set(key, all);
    return all;
  };
  everyWay(model, ({ first, p, where }) => {
    for (const { of, removal } of eventsOf(first, p, where))
      if (of === undefined) add(removal);
      else writes.set(of, [...(writes.get(of) ?? []), removal]);
    for (const q of first.questions) heard(where, q).add(answerOf(q));
  });
  // Only now is it known which answers there are: a question that always gets the same one decides nothing.
  everyWay(model, ({ first, p, where, again }) => {
    const guard = guardOf(first, p, where, q => [...heard(where, q)].sort((a, b) => a - b), again);
    if (guard === undefined) return;
    const same = found.get(removalId(guard));
    add(same?.is === 'guard' ? { ...guard, exits: [...new Set([...same.exits, ...guard.exits])] } : guard);
    asked.add(guard.question);
  });
  for (const [of, all] of writes) if (asked.has(of)) for (const removal of all) add(removal);
  return inOrder(model, [...found.values()]);
}

interface Way {
  readonly first: Trial;
  readonly p: Instance;
  readonly where: Where;
  readonly again: (forced: Forced) => Trial;
}

/** Calls `see` for every way through every step: once for the same answers. */
function everyWay(model: AnyModel, see: (way: Way) => void): void {
  const seen = new Set<string>();
  const around: Around = (p, at, access, run) => {
    const picks: number[] = [];
    const first = tried(run, access, picks);
    const way = `${p.name}.${at}: ${JSON.stringify([first.questions.map(answered), picks])}`;
    if (!seen.has(way)) {
      seen.add(way);
      const where = { process: p.process.name, step: p.labels[at] ?? '' };
      see({ first, p, where, again: forced => tried(run, access, picks, forced) });
    }
    return commit(first, access);
  };
  everyMove({ ...bare(model), around });
}

const bare = ({ name, declaration, processes, properties }: AnyModel): AnyModel => ({
  name,
  declaration,
  processes,
  properties,
});

const answered = (q: Question) => `${q.is === 'field' ? q.slot.path : `${q.count.path} ${q.op} ${q.n}`} ${q.answer}`;

interface Where {
  readonly process: string;
  readonly step: string;
}

interface Found {
  /** The field of a plain write, which counts only where a guard asks for it. */
  readonly of: string | undefined;
  readonly removal: Removal;
}

/** What a step does, as something to take away. */
function eventsOf(first: Trial, p: Instance, where: Where): readonly Found[] {
  return first.events.flatMap((event): readonly Found[] => {
    const what = doing(event, p);
    if (what === undefined || event.is === 'tally') return [];
    const { slot } = event;
    if (event.is === 'set' && slot.kind === 'lock' && event.value === 1)
      return [{ of: undefined, removal: { is: 'lock', process: where.process, lock: slot.key } }];
    const plain = event.is === 'set' && slot.kind !== 'lock';
    return [{ of: plain ? slot.key : undefined, removal: { is: 'event', ...where, what } }];
  });
}

function guardOf(
  first: Trial,
  p: Instance,
  where: Where,
  answers: (q: Question) => readonly number[],
  again: (forced: Forced) => Trial,
): (Removal & { is: 'guard' }) | undefined {
  const decided = decidedBy(first, first.questions, p, answers, again);
  if (decided === undefined) return undefined;
  const { question, otherwise } = decided;
  // Who waits for a lock that it wants to take: that is the lock itself.
  if (question.is === 'field' && question.slot.kind === 'lock' && takes(otherwise, question.slot.path))
    return undefined;
  const exit = exitOf(first, p);
  const so = soThat(exit, exitOf(otherwise, p));
  return { is: 'guard', ...where, question: keyOf(question), exits: [exit], answers: answers(question), so };
}

const takes = (trial: Trial, lock: string) =>
  trial.events.some(e => e.is === 'set' && e.slot.path === lock && e.value === 1);

/** What follows when a guard is gone: the exit that is taken no more, or what only the other one does. */
function soThat(exit: string, otherwise: string): string {
  if (exit === 'waits') return 'never waits';
  const [to = '', ...did] = exit.split('; ');
  const [other, ...would] = otherwise.split('; ');
  if (to !== other) return `never ${to}`;
  const least = (some: readonly string[], but: readonly string[]) => some.filter(one => !but.includes(one))[0];
  const lost = least(did, would);
  return lost === undefined ? `always ${least(would, did)}` : `never ${lost}`;
}

/** A removal in one line, the same for every size of the model: `vcpu.lock: no lock kvm.mmu_lock`. */
export function removalId(r: Removal): string {
  return r.is === 'lock' ? `${r.process}: ${removalText(r)}` : `${r.process}.${r.step}: ${removalText(r)}`;
}

/** The same without the step. */
export function removalText(r: Removal): string {
  if (r.is === 'lock') return `without ${r.lock}`;
  return r.is === 'event' ? `no ${r.what}` : `${r.question} not asked: ${r.so}`;
}

function inOrder(model: AnyModel, all: readonly Removal[]): readonly Removal[] {
  const kinds: readonly Removal['is'][] = ['lock', 'guard', 'event'];
  const place = (r: Removal) => {
    const process = model.processes.findIndex(p => p.name === r.process);
    const steps = Object.keys(model.processes[process]?.steps ?? {});
    return [process, r.is === 'lock' ? -1 : steps.indexOf(r.step), kinds.indexOf(r.is)];
  };
  const compare = (a: Removal, b: Removal) => {
    const [x, y] = [place(a), place(b)];
    const at = x.findIndex((n, i) => n !== y[i]);
    return at < 0 ? (removalId(a) < removalId(b) ? -1 : 1) : (x[at] ?? 0) - (y[at] ?? 0);
  };
  return [...all].sort(compare);
}
