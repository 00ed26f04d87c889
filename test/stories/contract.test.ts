/** Contracts: what each rule of history comes to, what real kernels did, the proof that no rule on the pfn is right, the exercises. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { certificateOf } from '#src/desk/certificate.js';
import { judge } from '#src/desk/guard.js';
import type { Done } from '#src/desk/progress.js';
import { search } from '#src/kit/index.js';
import {
  ANON_RULE,
  CONTRACT_KINDS,
  contract,
  contractCell,
  contractMatrix,
  everyRule,
  historicRule,
  KVM_RULES,
  MATRIX_RELEASES,
  matrixFigure,
  type PfnFacts,
  policyMatrix,
  questionsOf,
  releaseContract,
  TWELVE,
  teardownMatrix,
} from '#src/stories/contract/index.js';
import { contractLesson } from '#src/stories/contract/lesson.js';
import { recordedWord } from '#src/stories/contract/recorded.js';
import type { Figure } from '#src/views/index.js';

const cell = (rule: string, kind: string, release = '5.10') => contractCell(historicRule(rule).contract, kind, release);

test('each rule of history is wrong where the commits after it say', () => {
  const red = (rule: string) =>
    CONTRACT_KINDS.map(k => [k.name, cell(rule, k.name).verdict] as const).filter(([, verdict]) => verdict !== 'ok');
  const zero = ['zero page', 'leak'] as const;
  const dax = ['ZONE_DEVICE (DAX)', 'hang'] as const;
  const tail = ['TTM tail', 'use after free'] as const;
  const refused = [
    ['compound tail by VM_PFNMAP', 'refused'],
    ['TTM tail', 'refused'],
  ] as const;
  assert.deepEqual(red('2.6.28'), [zero, dax, tail]);
  assert.deepEqual(red('3.18'), [zero, dax, tail]);
  assert.deepEqual(red('5.4'), [zero, tail]);
  assert.deepEqual(red('5.6'), [tail]);
  assert.deepEqual(red('5.13'), refused);
  assert.deepEqual(red('6.0'), refused);
  assert.deepEqual(red('6.13'), []);
  // Up to 5.17 the unbind waits for the page; from 5.18 on it returns, and the reference is lost.
  const leaks = (release: string) => cell('3.18', 'ZONE_DEVICE (DAX)', release).verdict;
  assert.deepEqual(['5.10', '6.1.192', '6.12.117', '7.2.13'].map(leaks), ['hang', 'leak', 'leak', 'leak']);
  const walks = CONTRACT_KINDS.filter(k => k.found_by === 'walk' && !/PG_reserved|MMIO/.test(k.name));
  assert.deepEqual(red('vfio'), [zero, dax, ...walks.map(k => [k.name, 'underflow'] as const)]);
});

test('a compiled search gives the verdict that the interpreter gives', () => {
  for (const [rule, kind] of [
    ['5.6', 'TTM tail'],
    ['vfio', 'TTM, order 0'],
    ['6.13', 'TTM tail'],
    ['3.18', 'zero page'],
  ] as const)
    for (const release of ['5.10', '6.12.117', '6.13']) {
      const small = cell(rule, kind, release);
      const compiled = search(releaseContract({ rule: historicRule(rule).contract, kind, release }), {
        engine: 'wasm',
      });
      assert.equal(
        compiled.verdict === 'holds' ? 'ok' : (compiled.violated ?? ''),
        small.property ?? 'ok',
        `${rule} ${kind} ${release}`,
      );
      assert.equal(compiled.trace?.steps.length ?? null, small.traceLength);
    }
});

test('every cell that a kernel was recorded for agrees with it, and some cells were recorded', () => {
  const cells = contractMatrix({ releases: ['6.1.192', '6.12.117'] });
  const confirmed = cells.filter(c => c.confirmed);
  assert.ok(confirmed.length >= 16, `${confirmed.length}`);
  // A recorded run is one order of many: the level stays that of the rules.
  assert.ok(confirmed.some(c => c.evidence !== 'recorded'));
  const own = historicRule('6.0').contract;
  assert.equal(recordedWord(own, 'TTM tail', '6.1.192'), 'refused');
  assert.equal(recordedWord(own, 'driver’s page by vm_insert_page', '6.12.117'), 'ok');
  // Another rule was not in force there, and another release was not recorded.
  assert.equal(recordedWord(historicRule('3.18').contract, 'zero page', '6.1.192'), null);
  assert.equal(recordedWord(own, 'TTM tail', '6.8'), null);
});

test('a run is told under the release that was asked for, also where another with the same path was searched before', () => {
  for (const release of ['4.8', '5.10', '5.4']) {
    const { trace } = cell('5.4', 'zero page', release);
    assert.equal(trace?.machine.model.declaration.release, release);
    assert.equal(trace.count('page[0]._refcount'), 2);
  }
});

test('what a cell rests on is the weakest of its rule and its path', () => {
  assert.ok(
    contractMatrix({ rules: [historicRule('2.6.28')], releases: ['6.13'] }).every(c => c.evidence === 'inferred'),
  );
  const levels = new Set(contractMatrix({ releases: ['6.13'] }).map(c => c.evidence));
  assert.ok(levels.has('read'), [...levels].join());
});

test('no rule on the pfn is right: every one was searched', () => {
  for (const release of ['5.10', '6.8', '6.13']) {
    const none = everyRule(['anonymous, order 0', 'TTM tail'], release);
    assert.equal(none.exists, false, release);
    assert.ok(none.searched > 64, `${none.searched}`);
    assert.ok(none.shared.every(q => q.startsWith('put: ')));
    assert.deepEqual(
      none.either.map(e => [e.answer, e.cell.kind, e.cell.verdict]),
      [
        [true, 'TTM tail', 'underflow'],
        [false, 'anonymous, order 0', 'leak'],
      ],
    );
  }
});

test('a driver’s page that gup found and one that a walk found bring up one question, and its answers differ', () => {
  const none = everyRule(['driver’s page by vm_insert_page', 'TTM tail'], '6.13');
  assert.equal(none.exists, false);
  assert.deepEqual(none.shared, ['put: pfn_valid, page_count']);
  // No race is needed: one vCPU alone puts what the driver holds.
  const counted = contract({ put: pfn => pfn.pfn_valid && pfn.page_count });
  const { verdict, trace } = contractCell(counted, 'TTM, order 0', '6.13');
  assert.equal(verdict, 'underflow');
  assert.deepEqual([...new Set(trace?.steps.map(s => s.process))], ['vcpu[0]']);
});

test('where two kinds can be told apart there is a rule', () => {
  assert.equal(everyRule(['anonymous, order 0', 'PG_reserved RAM']).exists, true);
  assert.equal(everyRule(['zero page', 'MMIO, no struct page']).exists, true);
});

test('the questions are those that a run can bring up, no others', () => {
  assert.deepEqual(questionsOf('zero page', '6.13'), ['put: pfn_valid, PageReserved, is_zero_pfn, page_count']);
  assert.deepEqual(questionsOf('MMIO, no struct page', '6.13'), ['get: no struct page', 'put: no struct page']);
});

test('a rule that carries what it took is right everywhere', () => {
  const bit = contract({ carries: 'bit', put: (_pfn, took) => took });
  const page = contract({ carries: 'page', put: (_pfn, taken) => taken !== null });
  for (const rule of [bit, page])
    for (const c of contractMatrix({ rules: [{ contract: rule, evidence: 'inferred' }] }))
      assert.equal(c.verdict, 'ok', `${c.kind} ${c.release}`);
});

test('a rule that is none is told what was expected', () => {
  assert.throws(() => contract({} as never), /expected \{ put: pfn => … \}/);
  assert.throws(() => contract({ put: () => true, gets: () => true } as never), /no 'gets'; expected .*get/);
  assert.throws(() => contract({ put: () => true, carries: 'bits' as never }), /carries is 'bits'; expected .*bit/);
  const silent = contract({ put: (() => {}) as never });
  assert.throws(() => contractCell(silent, 'zero page', '6.13'), /put answered undefined; expected true or false/);
  assert.throws(() => contractCell(ANON_RULE, 'zero pages', '6.13'), /no page kind is called 'zero pages'.*zero page/s);
  assert.throws(() => contractCell(ANON_RULE, 'zero page', '9.9'), /9\.9/);
  assert.throws(() => historicRule('5.5'), /no rule is called '5\.5'/);
});

test('the figure has a column a rule and says which cells a kernel confirms', () => {
  const figure = matrixFigure(undefined, '6.12.117');
  assert.deepEqual(
    figure.table.columns.slice(1),
    KVM_RULES.map(r => r.name),
  );
  assert.ok(figure.table.rows.some(row => row.includes('refused ✓')));
  assert.ok(MATRIX_RELEASES.includes('6.12.117'));
});

test('where every cell of the matrix is inferred, the figure says it once and on hover, not in each cell', () => {
  const all = matrixFigure(undefined, '6.12.117');
  const { text, customdata } = all.plotly.data[0] as { text: string[][]; customdata: string[][] };
  assert.ok(text.flat().every(word => !word.endsWith('*')));
  assert.ok(customdata.flat().every(hover => hover.includes('known: inferred')));
  assert.match(all.svg, /\* inferred: [^<]*what KVM puts/);
  const some = matrixFigure(undefined, '6.13').plotly.data[0] as { text: string[][] };
  assert.ok(some.text.flat().some(word => word.endsWith('*')) && some.text.flat().some(word => !word.endsWith('*')));
});

const exercise = (id: string) => {
  const found = contractLesson.exercises.find(e => e.id === id);
  assert.ok(found !== undefined, id);
  return found;
};

const owns54 = (p: PfnFacts) => p.pfn_valid && (!p.PageReserved || p.is_zone_device_page);
const owns56 = (p: PfnFacts) => owns54(p) || p.is_zero_pfn;
const touch = 'vcpu[0] to kvm_tdp_mmu_map';

const wrong: readonly (readonly [id: string, answer: unknown, idea: RegExp])[] = [
  ['co-1', { how: 'get_page', get: owns54, put: owns54 }, /Zero page: leak/],
  ['co-1', { how: 'get_page', get: () => true, put: () => true }, /MMIO|PG_reserved RAM/],
  ['co-1', { put: owns56 }, /underflow\. That row was green before/],
  ['co-1', { get: owns56, put: owns56 }, /Compound tail by VM_PFNMAP: refused/],
  [
    'co-1',
    { how: 'get_page', get: owns56, put: (p: PfnFacts) => owns56(p) && !p.PageAnon },
    /Anonymous, order 0: leak/,
  ],
  ['co-2', [touch, 'vcpu[0]'], /Nobody else got the page/],
  ['co-2', [touch, 'vcpu[0]', 'host to done', 'somebody pick 1'], /over before the page changed hands/],
  ['co-2', [touch, 'host to done', 'somebody pick 1'], /has not ended/],
  ['co-2', [touch, 'host to done', 'somebody pick 0', 'vcpu[0]'], /A driver got the page/],
  ['co-2', ['vcpus[0]'], /vcpus\[0\]/],
  ['co-2', 'vcpu[0]', /has to be a list/],
  ['co-3', { put: () => true }, /on 5\.10: /],
  [
    'co-3',
    contract({ carries: 'nothing', put: p => p.pfn_valid && p.page_count }),
    /Compound head by VM_PFNMAP on 5\.10: underflow/,
  ],
  ['co-3', { put: (p: PfnFacts) => p.page_count }, /on 5\.10: underflow/],
  [
    'co-3',
    { carries: 'bit', put: (p: PfnFacts, took: boolean) => took && !p.PageReserved },
    /Zero page on 5\.10: leak/,
  ],
  ['co-3', { carries: 'bit', get: () => true, put: (_p: PfnFacts, took: boolean) => took }, /refused/],
  [
    'co-3',
    { carries: 'bit', get: () => true, how: 'get_page', put: (_p: PfnFacts, took: boolean) => took },
    /TTM tail on 5\.10: use after free/,
  ],
  ['co-3', { carries: 'bit', put: (_p: PfnFacts, took: boolean) => !took }, /on 5\.10: /],
];

test('the twelve: each answer is computed, each wrong one named with its notebook', () => {
  const all = Object.fromEntries(TWELVE.map(q => [q.letter, q.answer()]));
  assert.equal(TWELVE.length, 12);
  assert.deepEqual([...new Set(TWELVE.map(q => q.notebook))], ['00', '01', '02', '03', '04', '05', '06']);
  const told = (answer: unknown) => judge(exercise('co-4'), answer);
  for (const right of [
    all,
    Object.fromEntries(Object.entries(all).map(([k, v]) => [k, String(v)])),
    { ...all, e: ' Freed ' },
  ])
    assert.equal(told(right).passed, true);
  const wrongs: readonly (readonly [unknown, RegExp])[] = [
    [{ ...all, a: 1 }, /^11 of 12 are right; a is not/],
    [{ ...all, c: all.d, d: all.c }, /^10 of 12 are right; c is not/],
    [{ ...all, g: '-EINVAL' }, /; g is not/],
    [{ ...all, b: '?' }, /^1 of 12 are not answered yet/],
    [{ ...all, m: 3 }, /no question called 'm'/],
    [{}, /^12 of 12 are not answered yet/],
  ];
  for (const [answer, idea] of wrongs) {
    const verdict = told(answer);
    assert.equal(verdict.passed, false, JSON.stringify(answer));
    assert.match(verdict.idea, idea);
  }
});

test('of the policies only one that counts its passes ends always and pins nothing wrongly', () => {
  const table = policyMatrix({ mine: pass => (pass.stuck > 5 ? '-ETIMEDOUT' : 'retry'), hasty: () => '-EINVAL' }).table;
  const column = (name: string) => table.rows.map(row => String(row[table.columns.indexOf(name)]));
  const bad = (name: string) => column(name).filter(word => word === 'never' || word === 'pinned wrongly').length;
  assert.deepEqual(['ACCEPT', 'RETRY', 'FAIL', 'RETRY_N', 'mine'].map(bad), [4, 1, 0, 0, 0]);
  // What notebook 06 says: FAIL refuses two kinds that a patient policy pins.
  const pinned = (name: string) => column(name).map(word => word === 'pinned');
  assert.equal(pinned('mine').filter((yes, i) => yes && pinned('FAIL')[i] === false).length, 2);
  assert.equal(KVM_RULES.length, 7, 'KVM had seven versions of the answer');
  // FAIL and a hasty one refuse pages that would have come.
  const refused = (name: string) => column(name).filter(word => word.startsWith('-')).length;
  assert.ok(refused('FAIL') > refused('mine') && refused('hasty') > refused('mine'));
});

test('an unbind: for ever on 5.3, waits on 5.4, waits for nobody from 5.18 on', () => {
  const { columns, rows } = teardownMatrix(['5.3', '5.4', '5.18', '7.2']).table;
  assert.deepEqual(columns.slice(1), ['5.3', '5.4', '5.18', '7.2']);
  for (const [holder, ...words] of rows) {
    // Only KVM leaks on 5.3: a pin that is given back makes nobody wait for ever.
    const first = String(holder).startsWith('RDMA') ? 'waits, then goes' : 'sleeps for ever';
    assert.deepEqual(words, [first, 'waits, then goes', 'goes under it', 'goes under it']);
  }
});

test('the certificate counts what was solved, and says nothing else of the reader', () => {
  const done: Done = {
    version: 1,
    bets: { 'co-tail': 'leak' },
    hints: { 'co-2': 1 },
    tries: {},
    passed: ['co-1', 'co-2'],
  };
  const { svg, text } = certificateOf([contractLesson], done);
  assert.match(text, /2 of 4 exercises solved, 1 without a hint; 1 of 4 bets placed/);
  assert.equal(svg.match(/fill="#1a7f5a"/g)?.length, 2);
  const whole = certificateOf([contractLesson], { ...done, passed: contractLesson.exercises.map(e => e.id) });
  assert.match(whole.text, /You know/);
});

test('a wrong contract is refused for its own reason', () => {
  for (const [id, answer, idea] of wrong) {
    const verdict = judge(exercise(id), answer);
    assert.equal(verdict.passed, false, `${id}: ${JSON.stringify(answer)}`);
    assert.match(verdict.idea, idea, id);
  }
});

test('the reply to a rule shows every row, and no driver owns the zero page', () => {
  const { trace } = judge(exercise('co-1'), { how: 'get_page', get: owns54, put: owns54 });
  const [all, run] = trace as readonly Figure[];
  assert.deepEqual(all?.table.columns, ['kind of page', '5.4', 'your rule']);
  assert.equal(all?.table.rows.length, 13);
  assert.match(String(run?.svg), /the kernel since boot \(owner\)/);
  assert.doesNotMatch(String(run?.svg), /driver/);
});

const right: readonly (readonly [id: string, answer: unknown])[] = [
  ['co-1', contract({ how: 'get_page', get: owns56, put: owns56 })],
  [
    'co-1',
    {
      how: 'get_page',
      get: (p: PfnFacts) => owns56(p),
      put: (p: PfnFacts) => p.pfn_valid && !(p.PageReserved && !p.is_zero_pfn && !p.is_zone_device_page),
    },
  ],
  ['co-1', { carries: 'bit', put: (_p: PfnFacts, took: boolean) => took }],
  ['co-2', ['vcpu[0] x3', 'host x4', 'somebody pick 1', 'vcpu[0]']],
  ['co-2', [touch, 'vcpu[1] to kvm_tdp_mmu_map', 'host to done', 'somebody pick 1', 'vcpu[1]']],
  ['co-2', [touch, 'host to done', 'somebody pick 1', 'vcpu[0] x1']],
  ['co-3', { carries: 'page', put: (_p: PfnFacts, page: PfnFacts | null) => page !== null }],
  ['co-3', contract({ carries: 'bit', get: () => false, put: (_p, took) => took })],
  [
    'co-3',
    {
      carries: 'bit',
      get: (p: PfnFacts) => p.PageReserved,
      how: 'get_page',
      put: (_p: PfnFacts, took: boolean) => took,
    },
  ],
];

test('a right contract is praised for what it does, and for no more', () => {
  const praised = (id: string, answer: unknown) => judge(exercise(id), answer).idea;
  const one = (owns: (p: PfnFacts) => boolean) => praised('co-1', { how: 'get_page', get: owns, put: owns });
  const as56 = 'Every row is as under the rule of 5.6. One row is left: TTM tail, use after free.';
  assert.equal(one(owns56), as56);
  assert.equal(
    one(p => p.pfn_valid && p.page_count),
    'One row is left: TTM tail, underflow.',
  );
  assert.equal(
    one(p => (p.pfn_valid && !p.PageReserved) || p.is_zone_device_page || p.page_count),
    as56,
  );
  const put = (carries: string, rule: unknown) => praised('co-3', { carries, put: rule });
  assert.match(
    put('bit', (_p: PfnFacts, took: boolean) => took),
    /is put, and the put asks nothing of the page\.$/,
  );
  assert.match(
    put('bit', (p: PfnFacts, took: boolean) => took || p.is_zero_pfn),
    /but the put also asks the page \(is_zero_pfn\)\. What/,
  );
  assert.match(
    put('page', (_p: PfnFacts, page: PfnFacts | null) => page?.page_count === true),
    /asks the page \(page_count\)/,
  );
});

test('a right contract passes in any form', () => {
  for (const [id, answer] of right) {
    const verdict = judge(exercise(id), answer);
    assert.equal(verdict.passed, true, `${id}: ${verdict.idea}`);
  }
});
