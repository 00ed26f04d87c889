/** Every lesson of the kit keeps the rules for lessons; answers that are wrong are told why, with a run. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '#src/desk/guard.js';
import { lessonProblems } from '#src/desk/problems.js';
import { lessons } from '#src/stories/index.js';
import type { PfnFacts } from '#src/stories/ttm-tail-pages/lesson.js';

const exercise = (id: string) => {
  const found = lessons.flatMap(l => l.exercises).find(e => e.id === id);
  assert.ok(found !== undefined, id);
  return found;
};

test('starters fail, solutions hold, hints are three, ids are unique', () => {
  assert.ok(lessons.length > 0);
  assert.deepEqual(lessonProblems(lessons), []);
});

/** What a step of the fault is given, as far as these answers look. */
interface ReleaseFault {
  readonly page: { readonly _refcount: { put(holder: string): void } } | null;
}

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ['tt-2', (n: number) => Math.ceil(n / 1024), /The pool is greedy/],
  [
    'tt-1',
    {
      'TTM tail, 5.12': [0, 1, 0],
      'THP tail, 5.12: of its head': [0, 1, 0],
      'TTM head, 6.6': [1, 2, 1],
      'TTM tail, 6.13': [0],
    },
    /THP tail/,
  ],
  ['tt-7', ['ttm to done', 'vcpu'], /all of it was TTM’s/],
  ['tt-3', () => false, /TTM tail/],
  ['tt-4', ['invalidate', 'fault x3', 'invalidate x2'], /No stale SPTE is left/],
  ['tt-5', () => true, /1 of the marks is not needed/],
  ['tt-5', (page: number) => page === 1, /2 of 4 pages are still refused/],
  ['tt-6', ['TTM tail', 'TTM head'], /want the same answer/],
  ['tt-6', ['anonymous, order 0', 'TTM tail'], /tell them apart: by own count/],
  ['tt-6', ['anon', 'ttm'], /Name two of the kinds/],
  ['bs-3', () => 'kvm_release_pfn_clean', /never served/],
  [
    'bs-4',
    {
      A: { reason: 'nonzero _refcount', story: 'a tail that somebody else took' },
      B: { reason: 'nonzero mapcount', story: 'a cached page put too often' },
      C: { reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set', story: 'freed under I/O' },
      D: { reason: 'nonzero mapcount', story: 'double put after a retry' },
    },
    /^B: another test names the reason; D: another story/,
  ],
  [
    'tt-3',
    (p: PfnFacts) => p.found_by === 'walk' && p.pfn_valid && p.page_ref_count === 0,
    /wrong for TTM tail, if marked PG_reserved/,
  ],
  ['tt-3', (p: PfnFacts) => p.page_ref_count === 0, /Your rule is wrong for/],
  ['tt-3', (p: PfnFacts) => p.found_by === 'walk', /Your rule is wrong for/],
  ['tt-3', (p: PfnFacts) => p.found_by === 'walk' && !p.PageReserved, /Your rule is wrong for/],
  ['bs-3', (_s: unknown, me: ReleaseFault) => void me.page?._refcount.put('gup'), /given back that nobody held/],
];
for (const [id, answer] of [
  ['tt-3', (p: PfnFacts) => !(p.found_by === 'gup' || !p.pfn_valid || p.PageReserved || p.page_ref_count > 0)],
  ['bs-3', () => 'kvm_faultin_pfn'],
  ['bs-3', () => 'kvm_tdp_mmu_map'],
] as const)
  test(`${id}: right in the manner of C, or with more patience, is right`, () => {
    assert.equal(judge(exercise(id), answer).passed, true);
  });
for (const [id, answer, idea] of wrong)
  test(`${id}: a wrong answer hears why, and sees a run`, () => {
    const v = judge(exercise(id), answer);
    assert.equal(v.passed, false);
    assert.match(v.idea, idea);
    assert.ok(v.trace !== undefined);
  });

test('bs-3: an answer that holds is compared with what was proposed', () => {
  const idea = (answer: unknown) => judge(exercise('bs-3'), answer).idea;
  assert.match(idea(exercise('bs-3').solution), /this is what David Stevens proposed on 15 April 2024/);
  assert.match(
    idea(() => 'kvm_faultin_pfn'),
    /also marks the page as accessed/,
  );
  assert.match(
    idea(() => 'kvm_tdp_mmu_map'),
    /no longer retries/,
  );
});

for (const { notebook, predictions } of lessons.filter(l => /^0[0124]-/.test(l.notebook)))
  test(`${notebook}: every option of a bet but one, the right one, has a reply`, () => {
    for (const { id, options = [], replies = {} } of predictions) {
      const told = Object.keys(replies);
      assert.equal(told.length, options.length - 1, id);
      for (const option of told) assert.ok(options.map(String).includes(option), `${id}: ${option} is no option`);
    }
  });
