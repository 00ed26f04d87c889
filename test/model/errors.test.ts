/** A model that breaks its own declaration, and a schedule that does: a sentence that says what was expected. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ledgerOf, owedAtEnd } from '#src/ledger/index.js';
import {
  bool,
  count,
  defineModel,
  ghost,
  held,
  int,
  lock,
  ModelError,
  oneOf,
  pointer,
  run,
  stat,
  valueAt,
  wait,
} from '#src/model/index.js';

const world = defineModel('world', {
  sorts: { page: 2 },
  state: {
    page: { _refcount: count({ base: held({ init: 1 }), gup: held({ max: 2 }) }) },
    mm: { n: int(0, 2), kind: oneOf('none', 'mapped'), seen: ghost(bool()), mmap_lock: lock(), faults: stat() },
  },
});

const refuses = (what: RegExp, body: () => unknown) =>
  assert.throws(body, (e: Error) => e instanceof ModelError && what.test(e.message));

test('a value outside its range names the field and the range', () => {
  const m = world.process(
    'p',
    {},
    {
      grow: s => {
        s.mm.n = 3;
      },
    },
  );
  refuses(/world: p in grow: mm\.n = 3 .*from 0 to 2/, () => run(m, ['p']));
});

test('a name that an enum does not have', () => {
  const m = world.process(
    'p',
    {},
    {
      set: s => {
        s.mm.kind = 'other' as never;
      },
    },
  );
  refuses(/mm\.kind = other .*one of none, mapped/, () => run(m, ['p']));
});

test('a step that waits after it has changed something', () => {
  const m = world.process(
    'p',
    {},
    {
      half(s) {
        s.mm.n = 1;
        return wait;
      },
    },
  );
  refuses(/all or nothing/, () => run(m, ['p']));
});

test('a step may not ask who holds, nor read a ghost', () => {
  const asks = world.process('p', {}, { ask: s => void s.page[0]?._refcount.held('gup') });
  refuses(/the kernel does not know/, () => run(asks, ['p']));
  const reads = world.process(
    'p',
    {},
    {
      read: s => {
        s.mm.n = s.mm.seen ? 1 : 0;
      },
    },
  );
  refuses(/is a ghost/, () => run(reads, ['p']));
});

test('a step that reads a clock is found out', () => {
  let t = 0;
  const m = world.process(
    'p',
    {},
    {
      tick: s => {
        s.mm.n = t++ % 2;
      },
    },
  );
  refuses(/two different things in the same state/, () => run(m, ['p']));
});

test('a step that goes to no step, a null pointer, an unlock of a free lock', () => {
  refuses(/goes to 'nowhere'.*its steps are a/, () => run(world.process('p', {}, { a: () => 'nowhere' }), ['p']));
  const nullish = world.process(
    'p',
    { locals: { page: pointer('page') } },
    { a: (_s, me) => void (me.page as never as { _refcount: { get(h: string): void } })._refcount.get('gup') },
  );
  refuses(/a pointer may be null here/, () => run(nullish, ['p']));
  refuses(/nobody holds/, () => run(world.process('p', {}, { a: s => s.mm.mmap_lock.unlock() }), ['p']));
});

test('a schedule that names what is not there', () => {
  const m = world.process(
    'p',
    {},
    {
      a: s => {
        s.mm.n = 1;
      },
    },
  );
  refuses(/there is no process 'q'; there is p/, () => run(m, ['q']));
  refuses(/p has no step 'b'; it has a, done/, () => run(m, ['p to b']));
  refuses(/is not a line of a schedule/, () => run(m, ['p then q']));
  refuses(/p is done/, () => run(m, ['p', 'p']));
});

test('declarations that cannot be', () => {
  refuses(/the smaller first/, () => int(2, 1));
  refuses(/at least one name/, () => oneOf());
  refuses(/from 1 to 1024/, () => defineModel('m', { sorts: { page: 0 }, state: {} }));
  refuses(/no step is called 'x'/, () =>
    world.process('p', {}, { a: () => undefined }).with('x' as never, () => undefined),
  );
});

test('a put by one who holds nothing is booked, not thrown; the books still balance', () => {
  const m = world.process('p', {}, { put_page: s => void s.page[0]?._refcount.put('gup') });
  const trace = run(m, ['p']);
  assert.equal(valueAt(trace, 'page[0]._refcount'), 0);
  const ledger = ledgerOf(trace, 'page[0]._refcount');
  assert.deepEqual(ledger.overdrafts, [{ step: 1, process: 'p', label: 'put_page', holder: 'gup', held: -1 }]);
  assert.deepEqual(owedAtEnd(ledger), [
    { holder: 'base', held: 1 },
    { holder: 'gup', held: -1 },
  ]);
  assert.equal(
    ledger.rows.every(r => r.count === r.held.reduce((a, b) => a + b, 0)),
    true,
  );
});

test('a lock makes the other wait; a statistic is no part of the state', () => {
  const m = world
    .process(
      'a',
      {},
      {
        take(s) {
          s.mm.mmap_lock.lock();
          s.mm.faults.add(1);
        },
        give: s => s.mm.mmap_lock.unlock(),
      },
    )
    .process('b', {}, { take: s => s.mm.mmap_lock.lock() });
  const trace = run(m, ['a', 'b', 'a', 'b']);
  assert.deepEqual(
    trace.steps.map(s => s.waited),
    [false, true, false, false],
  );
  assert.deepEqual(trace.steps[0]?.stats, { 'mm.faults': 1 });
});
