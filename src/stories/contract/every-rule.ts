/**
 * Every rule that KVM could make from a bare pfn, tried: is there one with which every kind of page is all right? A rule is an answer, yes or
 * no, to each combination of facts at which it can be asked. Which combinations a kind of page can show at a walk or a release is searched
 * first, with every answer tried; then each set of answers is searched on its own.
 */
import { everyMove } from '../../explorer/index.js';
import { contractCell, type SearchedCell } from './cell.js';
import { releaseContract } from './model.js';
import { FACTS, type PfnFacts } from './pfn-facts.js';
import { type Contract, contract, WALK_GETS, type WalkGets } from './rule.js';

/** A question that a rule is asked: `put: pfn_valid, page_count`. */
export type Question = string;

/** The question as one line: the facts that are true. */
export function questionOf(what: 'get' | 'put', pfn: PfnFacts): Question {
  return `${what}: ${FACTS.filter(f => pfn[f]).join(', ') || 'no struct page'}`;
}

/** The questions that a kind of page can bring up, over every interleaving and every answer. Errors: an unknown kind or release. */
export function questionsOf(kind: string, release: string): readonly Question[] {
  const asked = new Set<Question>();
  const free = (what: 'get' | 'put', pfn: PfnFacts) => void asked.add(questionOf(what, pfn));
  everyMove(releaseContract({ rule: fromAnswers(new Map()), kind, release, free }));
  return [...asked].sort();
}

/** A rule from its answers; what is not in the list is answered no. */
export function fromAnswers(yes: ReadonlyMap<Question, boolean>, how: WalkGets = 'get_page_unless_zero'): Contract {
  const answer = (what: 'get' | 'put') => (pfn: PfnFacts) => yes.get(questionOf(what, pfn)) === true;
  return contract({ get: answer('get'), how, put: answer('put') }, 'a rule on the pfn');
}

/** What was found for one kind of page: the sets of answers with which it is all right. */
interface GoodAnswers {
  readonly kind: string;
  readonly questions: readonly Question[];
  readonly tried: number;
  readonly good: readonly Answers[];
}

type Answers = ReadonlyMap<Question, boolean>;

/** Of the answers that agree with one of `given`, those with which this kind is all right. */
function goodAnswers(kind: string, release: string, how: WalkGets, given: readonly Answers[]): GoodAnswers {
  const questions = questionsOf(kind, release);
  let tried = 0;
  const good = given.flatMap(had => {
    const open = questions.filter(q => !had.has(q));
    const sets = Array.from(
      { length: 2 ** open.length },
      (_, n): Answers => new Map([...had, ...open.map((q, i) => [q, ((n >> i) & 1) === 1] as const)]),
    );
    tried += sets.length;
    return sets.filter(answers => contractCell(fromAnswers(answers, how), kind, release).verdict === 'ok');
  });
  return { kind, questions, tried, good };
}

/** Why no rule on the pfn can be right. */
export interface NoRule {
  readonly release: string;
  /** Is there a rule with which all these kinds are all right? */
  readonly exists: boolean;
  /** Kinds that were enough to rule every rule out. */
  readonly kinds: readonly string[];
  /** Rules that were searched: sets of answers, with each way in which a walk can take its reference. */
  readonly searched: number;
  /** Questions that both kinds bring up. */
  readonly shared: readonly Question[];
  /** For each answer to the first shared question: which kind is wrong then, and how. */
  readonly either: readonly { readonly answer: boolean; readonly cell: SearchedCell }[];
}

/**
 * Tries every rule on the pfn against two kinds of page. By the answers that the first kind needs, the second is searched with every answer
 * that is left open; a rule that passes both would be in the list. Errors: an unknown kind or release.
 */
export function everyRule(kinds: readonly [string, string], release = '6.13'): NoRule {
  const [first, second] = kinds;
  let searched = 0;
  let exists = false;
  let left: readonly Answers[] = [];
  for (const how of WALK_GETS) {
    const one = goodAnswers(first, release, how, [new Map()]);
    const two = goodAnswers(second, release, how, one.good);
    searched += one.tried + two.tried;
    exists ||= two.good.length > 0;
    left = one.good;
  }
  const theirs = questionsOf(second, release);
  const shared = questionsOf(first, release).filter(q => theirs.includes(q));
  const [question] = shared;
  return {
    release,
    exists,
    kinds,
    searched,
    shared,
    either: question === undefined ? [] : eitherWay(question, kinds, release, left),
  };
}

/** Yes is wrong for one kind, no for the other: each with its shortest run, all other answers as that kind would have them. */
function eitherWay(
  question: Question,
  [first, second]: readonly [string, string],
  release: string,
  good: readonly Answers[],
) {
  return [true, false].map(answer => {
    const right = good.find(a => a.get(question) === answer);
    const kind = right === undefined ? first : second;
    const rest = right ?? new Map(questionsOf(kind, release).map(q => [q, q !== question && q.startsWith('put')]));
    return { answer, cell: contractCell(fromAnswers(new Map([...rest, [question, answer]])), kind, release) };
  });
}
