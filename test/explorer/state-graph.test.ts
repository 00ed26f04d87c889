/** The drawn state graph: all states, all edges, labels that tell states apart, and the lasso in it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, nodesOf, stateGraphOf } from '#src/explorer/index.js';
import { bool, count, defineModel, held, lock, restart, run } from '#src/model/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';

const contended = defineModel('contended', { sorts: { cpu: 2 }, state: { s: { lock: lock() } } })
  .process(
    'cpu',
    { per: 'cpu' },
    {
      spin_lock(s) {
        s.s.lock.lock();
      },
      spin_unlock(s) {
        s.s.lock.unlock();
        return restart;
      },
    },
  )
  .eventually('cpu 0 gets the lock', (_s, at) => at.cpu?.[0] === 'spin_unlock');

test('every state and every edge, with what a view needs to draw them', () => {
  const g = stateGraphOf(contended);
  assert.deepEqual(
    g.nodes.map(n => `${n.id} ${n.depth} ${n.label}`),
    [
      '0 0 cpu[0] spin_lock, cpu[1] spin_lock',
      '1 1 cpu[0] spin_unlock, cpu[1] spin_lock',
      '2 1 cpu[0] spin_lock, cpu[1] spin_unlock',
    ],
  );
  assert.deepEqual(
    g.edges.map(e => `${e.from}-${e.to} ${e.process} ${e.step}`),
    ['0-1 cpu[0] spin_lock', '0-2 cpu[1] spin_lock', '1-0 cpu[0] spin_unlock', '2-0 cpu[1] spin_unlock'],
  );
  assert.equal(g.nodes[1]?.values['s.lock'], true);
  assert.deepEqual(g.bounds, []);
});

test('stem and cycle are found in it', () => {
  const v = explore(contended, { property: 'cpu 0 gets the lock', fairness: 'weak' });
  assert.ok(v.lasso !== undefined);
  assert.deepEqual(
    [nodesOf(stateGraphOf(contended), v.lasso.stem), nodesOf(stateGraphOf(contended), v.lasso.cycle)],
    [[0], [0, 2, 0]],
  );
});

test('labels tell states apart that stand at the same steps', () => {
  const toggling = defineModel('toggling', { sorts: {}, state: { s: { on: bool(), same: bool() } } }).process(
    'toggle',
    {},
    {
      flip(s) {
        s.s.on = !s.s.on;
        return restart;
      },
    },
  );
  assert.deepEqual(
    stateGraphOf(toggling).nodes.map(n => n.label),
    ['toggle flip; s.on false', 'toggle flip; s.on true'],
  );
});

test('a graph that is too large is refused, and the error says how many states there are', () => {
  assert.throws(
    () => stateGraphOf(gupref({ pages: 2, vcpus: 2 })),
    /gupref has 12,431 states; a graph of at most 40 is drawn/,
  );
  assert.throws(() => stateGraphOf(contended, { max: 2 }), /contended has 3 states; a graph of at most 2/);
  assert.throws(() => stateGraphOf(contended, { max: 0 }), /max is 0; expected a whole number of at least 1/);
  assert.equal(stateGraphOf(contended, { max: 3 }).nodes.length, 3);
});

test('a graph that is not whole says so', () => {
  const taking = defineModel('taking', { sorts: {}, state: { s: { refs: count({ taker: held() }) } } }).process(
    'take',
    {},
    {
      get(s) {
        s.s.refs.get('taker');
        return restart;
      },
    },
  );
  const g = stateGraphOf(taking);
  assert.deepEqual([g.nodes.length, g.bounds.length], [2, 1]);
});

test('a trace of another model is refused', () => {
  const trace = run(gupref({ pages: 1, vcpus: 1 }), ['vcpu x1']);
  assert.throws(() => nodesOf(stateGraphOf(contended), trace), /the trace of gupref leaves the graph of contended/);
});
