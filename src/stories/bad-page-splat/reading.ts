/** Exercises of notebook 05 about reading: the tests of the free path, a flags word, four reports. */

import { defineExercise } from '../../desk/lesson.js';
import { BAD_REASONS, badReasons, type FreedPage, page_bad_reason } from '../../linux/index.js';
import { whatThereIs } from '../../model/index.js';
import { decode, flagLayouts, PAGE_FLAGS_CHECK_AT_FREE } from '../../splat/index.js';
import type { Table } from '../../views/figure.js';
import { FREE_HISTORIES, type FreeHistory, STORIES, type Story, tellHistory } from './free-histories.js';

/** The free path's tests as a reader writes them: the printed reason, null for a page without fault. */
export type ReasonRule = (page: FreedPage) => string | null;

const isChecked = (flag: string) => PAGE_FLAGS_CHECK_AT_FREE.includes(flag);

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

/** What of a page the tests look at. */
function inWords(p: FreedPage): string {
  const set = [
    p.mapcount === 0 ? '' : `mapcount ${p.mapcount}`,
    p.mapping === 'file' ? 'a file’s mapping' : '',
    p.refcount === 0 ? '' : `refcount ${p.refcount}`,
    ...p.flags.filter(isChecked),
    p.memcg ? 'a memcg' : '',
    p.page_pool ? 'a page_pool' : '',
  ].filter(text => text !== '');
  return set.join(', ') || 'nothing set';
}

/** What a rule does otherwise than the kernel: the simplest page that shows it. */
function whatOfTests(rule: ReasonRule): string {
  const pages = allPages().map(p => ({ yours: rule(p), kernel: page_bad_reason(p), fires: badReasons(p) }));
  const clean = pages.find(p => p.kernel === null);
  if (clean !== undefined && clean.yours !== null)
    return `A page without a fault gets no report, so the rule has to return null for it; yours returns ${String(clean.yours)}.`;
  const missing = BAD_REASONS.filter(reason => !pages.some(p => p.yours === reason));
  if (missing.length > 0) return `Your rule never says "${missing.join('" or "')}".`;
  const alone = pages.find(p => p.fires.length === 1 && p.yours !== p.kernel);
  if (alone !== undefined)
    return `Where only the test for "${alone.kernel}" fires, your rule says ${JSON.stringify(alone.yours)}.`;
  const two = pages.find(p => p.fires.length === 2 && p.yours !== p.kernel);
  return `Where both "${two?.fires.join('" and "')}" are true, your rule says ${JSON.stringify(two?.yours)}. The later test overwrites the earlier.`;
}

export const theTests = defineExercise<ReasonRule>({
  id: 'bs-1',
  title: 'The free path’s tests: which one names the reason?',
  minutes: 3,
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
    const rows = allPages().map(p => [inWords(p), String(rule(p)), String(page_bad_reason(p))]);
    const wrong = rows.filter(([, yours, kernel]) => yours !== kernel);
    const trace: Table = { columns: ['page', 'your rule says', 'the kernel prints'], rows: wrong.slice(0, 4) };
    if (wrong.length > 0)
      return { passed: false, idea: `${whatOfTests(rule)} ${wrong.length} of ${rows.length} differ.`, trace };
    return {
      passed: true,
      idea: `Right for all ${rows.length} combinations. So "nonzero mapcount" tells more than its name: none of the five later tests fired.`,
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
  const flags = flagLayouts.find(l => l.id === 'flags-6.6')?.flags ?? [];
  const bits = flags.flatMap((_, bit) => (((n >> BigInt(bit)) & 1n) === 1n ? [bit] : []));
  const names = bits.map(bit => flags[bit] ?? '');
  return { bits, names, node: Number(n >> 54n), zone: Number((n >> 51n) & 7n), clean: !names.some(isChecked) };
}

/** What is wrong with one part of a reading. */
function whatOfWord(part: string, answer: WordRead, want: WordRead): string {
  switch (part) {
    case 'bits': {
      const fields = answer.bits.filter(bit => bit >= 30);
      if (fields.length > 0)
        return `from bit 30 up the word holds fields, not flags: ${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} none`;
      const missing = want.bits.filter(bit => !answer.bits.includes(bit)).length;
      const extra = answer.bits.filter(bit => !want.bits.includes(bit));
      const wrong = extra.length === 0 ? [] : [`${extra.join(', ')} ${extra.length === 1 ? 'is' : 'are'} not set`];
      const more = missing === 0 ? [] : [`${missing} of the set flags ${missing === 1 ? 'is' : 'are'} missing`];
      return [...wrong, ...more].join(', and ');
    }
    case 'node':
      return answer.node === 5
        ? 'the digits 005 are bits 63 to 52, and the node is only bits 63 to 54'
        : 'the node is bits 63 to 54, so shift the word right by 54';
    case 'zone':
      return answer.zone === 1
        ? 'bit 52 is the middle one of the zone’s three bits, so it counts 2'
        : 'the zone is bits 53 to 51, so shift by 51 and keep three bits';
    default:
      return answer.clean
        ? 'look for a flag that the free path tests: locked, for one'
        : 'no flag here is one that the free path tests';
  }
}

export const readWord = defineExercise<WordRead>({
  id: 'bs-2',
  title: `Read ${FLAGS_WORD} by hand`,
  minutes: 7,
  kind: 'faded',
  hints: [
    'Four bits are one hex digit. Which bits does the last digit, 9, set?',
    'The top three digits, 005, are bits 63 to 52: node is 63 to 54, and bit 52 belongs to the zone.',
    'Bits 0, 3, 8, 19; node 1, zone 2; bits 0 and 8 are locked and active.',
  ],
  starter: { bits: [], node: 0, zone: 0, clean: true },
  solution: { bits: [0, 3, 8, 19], node: 1, zone: 2, clean: false },
  check(answer) {
    const want = wordRead(FLAGS_WORD);
    // In which order the bits were found is no part of the answer.
    const bits = [...new Set(answer.bits)].sort((a, b) => a - b);
    const given: Readonly<Record<string, unknown>> = { ...answer, bits };
    const known: Readonly<Record<string, unknown>> = { ...want };
    const wrong = ['bits', 'node', 'zone', 'clean'].filter(k => JSON.stringify(given[k]) !== JSON.stringify(known[k]));
    if (wrong[0] === undefined)
      return {
        passed: true,
        idea: `${want.names.join(' | ')}: locked and active may not be set on a page that is freed.`,
      };
    const flags = flagLayouts.find(l => l.id === 'flags-6.6')?.flags ?? [];
    const reasons = wrong.map(k => whatOfWord(k, answer, want));
    const rows = answer.bits.map(bit => [bit, flags[bit] ?? '–', want.bits.includes(bit) ? 'yes' : 'no']);
    return {
      passed: false,
      idea: `Look at ${wrong.join(' and ')} again: ${reasons.join('; ')}.`,
      trace: { columns: ['your bit', 'is called', 'is set'], rows },
    };
  },
});

/** The reason and the story, for each of the four reports. */
export type Readings = Readonly<Record<FreeHistory, { readonly reason: string; readonly story: Story }>>;

const unread = { reason: 'nonzero mapcount', story: 'double put after a retry' } as const;

export const fourSplats = defineExercise<Readings>({
  id: 'bs-5',
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
        return [`${letter}: '${yours.story}' is no story; expected ${whatThereIs(yours.story, STORIES)}`];
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
    // Before anything is read, nothing is told.
    if (FREE_HISTORIES.every(l => answer[l].reason === unread.reason && answer[l].story === unread.story)) {
      const rows = FREE_HISTORIES.map(l => [l, answer[l].reason, answer[l].story]);
      const trace: Table = { columns: ['report', 'your test', 'your story'], rows };
      return { passed: false, idea: 'Four reports, and four times the same answer: read A first.', trace };
    }
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
