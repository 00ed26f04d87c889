/** Every lesson of the kit keeps the rules for lessons; answers that are wrong are told why, with a run. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '#src/desk/guard.js';
import { lessonProblems } from '#src/desk/problems.js';
import { hva_to_pfn_after, hva_to_pfn_before } from '#src/linux/index.js';
import { lessons } from '#src/stories/index.js';
import type { PfnFacts } from '#src/stories/ttm-tail-pages/lesson.js';
import type { Looks } from '#src/stories/zone-device/lesson.js';

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
  ['zd-1', () => 'tdp_page_fault', /A get is not put/],
  ['zd-2', () => true, /PG_reserved RAM/],
  ['zd-3', { refs: [4, 1, 1, 1, 1, 2, 1, 3], percpu: [9, 8, 6], hangs: true }, /Look at percpu/],
  ['zd-4', ['vcpu x4', 'notifier x2'], /Nothing is owed/],
  ['zd-5', ['nested x2', 'truncate to done'], /the block is given away, and nobody has used/],
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
  ['kh-1', () => 'kvm_faultin_pfn', /Wrong for: anonymous/],
  ['kh-4', () => ({ result: 'pfn', did: [] }), /Different in/],
  ['kh-5', (g: { second: unknown }) => g.second === '-EHWPOISON', /Your rule is wrong in/],
  ['kh-2', ['vcpu x3', 'host x2'], /nobody has put too often/],
  ['kh-3', ['TTM head', 'MMIO, no struct page'], /Which are neither/],
  ['zd-3', { refs: [1, 1, 1, 1, 1, 1, 1, 1], percpu: [9, 8, 0], hangs: false }, /Nothing is counted yet/],
  ['bs-1', () => 'nonzero mapcount', /a later test overwrites/],
  ['bs-2', { bits: [0, 3, 8, 19], node: 0, zone: 2, clean: true }, /Look at node and clean again/],
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
  ['bs-5', ['vcpu to kvm_release_pfn_clean', 'vcpu'], /counts 1, with 0 reports/],
  ['bs-6', { '6.8+v11': 84, '6.9.12+v11': 93, 'written first': 0, 'only 30': 0 }, /^Not so for 6.9.12\+v11\./],
  ['st-1', (n: number) => n <= 1, /your rule is wrong there/],
  ['st-1', () => 7, /After zap_pte_range|After do_anonymous_page/],
  ['zd-4', 'vcpu x4', /has to be a list, in \[ \]; this is a text/],
  ['zd-3', { refs: [4, 1, 1, 1, 1, 1, 1, 3], percpu: [9, 8, 3], hangs: true }, /Look at refs, page 5/],
  ['zd-1', (_s: unknown, me: ReleaseFault) => me.page?._refcount.put('nobody'), /kvm_release_pfn_clean.*nobody/s],
  ['st-2', { pins: 3, gets: 3 }, /make 3076, not 3075/],
  ['st-2', { pins: 2, gets: 1026 }, /fewer holders make that number/],
  ['st-3', ['lru_add_drain_all', 'put_page', 'zap_pte_range'], /gives back what nobody took/],
  ['st-2', { pin: 3, gets: 2 }, /field 'pins' is missing\. Did you write it as 'pin'\?/],
  ['st-2', { pins: '3', gets: 2 }, /'pins' must be a whole number of at least 0, without quotes; it is the text '3'/],
  ['st-2', { pins: -1, gets: 4098 }, /'pins' must be a whole number/],
  ['st-2', { pins: 3.001953125, gets: 0 }, /'pins' must be a whole number/],
  ['st-3', ['zap_pte_range', 'pin_user_pages'], /pin_user_pages finds a page through its page table entry.*-EFAULT/],
  ['st-3', ['zap_pte_range', 'get_user_pages'], /get_user_pages finds a page through its page table entry/],
  ['st-3', ['lru_add_drain_all', 'pin_user_pages', 'unpin_user_page', 'zap_pte_range'], /nobody held on/],
  ['st-3', ['pin_user_pages'], /still mapped/],
  ['st-3', ['zap_pte'], /no step called 'zap_pte'\. Did you mean 'zap_pte_range'\?/],
  ['st-3', ['pin_user_pages', 'pin_user_pages'], /'pin_user_pages' stands twice/],
  [
    'tt-3',
    (p: PfnFacts) => p.found_by === 'walk' && p.pfn_valid && p.page_ref_count === 0,
    /wrong for TTM tail, if marked PG_reserved/,
  ],
  ['tt-3', (p: PfnFacts) => p.page_ref_count === 0, /Your rule is wrong for/],
  ['tt-3', (p: PfnFacts) => p.found_by === 'walk', /Your rule is wrong for/],
  ['tt-3', (p: PfnFacts) => p.found_by === 'walk' && !p.PageReserved, /Your rule is wrong for/],
  [
    'kh-4',
    (g: { npages: unknown }) =>
      g.npages === '-EHWPOISON' ? { result: 'HWPOISON', did: ['L', 'U'] } : hva_to_pfn_after(g as never),
    /what KVM does on the way is not/,
  ],
  ['kh-4', hva_to_pfn_before, /Different in/],
  ['kh-3', ['PG_reserved RAM', 'MMIO'], /no kind of page called 'MMIO'\. Did you mean 'MMIO, no struct page'\?/],
  ['kh-3', ['PG_reserved RAM', 'MMIO, no struct page', 'nonsense'], /no kind of page called 'nonsense'/],
  ['kh-3', ['PG_reserved RAM', 'PG_reserved RAM'], /stands twice/],
  ['bs-3', (_s: unknown, me: ReleaseFault) => void me.page?._refcount.put('gup'), /given back that nobody held/],
];
for (const [id, answer] of [
  ['st-2', { pins: 3, gets: 2 }],
  ['st-3', ['zap_pte_range']],
  ['st-3', ['get_user_pages', 'lru_add_drain_all', 'zap_pte_range']],
  ['st-3', ['pin_user_pages', 'zap_pte_range', 'lru_add_drain_all']],
  ['tt-3', (p: PfnFacts) => !(p.found_by === 'gup' || !p.pfn_valid || p.PageReserved || p.page_ref_count > 0)],
  ['kh-4', hva_to_pfn_after],
  ['kh-3', ['MMIO, no struct page', 'PG_reserved RAM']],
  ['bs-3', () => 'kvm_faultin_pfn'],
  ['bs-3', () => 'kvm_tdp_mmu_map'],
  ['st-1', (n: number) => (n > 0 ? 0 : 1)],
  ['zd-2', (p: Looks) => (p.pfn_valid && (!p.PageReserved || p.is_zone_device_page || p.is_zero_pfn) ? 1 : 0)],
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
