/** The loop: the lasso of the bad releases, its counters, and what does and does not end it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, type Fairness } from '#src/explorer/index.js';
import { valueAt } from '#src/model/index.js';
import { kindsOf, pinMoments, pinRun, scenario, zeroPfnLoop } from '#src/stories/index.js';

const all: readonly Fairness[] = ['none', 'weak', 'strong'];
const terminates = (o: Parameters<typeof zeroPfnLoop>[0], fairness: Fairness = 'strong') =>
  explore(zeroPfnLoop(o), { property: 'terminates', fairness });

for (const fairness of all)
  test(`terminates, ${fairness} fairness: violated on 5.19-rc2 and 6.0-rc1, holds before, between and after`, () => {
    for (const release of ['5.19-rc2', '6.0-rc1']) {
      const v = terminates({ release }, fairness);
      assert.equal(v.verdict, 'violated', release);
      assert.ok(v.lasso !== undefined && v.lasso.cycle.steps.length > 0);
    }
    for (const release of ['5.18', '5.19', '6.0', '6.2', '7.2'])
      assert.equal(terminates({ release }, fairness).verdict, 'holds', release);
  });

test('the scenario gives the same model', () => {
  const v = explore(scenario('zero-pfn-loop').model(), { property: 'terminates', fairness: 'strong' });
  assert.equal(v.verdict, 'violated');
});

type Row = readonly [
  zero: number,
  errors: number,
  list: number,
  drains: number,
  acquired: number,
  released: number,
  faults: number,
];
const rows = (kinds: string, passes = 3): Row[] =>
  pinMoments(pinRun({ kinds, passes }).trace).map(m => [
    m.zero,
    m.isolation_error_count,
    m.list,
    m.drains,
    m.acquired,
    m.released,
    m.faults,
  ]);

for (const k of [1, 2, 31, 32])
  test(`stem and cycle of ${k} consecutive zero PTEs among 32`, () => {
    const peak = 1 + 1024 * k;
    const pass = (n: number): Row[] => [
      [1, 0, 0, n, 32 * n, 32 * n, n === 0 ? 0 : k],
      [peak, 0, 0, n, 32 * (n + 1), 32 * n, k],
      [peak, 1, 0, n + 1, 32 * (n + 1), 32 * n, k],
      [1, 1, 0, n + 1, 32 * (n + 1), 32 * (n + 1), k],
    ];
    const head: Row = [1, 0, 0, 3, 96, 96, k];
    assert.deepEqual(rows(kindsOf(32, k, 'Z')), [...pass(0), ...pass(1), ...pass(2), head]);
  });

test('32 zero PTEs: eight passes; none without a zero PTE', () => {
  const r = pinRun({ kinds: 'Z'.repeat(32), passes: 8 });
  assert.deepEqual([r.acquired, r.released, r.drains, r.peak], [256, 256, 8, 32_769]);
  assert.equal(pinRun({ kinds: kindsOf(32, 1, 'Z') }).peak, 1025);
  assert.deepEqual(
    [pinRun({ kinds: 'N'.repeat(32) }).result, pinRun({ kinds: 'N'.repeat(32) }).passes],
    ['nr_pages', 1],
  );
});

test('iteration 7 of the exercise', () => {
  const m = pinMoments(pinRun({ kinds: 'Z'.repeat(32), passes: 7 }).trace).find(
    x => x.pass === 7 && x.moment === 'scanned',
  );
  assert.deepEqual(
    [m?.zero, m?.isolation_error_count, m?.drains, m?.list, m?.acquired, m?.released],
    [32_769, 1, 7, 0, 224, 192],
  );
});

test('alternating: a run is an error each; drains stay one a pass', () => {
  const scanned = pinMoments(pinRun({ kinds: kindsOf(32, 16, 'Z', 'N', 'alternating') }).trace).filter(
    m => m.moment === 'scanned',
  );
  assert.deepEqual(
    scanned.map(m => [m.zero, m.isolation_error_count, m.drains]),
    [
      [16_385, 16, 1],
      [16_385, 16, 2],
    ],
  );
});

test('the explorer finds the cycle: one pass, and the stem is a pass longer with movable pages', () => {
  const passes = (kinds: string) => {
    const v = terminates({ kinds });
    assert.equal(v.engine, 'js', v.notes.join());
    const n = (t = v.lasso?.stem) => t?.steps.filter(s => s.step === 'while_rc').length;
    const { stem, cycle } = v.lasso ?? {};
    const at = (step: number) => (cycle === undefined ? 0 : valueAt(cycle, 'zero_page._refcount', step));
    const counts = cycle?.steps.map((_, i) => Number(at(i))) ?? [];
    return { stem: n(stem), cycle: n(cycle), high: Math.max(...counts), low: Math.min(...counts) };
  };
  assert.deepEqual(passes('Z'.repeat(32)), { stem: 0, cycle: 1, high: 32_769, low: 1 });
  assert.deepEqual(passes(kindsOf(32, 1, 'Z', 'M')), { stem: 1, cycle: 1, high: 1025, low: 1 });
  const moments = pinMoments(pinRun({ kinds: kindsOf(32, 1, 'Z', 'M') }).trace).filter(m => m.moment === 'scanned');
  assert.deepEqual(
    moments.map(m => [m.list, m.isolation_error_count]),
    [
      [31, 1],
      [0, 1],
    ],
  );
});

test('the count falls at once in 5.19 and page by page from 6.0 on', () => {
  const falls = (release: string) => {
    const { trace } = pinRun({ release, kinds: 'Z'.repeat(32), passes: 1 });
    return trace.steps.filter(
      s => s.step === 'unpin_user_pages' && s.bookings.some(b => b.count === 'zero_page._refcount'),
    ).length;
  };
  assert.equal(falls('5.19-rc2'), 1);
  assert.equal(falls('6.0-rc1'), 32);
});

test('a foreign isolation that ends: fairness is what makes it end', () => {
  const verdicts = (o: Parameters<typeof zeroPfnLoop>[0]) => all.map(f => terminates(o, f).verdict);
  assert.deepEqual(verdicts({ release: '6.0', kinds: 'I' }), ['violated', 'holds', 'holds']);
  assert.deepEqual(verdicts({ release: '7.2', kinds: 'X' }), ['violated', 'violated', 'violated']);
  assert.deepEqual(verdicts({ release: '6.14', kinds: 'X' }), ['holds', 'holds', 'holds']);
});

test('SIGKILL ends it, but not the goto loop of 5.10', () => {
  const kill = (release: string, kinds: string) =>
    explore(zeroPfnLoop({ release, kinds, others: 'SIGKILL' }), { property: 'SIGKILL ends it', fairness: 'weak' })
      .verdict;
  assert.equal(kill('5.19-rc2', 'ZZ'), 'holds');
  assert.equal(kill('6.0-rc1', 'ZZ'), 'holds');
  assert.equal(kill('7.2', 'X'), 'holds');
  assert.equal(kill('5.10.262', 'X'), 'violated');
});

test('SIGKILL half-way: no pin is left, nothing stays isolated', () => {
  for (const kinds of ['ZZZ', 'ZMN', 'MMB'])
    assert.equal(explore(zeroPfnLoop({ release: '6.0-rc1', kinds, others: 'SIGKILL' })).verdict, 'holds', kinds);
});

test('meanwhile mmap_lock is held: brk never gets it', () => {
  const brk = (release: string) =>
    explore(zeroPfnLoop({ release, others: 'brk' }), { property: 'brk gets mmap_lock', fairness: 'strong' }).verdict;
  assert.deepEqual(['5.18', '5.19-rc2', '5.19'].map(brk), ['holds', 'violated', 'holds']);
  const { trace } = pinRun({ kinds: 'ZZ' });
  assert.deepEqual([valueAt(trace, 'vfio.iommu_lock'), valueAt(trace, 'mm.readers')], [true, 1]);
});

test('the leak after success: vfio puts no zero page until 6.0-rc5', () => {
  const property = 'after the unmap only boot holds the zero page';
  const leak = (release: string) => explore(zeroPfnLoop({ release, after: 'unmap' }), { property }).verdict;
  assert.deepEqual(['5.18', '5.19', '6.0-rc4', '6.0', '6.2', '6.12', '7.2'].map(leak), [
    'violated',
    'violated',
    'violated',
    'holds',
    'holds',
    'holds',
    'holds',
  ]);
});

test('read-only pin, then the guest writes: the device keeps the old page until 6.2', () => {
  const property = 'the device sees what the guest sees';
  const sees = (release: string) => explore(zeroPfnLoop({ release, after: 'guest-writes' }), { property }).verdict;
  assert.deepEqual(['5.18', '6.0', '6.1', '6.2', '6.12'].map(sees), [
    'violated',
    'violated',
    'violated',
    'holds',
    'holds',
  ]);
});

test('two pins race for one CMA or movable page: ACCEPT pins where it may not stay', () => {
  const race = (policy: 'ACCEPT' | 'RETRY') =>
    explore(zeroPfnLoop({ release: '6.1', kinds: 'M', tasks: 2, policy }), { property: 'what is pinned may stay' });
  const v = race('ACCEPT');
  assert.equal(v.verdict, 'violated');
  assert.deepEqual([...new Set(v.trace?.steps.map(s => s.process))].sort(), ['gup[0]', 'gup[1]']);
  assert.equal(race('RETRY').verdict, 'holds');
});

test('two pins race under RETRY: one may fail with -ENOMEM, nobody keeps a pin by error', () => {
  const m = zeroPfnLoop({ release: '6.1', kinds: 'M', tasks: 2 }).sometimes('one fails, one succeeds', s => {
    const { task } = s as unknown as { task: readonly { ret: string }[] };
    return task.some(t => t.ret === '-ENOMEM') && task.some(t => t.ret === 'nr_pages');
  });
  assert.equal(explore(m, { property: 'one fails, one succeeds' }).verdict, 'reached');
  assert.equal(explore(m).verdict, 'holds');
});

test('the shapes of the loop differ in words only', () => {
  for (const kinds of ['Z', 'M', 'X', 'P', 'BN'])
    for (const release of ['5.18', '6.1', '6.11', '6.12']) {
      const r = pinRun({ release, kinds, vma: 'not-cow' });
      const first = pinRun({ release: '5.18', kinds, vma: 'not-cow' });
      assert.deepEqual([r.result, r.passes], [first.result, first.passes], `${release} ${kinds}`);
    }
});

test('safety holds on every release of the story', () => {
  for (const release of ['5.12', '5.18', '5.19-rc2', '5.19', '6.0-rc1', '6.0', '6.1', '6.2', '6.12', '7.2'])
    assert.equal(explore(zeroPfnLoop({ release, kinds: 'ZMN' })).verdict, 'holds', release);
});

test('what is not modelled is refused', () => {
  assert.throws(() => zeroPfnLoop({ kinds: 'Q' }), /no page kind is called 'Q'/);
  assert.throws(() => zeroPfnLoop({ kinds: 'Z'.repeat(33) }), /33 pages; expected 1 to 32/);
  assert.throws(() => zeroPfnLoop({ kinds: '' }), /0 pages/);
  assert.throws(() => zeroPfnLoop({ release: '5.19', kinds: 'V' }), /device-coherent pages exist from 6\.0 on/);
  assert.throws(() => zeroPfnLoop({ tasks: 2, after: 'unmap' }), /only after: 'keep'/);
});

test('6.11: without memory for an array of folios the pins are kept; not before, not after', () => {
  const property = 'an error keeps no pin';
  const kept = (release: string) =>
    explore(zeroPfnLoop({ release, kinds: 'NM', others: 'no-memory' }), { property }).verdict;
  assert.deepEqual(['6.10', '6.11', '6.12'].map(kept), ['holds', 'violated', 'holds']);
});

test('nothing attempted and all migrated are one answer, in either shape', () => {
  const answers = (release: string, kinds: string) => {
    const { trace } = pinRun({ release, kinds, vma: 'not-cow' });
    return trace.steps.flatMap((s, i) => (s.next === 'while_rc' ? [valueAt(trace, 'gup[0].rc', i)] : []));
  };
  assert.deepEqual(answers('5.19-rc2', 'Z'), ['0', '0']);
  assert.deepEqual(answers('5.19-rc2', 'M'), ['0', 'nr_pages']);
  assert.deepEqual(answers('6.1', 'X').slice(0, 1), ['-EAGAIN']);
  assert.deepEqual(answers('6.1', 'M'), ['-EAGAIN', '0']);
});
