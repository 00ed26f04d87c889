/** Predictions and exercises of notebook 06. */
import { defineExercise, defineLesson, type Verdict } from '../../desk/lesson.js';
import { strangeNames } from '../../desk/names.js';
import { type Run, run } from '../../kit/index.js';
import { ModelError } from '../../model/index.js';
import type { Figure } from '../../views/index.js';
import { type ContractCell, contractCell } from './cell.js';
import { historicRule } from './history.js';
import { matrixFigure, pathsFigure } from './matrix.js';
import { releaseContract } from './model.js';
import { CONTRACT_KINDS } from './page-kinds.js';
import { everyFacts, type PfnFacts } from './pfn-facts.js';
import { contractPredictions } from './predictions.js';
import { type Contract, type ContractSpec, contract } from './rule.js';
import { TWELVE, type TwelveLetter } from './twelve.js';

type AnySpec = ContractSpec<'nothing'> | ContractSpec<'bit'> | ContractSpec<'page'>;

/** A contract as a reader gives it: made already, or as its parts. */
export type ContractAnswer = Contract | AnySpec;

const KINDS = CONTRACT_KINDS.map(k => k.name);
const BY_GUP = CONTRACT_KINDS.filter(k => k.found_by === 'gup').map(k => k.name);

function made(answer: ContractAnswer): Contract {
  return 'name' in answer ? answer : contract(answer as ContractSpec);
}

/** A reader's rule, by the name that its column has. */
const named = (rule: Contract): Contract => ({ ...rule, name: 'your rule' });

/** What a rule's put reads of the pfn, or of the page that it carries, in any case. */
function factsAsked(rule: Contract): readonly string[] {
  const asked = new Set<string>();
  const get = (pfn: PfnFacts, fact: keyof PfnFacts) => {
    asked.add(fact);
    return pfn[fact];
  };
  for (const took of [false, true])
    for (const pfn of everyFacts()) rule.put(new Proxy(pfn, { get } as ProxyHandler<PfnFacts>), took);
  return [...asked];
}

/** A failed verdict: every row as this rule leaves it, and the run into the cell that is spoken of. */
function wrongAt(cell: ContractCell & { readonly trace: Run | null }, idea: string, all: Figure): Verdict {
  const title = `${cell.kind} on ${cell.release}: ${cell.verdict}`;
  return {
    passed: false,
    idea,
    trace: [all, ...(cell.trace === null ? [] : [cell.trace.score(undefined, { title })])],
  };
}

/** `A TTM tail`, at the start of a sentence. */
const begun = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

const FIRST_RELEASE = '5.10';

/** Other rules, too, leave one row red, but not all of them go wrong there as this one does. */
const RULE_56 = historicRule('5.6').contract;
/** What the exercise starts from: it stands beside the reader's. */
const RULE_54 = historicRule('5.4').contract;

const owns54 = (pfn: PfnFacts) => pfn.pfn_valid && (!pfn.PageReserved || pfn.is_zone_device_page);
const owns56 = (pfn: PfnFacts) => owns54(pfn) || pfn.is_zero_pfn;

const mend = defineExercise<ContractAnswer>({
  id: 'co-1',
  title: 'Fix one row',
  minutes: 3,
  kind: 'faded',
  hints: [
    'Which row of the 5.4 column is red for a page that gup finds?',
    'gup took a reference to it, although PG_reserved is set. Which fact tells it apart from other reserved pages?',
    'owns = pfn => pfn.pfn_valid && (!pfn.PageReserved || pfn.is_zone_device_page || pfn.is_zero_pfn), for get and put.',
  ],
  starter: { how: 'get_page', get: owns54, put: owns54 },
  solution: { how: 'get_page', get: owns56, put: owns56 },
  check(answer) {
    const rule = made(answer);
    const cells = KINDS.map(kind => contractCell(rule, kind, FIRST_RELEASE));
    const red = cells.filter(c => c.verdict !== 'ok');
    const all = matrixFigure([RULE_54, named(rule)], FIRST_RELEASE);
    const gup = red.find(c => BY_GUP.includes(c.kind));
    if (gup !== undefined)
      return wrongAt(
        gup,
        `${begun(gup.kind)}: ${gup.verdict}. gup took a reference there, and your rule must put it.`,
        all,
      );
    const worse = red.find(c => c.kind !== 'TTM tail');
    if (worse !== undefined)
      return wrongAt(
        worse,
        worse.kind.startsWith('MMIO')
          ? `${begun(worse.kind)}: KVM would count in memory that is no struct page. Ask pfn_valid first.`
          : `${begun(worse.kind)}: ${worse.verdict}. That row was green before: the walk and the release must agree.`,
        all,
      );
    const as56 = cells.every(c => c.verdict === contractCell(RULE_56, c.kind, FIRST_RELEASE).verdict);
    const left = `One row is left: ${red.map(c => `${c.kind}, ${c.verdict}`).join('; ')}.`;
    return {
      passed: true,
      idea:
        red.length === 0
          ? 'All rows are green: you carried more than the pfn. Keep it for exercise 3.'
          : `${as56 ? 'Every row is as under the rule of 5.6. ' : ''}${left}`,
      trace: all,
    };
  },
});

/** The rule that exercise 2 is about: anonymous pages came by gup, so put those; walks take nothing. */
export const ANON_RULE = contract({ put: pfn => pfn.PageAnon }, 'put if PageAnon');

const RACE_RELEASE = '6.13';
const RACE_KIND = 'TTM tail';

const race = defineExercise<readonly string[]>({
  id: 'co-2',
  title: 'Write the run that defeats it',
  minutes: 6,
  kind: 'own',
  hints: [
    'The rule looks at the page when the fault ends. What may have become of the page since the walk?',
    'Between the walk and mmu_lock the driver can take the buffer back and free it. Who can get the page then?',
    "['vcpu[0] to kvm_tdp_mmu_map', 'host to done', 'somebody pick 1', 'vcpu[0]']",
  ],
  starter: ['vcpu[0] to kvm_tdp_mmu_map', 'vcpu[0]'],
  solution: ['vcpu[0] to kvm_tdp_mmu_map', 'host to done', 'somebody pick 1', 'vcpu[0]'],
  check(schedule) {
    if (!Array.isArray(schedule) || schedule.some(line => typeof line !== 'string'))
      return {
        passed: false,
        idea: `Expected a list of lines such as 'vcpu[0]' or 'host to done'; got ${JSON.stringify(schedule)}.`,
      };
    const model = releaseContract({ rule: ANON_RULE, kind: RACE_KIND, release: RACE_RELEASE });
    let t: Run;
    try {
      t = run(model, schedule);
    } catch (error) {
      if (error instanceof ModelError) return { passed: false, idea: `${error.message}.` };
      throw error;
    }
    const trace = t.score('page[1]._refcount');
    if (t.steps.some(s => s.bookings.some(b => b.holder === 'kvm' && b.change < 0)))
      return {
        passed: true,
        idea: 'The page is the same, and it is somebody else’s. The rule saw an anonymous page, and put a reference that KVM never took.',
        trace,
      };
    if (!t.steps.some(s => s.step === 'alloc_pages' && !s.waited))
      return {
        passed: false,
        idea: 'Nobody else got the page. As long as it is the driver’s it is not anonymous, and the rule is right.',
        trace,
      };
    const released = t.steps.findIndex(s => s.step === 'kvm_tdp_mmu_map');
    const given = t.steps.findIndex(s => s.step === 'alloc_pages' && !s.waited);
    if (released >= 0 && released < given)
      return {
        passed: false,
        idea: 'The fault was over before the page changed hands. The release must come after that.',
        trace,
      };
    return released < 0
      ? { passed: false, idea: 'The fault has not ended: KVM has not yet asked the rule.', trace }
      : {
          passed: false,
          idea: 'A driver got the page, so it is not anonymous, and nothing was put. pick 1 gives it to a process.',
          trace,
        };
  },
});

const BIT_RELEASES = ['5.10', '6.8', '6.13'] as const;

const carry = defineExercise<ContractAnswer>({
  id: 'co-3',
  title: 'Make every row green',
  minutes: 6,
  kind: 'own',
  hints: [
    'What does the release have to know that no fact of the page tells?',
    "carries: 'bit' gives put a second argument: was a reference taken?",
    "{ carries: 'bit', put: (pfn, took) => took }: a walk takes nothing, and the release asks no page.",
  ],
  starter: { put: (pfn: PfnFacts) => pfn.pfn_valid && pfn.page_count },
  solution: { carries: 'bit', put: (_pfn: PfnFacts, took: boolean) => took },
  check(answer) {
    const rule = made(answer);
    const cells = BIT_RELEASES.flatMap(release => KINDS.map(kind => contractCell(rule, kind, release)));
    const red = cells.filter(c => c.verdict !== 'ok');
    const all = pathsFigure(named(rule), BIT_RELEASES);
    const [first] = red;
    if (first !== undefined) {
      const more = red.length === 1 ? '' : ` ${red.length} of ${cells.length} cells are red.`;
      return wrongAt(first, `${begun(first.kind)} on ${first.release}: ${first.verdict}.${more}`, all);
    }
    const asked = factsAsked(rule);
    const praise =
      asked.length === 0
        ? 'and the put asks nothing of the page.'
        : `but the put also asks the page (${asked.join(', ')}). What the fault carries is enough.`;
    return {
      passed: true,
      idea: `All ${cells.length} cells are green. What was taken is put, ${praise}`,
      trace: all,
    };
  },
});

/** Answers by letter. */
export type TwelveAnswers = Readonly<Record<TwelveLetter, number | string>>;

const blank = Object.fromEntries(TWELVE.map(q => [q.letter, '?'])) as TwelveAnswers;

/** 3, '3' and ' 3 ' are one answer. */
const written = (value: unknown) => String(value).trim().toLowerCase();

const twelve = defineExercise<TwelveAnswers>({
  id: 'co-4',
  title: 'Twelve questions over all notebooks',
  minutes: 10,
  kind: 'own',
  hints: [
    'Each answer is in a figure of the notebook that the table names: who holds the page there, and what does each holder add?',
    'For the counts, add up the holders: an entry 1, a batch 1, a get 1, a pin 1024, who owns the page 1.',
    'Run the models: run() of the stories gives every count, explore() the verdicts. solution() has them all.',
  ],
  starter: blank,
  get solution() {
    return Object.fromEntries(TWELVE.map(q => [q.letter, q.answer()])) as TwelveAnswers;
  },
  check(answers) {
    const letters = TWELVE.map(q => q.letter);
    const strange = strangeNames(Object.keys(answers), letters, 'question');
    if (strange !== undefined) return strange;
    const told = TWELVE.map(q => {
      const mine = answers[q.letter];
      const open = mine === undefined || written(mine) === '?' || written(mine) === '';
      return { ...q, mine, open, right: !open && written(mine) === written(q.answer()) };
    });
    const trace = {
      columns: ['', 'question', 'yours', 'read again'],
      rows: told.map(q => [
        q.letter,
        q.question,
        q.open ? '?' : String(q.mine),
        q.right ? 'right' : `notebook ${q.notebook}`,
      ]),
    };
    const wrong = told.filter(q => !q.right);
    const [first] = wrong.filter(q => !q.open);
    if (wrong.length === 0)
      return { passed: true, idea: 'All twelve. certificate() writes down what you have solved.', trace };
    const open = wrong.filter(q => q.open).length;
    const idea =
      first === undefined
        ? `${open} of 12 are not answered yet.`
        : `${12 - wrong.length} of 12 are right; ${first.letter} is not.`;
    return { passed: false, idea, trace };
  },
});

export const contractLesson = defineLesson({
  notebook: '06-write-the-contract',
  title: 'Does KVM owe a put? Write the rule',
  minutes: 35,
  exercises: [mend, race, carry, twelve],
  predictions: contractPredictions,
});
