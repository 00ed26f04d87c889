/** Every lesson of the kit keeps the rules for lessons; answers that are wrong are told why, with a run. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '#src/desk/guard.js';
import { lessonProblems } from '#src/desk/problems.js';
import { lessons } from '#src/stories/index.js';

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
  ['bs-3', () => 'kvm_release_pfn_clean', /never served/],
  [
    'bs-5',
    {
      A: { reason: 'nonzero _refcount', story: 'a tail that somebody else took' },
      B: { reason: 'nonzero mapcount', story: 'a cached page put too often' },
      C: { reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set', story: 'freed under I/O' },
      D: { reason: 'nonzero mapcount', story: 'double put after a retry' },
    },
    /^B: another test names the reason; D: another story/,
  ],
  ['bs-3', (_s: unknown, me: ReleaseFault) => void me.page?._refcount.put('gup'), /given back that nobody held/],
];
for (const [id, answer] of [
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
