/** The ledger of a trace: who holds what, step by step; who gave back too much; who is worth a line; who owes at the end. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from '#src/explorer/index.js';
import { activeHolders, countsOf, ledgerOf, owedAtEnd } from '#src/ledger/index.js';
import { count, defineModel, held, heldBy, run } from '#src/model/index.js';

const model = defineModel('readers', {
  sorts: { vcpu: 2 },
  state: {
    page: {
      _refcount: count({
        pte: held({ init: 1 }),
        gup: heldBy('vcpu', { overdraft: 2 }),
        pin: held({ weight: 1024 }),
        batch: held(),
      }),
      _mapcount: count({ pte: held({ init: 1 }) }),
    },
  },
})
  .process(
    'reader',
    { per: 'vcpu' },
    {
      get: (s, me) => s.page._refcount.get('gup', me),
      put: (s, me) => s.page._refcount.put('gup', me),
      again: (s, me) => s.page._refcount.put('gup', me),
    },
  )
  .process(
    'debtor',
    { per: 'vcpu' },
    {
      put: (s, me) => s.page._refcount.put('gup', me),
      more: (s, me) => s.page._refcount.put('gup', me),
      pays(s, me) {
        s.page._refcount.get('gup', me);
        s.page._refcount.get('pin');
        s.page._mapcount.put('pte');
      },
    },
  );

test('a row a step, with what each holds and the weighted sum', () => {
  const trace = run(model, ['reader[1]', 'debtor[1] x3']);
  assert.deepEqual(countsOf(trace), ['page._refcount', 'page._mapcount']);
  const l = ledgerOf(trace, 'page._refcount');
  assert.deepEqual(l.holders, ['pte', 'gup[0]', 'gup[1]', 'pin', 'batch']);
  assert.deepEqual(l.weights, [1, 1, 1, 1024, 1]);
  assert.deepEqual(
    l.rows.map(r => [r.step, r.label, r.held.join(), r.count]),
    [
      [0, 'start', '1,0,0,0,0', 1],
      [1, 'reader[1] get', '1,0,1,0,0', 2],
      [2, 'debtor[1] put', '1,0,0,0,0', 1],
      [3, 'debtor[1] more', '1,0,-1,0,0', 0],
      [4, 'debtor[1] pays', '1,0,0,1,0', 1025],
    ],
  );
  assert.deepEqual(owedAtEnd(l), [
    { holder: 'pte', held: 1 },
    { holder: 'pin', held: 1 },
  ]);
  // The other count has its own bookings, by a holder of the same name.
  assert.deepEqual(
    ledgerOf(trace, 'page._mapcount').rows.map(r => r.count),
    [1, 1, 1, 1, 0],
  );
});

test('an overdraft is a put by one who holds nothing: not a put that has cover, and not the get that pays it back', () => {
  const l = ledgerOf(run(model, ['reader[0] x2', 'debtor[0] x3']), 'page._refcount');
  assert.deepEqual(l.overdrafts, [
    { step: 3, process: 'debtor[0]', label: 'put', holder: 'gup[0]', held: -1 },
    { step: 4, process: 'debtor[0]', label: 'more', holder: 'gup[0]', held: -2 },
  ]);
  assert.deepEqual(ledgerOf(run(model, ['reader[0] x2']), 'page._refcount').overdrafts, []);
});

test('a trace that ends with a put that no state can hold: the put is booked, and the ledger stands', () => {
  const { trace } = explore(
    defineModel('debt', { sorts: {}, state: { page: { _refcount: count({ gup: held({ overdraft: 0 }) }) } } }).process(
      'debtor',
      {},
      { put_page: s => void s.page._refcount.put('gup') },
    ),
  );
  assert.ok(trace !== undefined);
  const l = ledgerOf(trace, 'page._refcount');
  assert.deepEqual(l.overdrafts, [{ step: 1, process: 'debtor', label: 'put_page', holder: 'gup', held: -1 }]);
  assert.deepEqual(
    l.rows.map(r => r.count),
    [0, -1],
  );
});

test('a holder that was only ever overdrawn is active, one that never held anything is not', () => {
  const l = ledgerOf(run(model, ['debtor[0]']), 'page._refcount');
  assert.deepEqual(activeHolders(l), ['pte', 'gup[0]']);
  assert.deepEqual(owedAtEnd(l), [
    { holder: 'pte', held: 1 },
    { holder: 'gup[0]', held: -1 },
  ]);
});

test('what is wrong is told: an unknown counter, bookings that do not make the state', () => {
  const trace = run(model, ['reader[0]']);
  assert.throws(
    () => ledgerOf(trace, 'page.refs'),
    /no counter 'page\.refs'; there is page\._refcount, page\._mapcount/,
  );
  const [step] = trace.steps;
  assert.ok(step !== undefined);
  const forged = { ...trace, steps: [{ ...step, bookings: [] }] };
  assert.throws(
    () => ledgerOf(forged, 'page._refcount'),
    /after step 1 \(reader\[0\] get\): the books say that gup\[0\] holds 0, the state says 1/,
  );
});

test('a trace without steps has its start, and nothing else', () => {
  const l = ledgerOf(run(model, []), 'page._refcount');
  assert.deepEqual([l.rows.length, l.overdrafts, activeHolders(l)], [1, [], ['pte']]);
});
