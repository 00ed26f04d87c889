/** Exercises of notebook 05. */
import { explore, verdictText } from '../explorer/index.js';
import type { CowFault, CowMachine } from '../linux/cow-fault.js';
import { BAD_REASONS, cowRun, type FreedPage, PAGE_FLAGS_CHECK_AT_FREE, page_bad_reason } from '../linux/index.js';
import { type Next, run, valueAt } from '../model/index.js';
import {
  badPageSplat,
  FREE_HISTORIES,
  type FreeHistory,
  STORIES,
  type Story,
  tellHistory,
} from '../scenarios/index.js';
import { decode, flagLayouts } from '../splat/index.js';
import type { Table } from '../views/figure.js';
import { swimLanes } from '../views/index.js';
import { badPagePredictions } from './bad-page-predictions.js';
import { defineExercise, defineLesson } from './lesson.js';

/** The free path's tests as a reader writes them: the printed reason, null for a page without fault. */
export type ReasonRule = (page: FreedPage) => string | null;

const isChecked = (flag: string) => (PAGE_FLAGS_CHECK_AT_FREE as readonly string[]).includes(flag);

/** Every combination of the six things that the tests look at. */
function allPages(): readonly FreedPage[] {
  return Array.from({ length: 64 }, (_, n) => ({
    mapcount: n & 1,
    mapping: (n & 2) > 0 ? 'file' : 'none',
    refcount: (n >> 2) & 1,
    flags: (n & 8) > 0 ? ['uptodate', 'locked'] : ['uptodate', 'swapbacked'],
    memcg: (n & 16) > 0,
    page_pool: (n & 32) > 0,
  }));
}

const theTests = defineExercise<ReasonRule>({
  id: 'bs-1',
  title: 'The free path’s tests: which one names the reason?',
  minutes: 4,
  kind: 'worked',
  hints: [
    'What does an if without else do to the value that was set before?',
    'A page that is mapped and has a mapping is reported for its mapping.',
    'Six ifs in a row, in the order of BAD_REASONS; each overwrites.',
  ],
  starter: p => {
    let bad: string | null = null;
    if (p.mapcount !== 0) bad = 'nonzero mapcount';
    if (p.mapping === 'file') bad = 'non-NULL mapping';
    if (p.refcount !== 0) bad = 'nonzero _refcount';
    if (p.flags.includes('locked')) bad = 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set';
    if (p.memcg) bad = 'page still charged to cgroup';
    if (p.page_pool) bad = 'page_pool leak';
    return bad;
  },
  solution: p => {
    const fires = [p.mapcount !== 0, p.mapping === 'file', p.refcount !== 0, p.flags.some(isChecked), p.memcg];
    return BAD_REASONS[[...fires, p.page_pool].lastIndexOf(true)] ?? null;
  },
  check(rule) {
    const rows = allPages().map(p => [JSON.stringify(p), String(rule(p)), String(page_bad_reason(p))]);
    const wrong = rows.filter(([, yours, kernel]) => yours !== kernel);
    const trace: Table = { columns: ['page', 'your rule says', 'the kernel prints'], rows: wrong.slice(0, 4) };
    return wrong.length === 0
      ? {
          passed: true,
          idea: `Right for all ${rows.length} combinations. So "nonzero mapcount" tells more than its name: none of the five later tests fired.`,
        }
      : {
          passed: false,
          idea: `Of ${rows.length} combinations ${wrong.length} differ: a later test overwrites.`,
          trace,
        };
  },
});

/** What a reader reads off a flags word. */
export interface WordRead {
  /** Numbers of the set flag bits. */
  readonly bits: readonly number[];
  readonly node: number;
  readonly zone: number;
  /** May a page with these flags be freed without a report? */
  readonly clean: boolean;
}

/** A word as 6.9 writes it on x86-64: node in bits 63 to 54, zone in 53 to 51, last cpupid in 50 to 30. */
export const FLAGS_WORD = '0x0057ffffc0080109';

function wordRead(word: string): WordRead & { readonly names: readonly string[] } {
  const n = BigInt(word);
  const flags = flagLayouts.find(l => l.id === 'flags-6.7')?.flags ?? [];
  const bits = flags.flatMap((_, bit) => (((n >> BigInt(bit)) & 1n) === 1n ? [bit] : []));
  const names = bits.map(bit => flags[bit] ?? '');
  return { bits, names, node: Number(n >> 54n), zone: Number((n >> 51n) & 7n), clean: !names.some(isChecked) };
}

const readWord = defineExercise<WordRead>({
  id: 'bs-2',
  title: `Read ${FLAGS_WORD} by hand`,
  minutes: 6,
  kind: 'faded',
  hints: [
    'Four bits are one hex digit. Which bits does the last digit, 9, set?',
    'The top three digits, 005, are bits 63 to 52: node is 63 to 54, and bit 52 belongs to the zone.',
    'Bits 0, 3, 8, 19; node 1, zone 2; bits 0 and 8 are locked and active.',
  ],
  starter: { bits: [2, 3, 17, 19], node: 0, zone: 2, clean: true },
  solution: { bits: [0, 3, 8, 19], node: 1, zone: 2, clean: false },
  check(answer) {
    const want = wordRead(FLAGS_WORD);
    const given: Readonly<Record<string, unknown>> = { ...answer };
    const known: Readonly<Record<string, unknown>> = { ...want };
    const wrong = ['bits', 'node', 'zone', 'clean'].filter(k => JSON.stringify(given[k]) !== JSON.stringify(known[k]));
    if (wrong[0] === undefined)
      return {
        passed: true,
        idea: `${want.names.join(' | ')}: locked and active may not be set on a page that is freed.`,
      };
    const binary = BigInt(FLAGS_WORD).toString(2).padStart(64, '0').match(/.{8}/g)?.join(' ') ?? '';
    return {
      passed: false,
      idea: `Look at ${wrong.join(' and ')} again; the word in binary, bit 63 first:`,
      trace: binary,
    };
  },
});

/** The step that exercise 3 replaces: the release on the way to the retry. */
export type RetryStep = (s: CowMachine, me: CowFault) => Next;

const remedy = defineExercise<RetryStep>({
  id: 'bs-3',
  title: 'Mend v11 on 6.9.12 in one step',
  minutes: 6,
  kind: 'faded',
  hints: [
    'What does KVM hold when it comes to this step: on 6.9, and with v11?',
    'With v11 gup’s reference went back two steps before. What is left to do?',
    "Only the mark: me.page.PG_referenced = true, then return 'kvm_faultin_pfn'.",
  ],
  starter: (_s, me) => {
    me.page?._refcount.put('gup');
    return 'kvm_faultin_pfn';
  },
  solution: (_s, me) => {
    if (me.page !== null) me.page.PG_referenced = true;
    return 'kvm_faultin_pfn';
  },
  check(step) {
    const v = explore(badPageSplat({ batch: 2 }).with('kvm_release_pfn_clean', step), { engine: 'interpreter' });
    const served = explore(badPageSplat({ batch: 2 }).with('kvm_release_pfn_clean', step), {
      engine: 'interpreter',
      property: 'every page is served',
    });
    const passed = v.verdict === 'holds' && served.verdict === 'reached';
    const idea = passed
      ? `In all ${v.states} states the books balance and every page is served: this is what David Stevens proposed on 15 April 2024.`
      : v.verdict === 'holds'
        ? 'The books balance, but the guest’s access is never served.'
        : 'The books do not balance, or a page dies while it is mapped: the shortest run is below.';
    return { passed, idea, trace: verdictText(v.verdict === 'holds' ? served : v) };
  },
});

/** The reason and the story, for each of the four reports. */
export type Readings = Readonly<Record<FreeHistory, { readonly reason: string; readonly story: Story }>>;

const unread = { reason: 'nonzero mapcount', story: 'double put after a retry' } as const;

const fourSplats = defineExercise<Readings>({
  id: 'bs-4',
  title: 'Four other reports: which test, and which story?',
  minutes: 8,
  kind: 'own',
  hints: [
    'Read refcount, mapcount, mapping and the flags first; which tests are true of them?',
    'The last test that is true names the reason. Then ask of each story: which counts does it leave?',
    'A counts 1 although it is freed; B still has a mapping; C carries writeback; D counts 0 and is mapped, and nobody retried.',
  ],
  starter: { A: unread, B: unread, C: unread, D: unread },
  solution: {
    A: { reason: 'nonzero _refcount', story: 'a tail that somebody else took' },
    B: { reason: 'non-NULL mapping', story: 'a cached page put too often' },
    C: { reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set', story: 'freed under I/O' },
    D: { reason: 'nonzero mapcount', story: 'an unmap that forgot the mapcount' },
  },
  check(answer) {
    const wrong = FREE_HISTORIES.flatMap(letter => {
      const told = tellHistory(letter);
      const yours = answer[letter];
      if (!STORIES.includes(yours.story))
        return [`${letter}: '${yours.story}' is no story; expected ${STORIES.join(', ')}`];
      return [
        ...(yours.reason === told.reason ? [] : [`${letter}: another test names the reason`]),
        ...(yours.story === told.story ? [] : [`${letter}: another story leaves these counts`]),
      ];
    });
    if (wrong.length === 0)
      return {
        passed: true,
        idea: 'B is the trap: it is mapped and has a mapping, and the later test speaks. D has the counts of the thread’s page, and another guilty one: the counts alone do not name him.',
      };
    const first = FREE_HISTORIES.find(l => wrong[0]?.startsWith(l)) ?? 'A';
    return {
      passed: false,
      idea: `${wrong.join('; ')}. The decoder on ${first}:`,
      trace: decodedText(tellHistory(first).splat),
    };
  },
});

/** What the decoder says of a report, without its trace: a finding a line. */
function decodedText(splat: string): string {
  const [r] = decode(splat);
  return (r?.findings ?? []).map(f => `[${f.certainty}] ${f.text}`).join('\n');
}

const underflow = defineExercise<readonly string[]>({
  id: 'bs-5',
  title: 'Write a run: one report, then a count of -1',
  minutes: 8,
  kind: 'own',
  hints: [
    'A count of 1 is in the batch alone with the PTE’s debt. What if KVM puts once more before the drain?',
    'Let another invalidation run while the fault retries; then the check sends it to kvm_release_pfn_clean again.',
    "'vcpu to kvm_release_pfn_clean', 'vcpu x2', 'other x2', the same first line again, two more of vcpu's, then 'drain'.",
  ],
  starter: ['vcpu to kvm_release_pfn_clean'],
  solution: [
    'vcpu to kvm_release_pfn_clean',
    'vcpu x2',
    'other x2',
    'vcpu to kvm_release_pfn_clean',
    'vcpu x3',
    'drain',
  ],
  check(schedule) {
    const t = run(badPageSplat({ batch: 2, invalidations: 1, drain: true }), schedule);
    const reports = t.steps.reduce((n, s) => n + (s.stats['cpu.reports'] ?? 0), 0);
    const count = Number(valueAt(t, 'page[0]._refcount'));
    const trace =
      t.steps.length === 0
        ? 'nothing ran'
        : swimLanes(t, { steps: [Math.max(1, t.steps.length - 11), t.steps.length] });
    return count === -1 && reports === 1
      ? { passed: true, idea: 'The drain’s put finds 0 and makes it -1; the test is for 0, so nobody is told.', trace }
      : { passed: false, idea: `So far page 0 counts ${count}, with ${reports} reports.`, trace };
  },
});

/** Faults until the first report, on two kernels; 0: there is none. */
export interface FirstReport {
  readonly '6.8+v11': number;
  readonly '6.9.12+v11': number;
  readonly 'written first': number;
}

const firstReport = defineExercise<FirstReport>({
  id: 'bs-6',
  title: 'How many fresh pages must a test touch?',
  minutes: 4,
  kind: 'own',
  hints: [
    'When is a dead page found: when it is put too often, or later?',
    'The batch keeps it alive until it is full. How large is it on each kernel?',
    '15 up to 6.8, 31 from 6.9 on; and a page that is written first is not copied.',
  ],
  starter: { '6.8+v11': 1, '6.9.12+v11': 1, 'written first': 1 },
  solution: { '6.8+v11': 15, '6.9.12+v11': 31, 'written first': 0 },
  check(answer) {
    const first = (release: string, cow: boolean) => cowRun({ release, cow, faults: 100 }).deaths[0]?.fault ?? 0;
    const rows = [
      ['6.8+v11', answer['6.8+v11'], first('6.8+v11', true)],
      ['6.9.12+v11', answer['6.9.12+v11'], first('6.9.12+v11', true)],
      ['written first', answer['written first'], first('6.9.12+v11', false)],
    ] as const;
    const wrong = rows.filter(([, yours, model]) => yours !== model);
    return wrong.length === 0
      ? { passed: true, idea: 'A guest that touches fewer pages, or writes first, shows nothing: a smoke test passes.' }
      : {
          passed: false,
          idea: `Not so for ${wrong.map(r => r[0]).join(' and ')}.`,
          trace: {
            columns: ['kernel', 'your faults', 'pages dead by then'],
            rows: wrong.map(([k, y]) => [k, y, deadBy(k, y)]),
          },
        };
  },
});

function deadBy(kernel: string, faults: number): number {
  const cow = kernel !== 'written first';
  const release = cow ? kernel : '6.9.12+v11';
  return cowRun({ release, cow, faults: Math.max(0, Math.min(1000, Math.trunc(faults))) }).deaths.length;
}

export const badPageStateSplatLesson = defineLesson({
  notebook: '05-bad-page-state-splat',
  title: 'Who dropped the count?',
  minutes: 50,
  exercises: [theTests, readWord, remedy, fourSplats, underflow, firstReport],
  predictions: badPagePredictions,
});
