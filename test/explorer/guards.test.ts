/** Taking one thing away from a model: what there is to take, what is left of the model then, and that every engine sees the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { noticed, removalId, removals, whole, without } from '#src/explorer/guards/index.js';
import { explore } from '#src/explorer/index.js';
import { bool, count, defineModel, done, ghost, held, int, lock, stat, wait } from '#src/model/index.js';
import { gupref, protocol } from '#src/stories/start-here/index.js';

/** Two tasks under a lock: each takes the page, if it is there, and gives it back; the owner lets it go once. */
function counted() {
  return defineModel('counted', {
    sorts: { task: 2 },
    state: {
      mm: { lock: lock(), there: bool(true), turns: int(0, 3), seen: ghost(bool()), asked: stat() },
      page: { _refcount: count({ owner: held({ init: 1 }), task: held({ max: 2 }) }) },
    },
  })
    .process(
      'task',
      { per: 'task', locals: { snapshot: int(0, 3) } },
      {
        look(s, me) {
          s.mm.lock.lock();
          me.snapshot = s.mm.turns;
          s.mm.seen = true;
          s.mm.asked.add(1);
          if (s.mm.there) return;
          s.mm.lock.unlock();
          return done;
        },
        take(s) {
          s.page._refcount.get('task');
        },
        check(s, me) {
          if (me.snapshot !== s.mm.turns) return 'look';
        },
        put(s) {
          s.page._refcount.put('task');
          s.mm.lock.unlock();
        },
      },
    )
    .process(
      'owner',
      {},
      {
        go(s) {
          if (s.mm.lock.held) return wait;
          s.mm.there = false;
          s.page._refcount.put('owner');
        },
      },
    )
    .always('who takes it finds it', s => !s.page._refcount.is(1) || s.page._refcount.held('owner') === 1 || s.mm.there)
    .always('one at a time', s => s.page._refcount.held('task') < 2)
    .eventually('the owner goes', (_s, at) => at.owner?.[0] === 'done');
}

test('what can be taken away: verbs, locks, decisions, and writes that a decision asks for', () => {
  assert.deepEqual(removals(counted()).map(removalId), [
    'task: without mm.lock',
    'task.look: mm.there not asked: never to done',
    'task.look: mm.there not asked: never to take',
    'task.look: no unlock mm.lock',
    'task.take: no get page._refcount for task',
    'task.put: no put page._refcount for task',
    'task.put: no unlock mm.lock',
    'owner.go: mm.lock not asked: never waits',
    'owner.go: no put page._refcount for owner',
    'owner.go: no write mm.there',
  ]);
});

const removal = (model: Parameters<typeof removals>[0], id: string) => {
  const found = removals(model).find(r => removalId(r) === id);
  assert.ok(found !== undefined, id);
  return found;
};

test('who notices, and after how many steps', () => {
  const model = counted();
  const known = whole(model);
  const by = (id: string) => noticed(known, removal(model, id));
  assert.deepEqual(by('task: without mm.lock'), {
    by: 'who takes it finds it',
    how: 'violated',
    steps: 3,
  });
  assert.deepEqual(by('task.take: no get page._refcount for task'), { by: 'accounting', how: 'violated', steps: 4 });
  assert.deepEqual(by('task.put: no put page._refcount for task'), {
    by: 'who takes it finds it',
    how: 'violated',
    steps: 5,
  });
  assert.equal(by('task.put: no unlock mm.lock')?.how, 'for ever');
  assert.equal(by('owner.go: mm.lock not asked: never waits')?.by, 'who takes it finds it');
  assert.equal(by('task.look: mm.there not asked: never to take'), undefined);
});

test('a guard that is gone goes on as if it had been told otherwise, and what it reads elsewhere stays', () => {
  const model = counted();
  const changed = without(model, removal(model, 'owner.go: mm.lock not asked: never waits'));
  const found = explore(changed, { engine: 'interpreter' });
  assert.equal(found.verdict, 'violated');
  const last = found.trace?.steps.at(-1);
  assert.equal(`${last?.process} ${last?.step}`, 'owner go');
});

test('every engine finds the same, whatever is taken away', () => {
  for (const model of [counted(), protocol({ reference: true }), gupref({ pages: 1, vcpus: 1 })])
    for (const r of removals(model)) {
      const [slow, js, wasm] = (['interpreter', 'js', 'wasm'] as const).map(engine => {
        try {
          const found = explore(without(model, r), { engine, symmetry: 'off' });
          return [found.verdict, found.violated, found.states, found.transitions, found.trace?.steps.length];
        } catch (e) {
          return [String(e)];
        }
      });
      assert.deepEqual(js, slow, removalId(r));
      assert.deepEqual(wasm, slow, removalId(r));
    }
});

test('with symmetry the verdict and the number of states stay', () => {
  const model = gupref({ pages: 2, vcpus: 1 });
  for (const r of removals(model)) {
    const [off, on] = (['off', 'on'] as const).map(symmetry => explore(without(model, r), { symmetry }));
    assert.equal(on?.verdict, off?.verdict, removalId(r));
    assert.equal(on?.trace?.steps.length, off?.trace?.steps.length, removalId(r));
    if (off?.verdict === 'holds') assert.equal(on?.certificate?.states ?? on?.states, off.states, removalId(r));
  }
});
