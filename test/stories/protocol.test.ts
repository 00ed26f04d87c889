/** A fault against an invalidation: in how many orders each variant leaves a stale SPTE, twice over. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { everyOrder, explore, ordersThatBreak, ordersTheExplorerFinds } from '#src/explorer/index.js';
import { valueAt } from '#src/model/index.js';
import { PROTOCOL_LETTERS, PROTOCOL_VARIANTS, type ProtocolVariant, protocol, refault } from '#src/stories/index.js';

const written = (steps: readonly string[]) => steps.map(s => PROTOCOL_LETTERS[s.split('.')[1] ?? '']).join('');

/** Orders, orders in which the fault is refused, and the stale ones; from the facts about this protocol. */
const expected: Readonly<Record<ProtocolVariant, readonly [number, number, string]>> = {
  correct: [20, 18, ''],
  'no check': [20, 0, 'SWbIce SWbcIe SWbceI SbWIce SbWcIe SbWceI bSWIce bSWcIe bSWceI'],
  'seq only': [20, 9, 'SWbIce SWbcIe SbWIce SbWcIe bSWIce bSWcIe'],
  'in_progress only': [20, 9, 'SWbceI SbWceI bSWceI'],
  'seq at begin': [20, 13, 'bSWceI'],
  'seq at begin and end, no in_progress': [20, 14, 'bSWIce bSWcIe'],
  'snapshot after walk': [20, 15, 'WbceSI bWceSI'],
  'check apart from install': [35, 30, 'SWCbIce SWCbcIe SWCbceI'],
};

for (const variant of PROTOCOL_VARIANTS)
  for (const reference of [false, true])
    test(`${variant}${reference ? ', with a reference held' : ''}: enumeration and explorer find the same stale orders`, () => {
      const [orders, retries, stale] = expected[variant];
      const model = protocol({ variant, reference });
      const all = everyOrder(model);
      assert.equal(all.length, orders);
      assert.equal(all.filter(o => valueAt(o.trace, 'kvm.retried') === true).length, retries);
      const names = stale.split(' ').filter(Boolean).sort();
      assert.deepEqual(
        ordersThatBreak(model, 'no stale SPTE')
          .map(o => written(o.steps))
          .sort(),
        names,
      );
      assert.deepEqual(ordersTheExplorerFinds(model, 'no stale SPTE').map(written).sort(), names);
    });

test('the correct protocol keeps both properties; a reference held is no part of it', () => {
  for (const reference of [false, true]) assert.equal(explore(protocol({ reference })).verdict, 'holds');
  const bad = explore(protocol({ variant: 'seq at begin', reference: true }));
  assert.equal(bad.verdict, 'violated');
});

test('a variant that is not there is named', () => {
  assert.throws(() => protocol({ variant: 'no lock' as ProtocolVariant }), /no variant is called 'no lock'/);
});

test('a reference keeps the page, not the mapping: the fault may go round for ever, held or not', () => {
  for (const reference of [true, false]) {
    const v = explore(refault(reference), { property: 'the guest gets its page', fairness: 'weak' });
    assert.equal(v.verdict, 'violated');
    assert.ok(v.lasso?.cycle.steps.some(s => s.process === 'host'));
    assert.equal(explore(refault(reference)).verdict, 'holds');
  }
  // Without the host it gets there.
  const quiet = explore(refault().without('host'), { property: 'the guest gets its page', fairness: 'weak' });
  assert.equal(quiet.verdict, 'holds');
});
