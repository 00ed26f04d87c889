/** A contract between KVM and a page: does a walk take a reference, and does the release put one? */
import { ModelError, whatThereIs } from '../../model/index.js';
import { everyFacts, type PfnFacts } from './pfn-facts.js';

/** What the fault keeps beside the pfn from the lookup to the release. */
export const CARRIES = ['nothing', 'bit', 'page'] as const;
export type Carries = (typeof CARRIES)[number];

/** What the release gets of it: nothing; was a reference taken; the page to put, as its facts, or null. */
export interface Carried {
  readonly nothing: undefined;
  readonly bit: boolean;
  readonly page: PfnFacts | null;
}

/** How a walk takes a reference, where the rule says that it does. */
export const WALK_GETS = ['get_page', 'get_page_unless_zero'] as const;
export type WalkGets = (typeof WALK_GETS)[number];

export interface ContractSpec<C extends Carries = 'nothing'> {
  /** 'nothing' unless told. */
  readonly carries?: C;
  /** Does a walk of a VM_PFNMAP mapping take a reference? gup always takes one. Unless told: no. */
  readonly get?: (pfn: PfnFacts) => boolean;
  /** How it takes it. get_page_unless_zero unless told, which refuses a page with a count of 0. */
  readonly how?: WalkGets;
  /** Does the release put a reference? */
  readonly put: (pfn: PfnFacts, carried: Carried[C]) => boolean;
}

/** A contract with a name. */
export interface Contract {
  readonly name: string;
  readonly carries: Carries;
  readonly how: WalkGets;
  get(pfn: PfnFacts): boolean;
  /** `took`: a reference was taken; what of it the rule may see follows from `carries`. */
  put(pfn: PfnFacts, took: boolean): boolean;
}

/** A rule of one's own. Errors: no `put`, a rule that answers something else than yes or no. */
export function contract<C extends Carries = 'nothing'>(spec: ContractSpec<C>, name = 'yours'): Contract {
  if (typeof spec !== 'object' || spec === null || typeof spec.put !== 'function')
    throw new ModelError(
      `contract(${JSON.stringify(spec)}): expected { put: pfn => … }, and if a walk takes a reference get: pfn => …`,
    );
  const known = ['carries', 'get', 'how', 'put'];
  for (const key of Object.keys(spec))
    if (!known.includes(key)) throw new ModelError(`contract has no '${key}'; expected ${whatThereIs(key, known)}`);
  const carries = oneOf('carries', spec.carries ?? 'nothing', CARRIES);
  const how = oneOf('how', spec.how ?? 'get_page_unless_zero', WALK_GETS);
  const put = spec.put as (pfn: PfnFacts, carried: unknown) => unknown;
  const seen = (pfn: PfnFacts, took: boolean) =>
    carries === 'nothing' ? undefined : carries === 'bit' ? took : took ? pfn : null;
  return {
    name,
    carries,
    how,
    get: pfn => yes('get', spec.get?.(pfn) ?? false),
    put: (pfn, took) => yes('put', put(pfn, seen(pfn, took))),
  };
}

/** What a rule answers, in all these cases: two rules with the same answers are the same contract. */
export function answers(rule: Contract, all: readonly PfnFacts[] = everyFacts()): string {
  const bit = (answer: boolean) => (answer ? '1' : '0');
  const gets = all.map(pfn => bit(rule.get(pfn))).join('');
  const puts = [false, true].map(took => all.map(pfn => bit(rule.put(pfn, took))).join(''));
  return [gets.includes('1') ? rule.how : '', gets, ...puts].join(' ');
}

function oneOf<T extends string>(what: string, given: T, all: readonly T[]): T {
  if (all.includes(given)) return given;
  throw new ModelError(`contract: ${what} is '${String(given)}'; expected ${whatThereIs(given, all)}`);
}

function yes(what: string, answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new ModelError(`contract: ${what} answered ${String(answer)}; expected true or false (is there a return?)`);
}
