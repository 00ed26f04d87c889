/** The tables and the exercises' answers of the facts, computed by running the model. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BACKINGS, backing, balanceOf, kvmRules, release, WRONG_FIXES } from '#src/linux/index.js';
import { run, type Trace, valueAt } from '#src/model/index.js';
import { zoneDeviceLeak } from '#src/stories/index.js';

const fault = (page: number) => `vcpu to tdp_page_fault pick ${page}`;
const refs = (t: Trace, n: number) => Array.from({ length: n }, (_, i) => Number(valueAt(t, `page[${i}]._refcount`)));
const percpu = (t: Trace) => Number(valueAt(t, 'pgmap.ref'));

function leak(
  tag: string,
  pages: number,
  each: readonly number[],
): { leaked: number; residual: number; done: boolean } {
  const model = zoneDeviceLeak({ fix: 'unfixed', release: tag, pages, faults: Math.max(1, ...each) });
  const before = run(
    model,
    each.flatMap((m, p) => Array.from({ length: m }, () => fault(p))),
  );
  const leaked = refs(before, pages).reduce((a, b) => a + b, 0) - pages;
  const waiting = run(model, ['unbind to done'], before);
  return { leaked, residual: percpu(waiting), done: valueAt(waiting, 'pgmap.state') === 'REMOVED' };
}

const each = (pages: number, faults: number) => Array.from({ length: pages }, () => faults);

test('N pages, M faults each: N*M leaked; the device keeps N*M in A, N in B, 0 in C', () => {
  for (const [n, m] of [
    [8, 5],
    [64, 10],
  ] as const) {
    const [a, b, c] = ['4.8', '5.3', '5.18'].map(tag => leak(tag, n, each(n, m)));
    assert.deepEqual(a, { leaked: n * m, residual: n * m, done: false });
    assert.deepEqual(b, { leaked: n * m, residual: n, done: false });
    assert.deepEqual(c, { leaked: n * m, residual: 0, done: true });
  }
});

test('one touch of one page holds the whole device in B: a step, not a slope', () => {
  const done = [0, 1, 2, 5].map(m => leak('5.3', 8, [m]).done);
  assert.deepEqual(done, [true, false, false, false]);
});

test('Q1 and Q2: eight pages, p0 three times, p5 once, p7 twice', () => {
  const trace = [fault(0), fault(0), fault(0), fault(5), fault(7), fault(7)];
  const at = (tag: string) => {
    const model = zoneDeviceLeak({ fix: 'unfixed', release: tag, pages: 8, faults: 3 });
    const t = run(model, trace);
    const killed = run(model, ['unbind x4'], t);
    const end = run(model, ['unbind to done'], killed);
    return {
      refs: refs(t, 8).join(),
      percpu: [percpu(t), percpu(killed), percpu(end)],
      end: refs(end, 8),
      state: valueAt(end, 'pgmap.state'),
    };
  };
  assert.deepEqual(at('5.3'), {
    refs: '4,1,1,1,1,2,1,3',
    percpu: [9, 8, 3],
    end: [3, 0, 0, 0, 0, 1, 0, 2],
    state: 'DYING',
  });
  assert.deepEqual(at('4.8').percpu, [7, 6, 6]);
  const c = at('5.18');
  assert.deepEqual(c.percpu, [9, 8, 0]);
  assert.equal(c.state, 'REMOVED');
  assert.deepEqual([c.end[0], c.end[5], c.end[7]], [4, 2, 3]);
});

test('Q4: zero page and devdax leak on 5.3; only the device has a waiter, and it waits for the device page alone', () => {
  const model = zoneDeviceLeak({ release: '5.3', pages: 2, backing: ['devdax', 'zero'], faults: 5 });
  const both = run(model, [fault(0), fault(1), fault(1)]);
  assert.deepEqual(refs(both, 2), [2, 3]);
  const zeroOnly = run(model, [fault(1), fault(1), 'unbind to done']);
  assert.equal(valueAt(zeroOnly, 'pgmap.state'), 'REMOVED');
  assert.equal(run(model, ['unbind to done'], both).steps.at(-1)?.waited, true);
});

test('Q5: only PG_reserved removed: the leak is gone, and device pages are marked', () => {
  const model = zoneDeviceLeak({ fix: 'clear-reserved', pages: 1, zaps: 1 });
  const t = run(model, [fault(0), 'notifier x2']);
  assert.equal(valueAt(t, 'page[0]._refcount'), 1);
  assert.equal(valueAt(t, 'page[0].marked'), true);
  assert.equal(
    valueAt(run(zoneDeviceLeak({ release: '5.4', pages: 1, zaps: 1 }), [fault(0), 'notifier x2']), 'page[0].marked'),
    false,
  );
});

test('the running model agrees with the predicates on every backing, release and fix', () => {
  for (const fix of WRONG_FIXES)
    for (const tag of ['5.3', '5.4', '5.6', '6.1.192', '6.13'])
      for (const name of [...BACKINGS, 'devdax-pfnmap'] as const) {
        if (name === 'mmio' && fix === 'always-put') continue; // put_page of no struct page: the kernel would crash, nothing to count
        const t = run(zoneDeviceLeak({ release: tag, fix, backing: name, pages: 1, host: 'nothing' }), [fault(0)]);
        const left = Number(valueAt(t, 'page[0]._refcount')) - Number(valueAt(t, 'page[0]._refcount', -1));
        const balance = balanceOf(kvmRules(release(tag), fix), backing(name));
        assert.equal(left, { balanced: 0, leak: 1, underflow: -1 }[balance], `${fix} ${tag} ${name}`);
      }
});

test('bonus: seven neighbours prefetched with one fault: 1 leaks on 5.3, 8 on 5.2, none on 5.4', () => {
  const leaked = (tag: string) => {
    const t = run(zoneDeviceLeak({ release: tag, pages: 8, prefetch: true }), [fault(3)]);
    return refs(t, 8).reduce((a, b) => a + b, 0) - 8;
  };
  assert.deepEqual(['5.2', '5.3', '5.4'].map(leaked), [8, 1, 0]);
});
