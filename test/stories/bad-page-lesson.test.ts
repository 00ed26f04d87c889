/** Notebook 05's exercises: what must not pass, what must, and what each wrong answer hears. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '#src/desk/guard.js';
import { type FreedPage, page_bad_reason } from '#src/linux/index.js';
import { lessons } from '#src/stories/index.js';
import { testAnswers, testReplies } from './lesson-tables.js';

/** A page of the model, as far as these answers look. */
interface Fault {
  readonly page: {
    readonly _refcount: { get(holder: string): void; put(holder: string): void };
    PG_referenced: boolean;
  } | null;
}
const word = { bits: [0, 3, 8, 19], node: 1, zone: 2, clean: false };
const dead = { '6.8+v11': 84, '6.9.12+v11': 90, 'written first': 0, 'only 30': 0 };
const read = {
  A: { reason: 'nonzero _refcount', story: 'a tail that somebody else took' },
  B: { reason: 'non-NULL mapping', story: 'a cached page put too often' },
  C: { reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set', story: 'freed under I/O' },
  D: { reason: 'nonzero mapcount', story: 'an unmap that forgot the mapcount' },
};
const blank = { reason: 'nonzero mapcount', story: 'double put after a retry' };
const killed = ['vcpu to kvm_release_pfn_clean', 'vcpu x2', 'other x2', 'vcpu to kvm_release_pfn_clean', 'vcpu x3'];
const withoutElse = (p: FreedPage) => page_bad_reason(p);

testReplies('05');
testAnswers({
  'bs-1': {
    wrong: [
      [() => 'nonzero mapcount', /A page without a fault gets no report/],
      [(p: FreedPage) => (p.page_pool ? null : withoutElse(p)), /Your rule never says "page_pool leak"/],
      [
        (p: FreedPage) => (p.mapcount !== 0 ? 'nonzero mapcount' : withoutElse(p)),
        /Where both "nonzero mapcount" and "non-NULL mapping" are true, your rule says "nonzero mapcount"/,
      ],
      [
        (p: FreedPage) => (p.refcount !== 0 && !p.memcg && !p.page_pool ? 'nonzero _refcount' : withoutElse(p)),
        /"nonzero _refcount" and "PAGE_FLAGS_CHECK_AT_FREE flag\(s\) set" are true/,
      ],
      [
        (p: FreedPage) => (withoutElse(p) === 'nonzero mapcount' ? 'nonzero _refcount' : withoutElse(p)),
        /never says "nonzero mapcount"/,
      ],
      [() => 7, /yours returns 7/],
    ],
    right: [
      withoutElse,
      (p: FreedPage) =>
        p.page_pool
          ? 'page_pool leak'
          : p.memcg
            ? 'page still charged to cgroup'
            : withoutElse({ ...p, memcg: false, page_pool: false }),
      (p: FreedPage) => {
        const last = withoutElse(p);
        return last === null ? null : `${last}`;
      },
    ],
  },
  'bs-2': {
    wrong: [
      [{ ...word, bits: [0, 3, 8, 19, 52, 54] }, /from bit 30 up the word holds fields, not flags: 52, 54 are none/],
      [{ ...word, bits: [0, 3, 8] }, /1 of the set flags is missing/],
      [{ ...word, bits: [0, 3, 8, 19, 20] }, /20 is not set/],
      [{ ...word, bits: [0, 8, 19, 4] }, /4 is not set, and 1 of the set flags is missing/],
      [{ ...word, node: 5 }, /the node is only bits 63 to 54/],
      [{ ...word, node: 0 }, /shift the word right by 54/],
      [{ ...word, zone: 1 }, /bit 52 is the middle one/],
      [{ ...word, clean: true }, /look for a flag that the free path tests/],
      [{ bits: [], node: 0, zone: 0, clean: true }, /4 of the set flags are missing/],
    ],
    right: [
      word,
      { ...word, bits: [19, 8, 3, 0] },
      { ...word, bits: [0b0, 0b11, 8, 0x13] },
      { clean: false, zone: 2, node: 1, bits: [0, 3, 8, 19] },
    ],
  },
  'bs-3': {
    wrong: [
      [() => 'done', /^It does not run: vcpu\.kvm_release_pfn_clean returns the word 'done'/],
      [
        (_s: unknown, me: Fault) => {
          me.page?._refcount.put('gup');
          return 'kvm_faultin_pfn';
        },
        /given back that nobody held \(gup\)/,
      ],
      [
        (_s: unknown, me: Fault) => {
          me.page?._refcount.get('gup');
          return 'kvm_faultin_pfn';
        },
        /A reference is taken that nobody puts/,
      ],
      [() => 'kvm_release_pfn_clean', /never served/],
      [
        (_s: unknown, me: Fault) => {
          me.page?._refcount.put('pte');
          return 'kvm_faultin_pfn';
        },
        /broken: your step takes away a reference|given back that nobody held \(pte/,
      ],
      [
        (_s: unknown, me: Fault) => {
          me.page?._refcount.put('lru_add');
          return 'kvm_faultin_pfn';
        },
        /given back that nobody held \(lru_add|broken: your step takes away/,
      ],
      [() => 'kvm_faultin', /kvm_faultin/],
    ],
    right: [
      () => 'kvm_faultin_pfn',
      (_s: unknown, me: Fault) => {
        if (me.page !== null) me.page.PG_referenced = true;
        return 'kvm_faultin_pfn';
      },
      (_s: unknown, me: Fault) => {
        me.page?._refcount.get('gup');
        me.page?._refcount.put('gup');
        return 'kvm_faultin_pfn';
      },
    ],
  },
  'bs-5': {
    wrong: [
      [{ A: blank, B: blank, C: blank, D: blank }, /four times the same answer: read A first/],
      [{ ...read, B: { ...read.B, reason: 'nonzero mapcount' } }, /^B: another test names the reason/],
      [{ ...read, D: blank }, /^D: another story leaves these counts/],
      [{ ...read, C: { ...read.C, reason: 'nonzero _refcount' } }, /^C: another test/],
      [{ ...read, A: { ...read.A, story: 'freed under I/O' } }, /^A: another story/],
      [{ ...read, A: { ...read.A, story: 'gone' } }, /'gone' is no story/],
    ],
    right: [read, { D: read.D, C: read.C, B: read.B, A: read.A }, JSON.parse(JSON.stringify(read))],
  },
  'bs-6': {
    wrong: [
      [['vcpu to kvm_release_pfn_clean'], /KVM has not put too often yet/],
      [['vcpu to kvm_release_pfn_clean', 'vcpu'], /counts 1, with 0 reports\. KVM has put once too often/],
      [killed, /counts 0, with 1 report\. The page is dead/],
      [['vcpu to kvm_release_pfn_clean', 'vcpu', 'other x2', 'drain'], /The drain itself has killed it/],
      [['vcpu to done'], /with 2 reports|with 1 report\. The page is dead|counts -?\d, with/],
      [['vcpu to kvm_release_pfn', 'drain'], /kvm_release_pfn/],
    ],
    right: [
      [...killed, 'drain'],
      [...killed.slice(0, -1), 'vcpu x2', 'vcpu', 'drain'],
      [...killed.slice(0, 2), 'other', 'other', ...killed.slice(3), 'drain'],
    ],
  },
  'bs-4': {
    wrong: [
      [
        { '6.8+v11': 100, '6.9.12+v11': 100, 'written first': 100, 'only 30': 30 },
        /6\.8\+v11: a page is found dead when/,
      ],
      [{ ...dead, '6.8+v11': 90 }, /six batches of 15/],
      [{ ...dead, '6.8+v11': 93 }, /6\.8 holds 15 pages/],
      [{ ...dead, '6.9.12+v11': 93 }, /three batches of 31/],
      [{ ...dead, 'written first': 90 }, /a first write copies nothing/],
      [{ ...dead, 'only 30': 29 }, /do not fill a batch of 31, so nothing is drained/],
      [{ ...dead, '6.9.12+v11': 7 }, /when are pages found dead/],
    ],
    right: [dead, { ...dead, '6.8+v11': 6 * 14, '6.9.12+v11': 3 * 30 }, { ...dead, 'only 30': 0 }],
  },
});

test('bs-6: its one report is of the flags, since a page that dies in its batch keeps PG_active', () => {
  const exercise = lessons.flatMap(l => l.exercises).find(e => e.id === 'bs-6') ?? assert.fail();
  assert.match(judge(exercise, [...killed, 'drain']).idea, /names "PAGE_FLAGS_CHECK_AT_FREE flag\(s\) set"/);
});
