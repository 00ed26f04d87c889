/** What a verdict says about counts: who gave back what they did not hold, and that nothing asks what is owed at the end. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type EngineName, explore, verdictText } from '#src/explorer/index.js';
import { count, defineModel, done, held, heldBy, run } from '#src/model/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';

const engines: readonly EngineName[] = ['interpreter', 'js', 'wasm'];

const readers = (overdraft: number) =>
  defineModel('readers', {
    sorts: { vcpu: 2 },
    state: { page: { _refcount: count({ pte: held({ init: 1 }), gup: heldBy('vcpu', { overdraft }) }) } },
  }).process(
    'reader',
    { per: 'vcpu' },
    {
      get: (s, me) => s.page._refcount.get('gup', me),
      put(s, me) {
        s.page._refcount.put('gup', me);
        return done;
      },
    },
  );

for (const engine of engines)
  for (const overdraft of [0, 1])
    test(`${engine}, overdraft ${overdraft}: the verdict names who gave back what they did not hold`, () => {
      const wrong = readers(overdraft).with('get', () => {});
      const text = verdictText(explore(wrong, { engine }));
      assert.match(text, /VIOLATED: gup\[0\] gave back a reference it did not hold \(page\._refcount\) after 2 steps/);
      assert.match(verdictText(explore(wrong, { engine, property: 'accounting' })), /gup\[0\] gave back a reference/);
      // Only the second one is wrong: symmetry must not call it the first.
      const second = readers(overdraft).with('get', (s, me) =>
        me.id === 0 ? s.page._refcount.get('gup', me) : undefined,
      );
      const v = explore(second, { engine });
      assert.match(verdictText(v), /gup\[1\] gave back a reference it did not hold/);
      assert.equal(v.trace?.steps.at(-1)?.process, 'reader[1]');
    });

test('a reference that is handed on by one who does not hold it', () => {
  const v = explore(
    defineModel('hand', {
      sorts: {},
      state: { page: { _refcount: count({ pte: held({ init: 1 }), gup: held(), batch: held() }) } },
    }).process('p', {}, { pass: s => s.page._refcount.handOver('gup', 'batch') }),
  );
  assert.match(verdictText(v), /gup handed on a reference it did not hold \(page\._refcount\)/);
});

test('nothing asks whether each get is put: a note says so, until something does', () => {
  const forgets = readers(1).with('put', () => done);
  const asks =
    /nothing here asks whether each get is put; add a property about the end.*_refcount\.held\('gup', …\) is 0/;
  const notes = (m: Parameters<typeof explore>[0]) => explore(m).notes.join();
  assert.equal(explore(forgets).verdict, 'holds');
  assert.match(notes(forgets), asks);
  assert.match(notes(forgets.always('there', s => s.page._refcount.above(0))), asks, 'more is no harm to this one');
  const ended = (at: Readonly<Record<string, readonly string[]>>) =>
    at.reader?.every(label => label === 'done') === true;
  const owed = forgets.always('only the PTE holds at the end', (s, at) => !ended(at) || s.page._refcount.is(1));
  assert.equal(explore(owed).verdict, 'violated');
  const right = readers(1);
  assert.match(notes(right), asks);
  for (const m of [
    right.always('only the PTE', (s, at) => !ended(at) || s.page._refcount.is(1)),
    right.always('nobody', (s, at) => !ended(at) || s.page._refcount.count() === 1),
    right.always('not more', (s, at) => !ended(at) || !s.page._refcount.above(1)),
    right.always('none held', 'vcpu', (s, x, at) => !ended(at) || s.page._refcount.held('gup', x) === 0),
    right.eventually('it comes back', s => s.page._refcount.is(1)),
  ])
    assert.equal(notes(m), '');
  assert.equal(explore(gupref()).notes.join(), '', 'it asks what is held at rest');
});

test('a property about each element is looked at for each: here only the last can be held', () => {
  const last = defineModel('last', {
    sorts: { page: 2 },
    state: { page: { _refcount: count({ gup: held() }) } },
  }).process('p', {}, { get: s => s.page[1]?._refcount.get('gup'), put: s => s.page[1]?._refcount.put('gup') });
  const asked = last.always(
    'each get is put',
    'page',
    (_s, page, at) => at.p?.[0] !== 'done' || page._refcount.held('gup') === 0,
  );
  assert.match(explore(last).notes.join(), /nothing here asks.*page\[1\]\._refcount\.held\('gup'\)/);
  assert.deepEqual(explore(asked).notes, []);
});

test('where nobody takes a reference there is nothing to ask', () => {
  const idle = readers(1)
    .with('get', () => {})
    .with('put', () => done);
  assert.deepEqual(explore(idle).notes, []);
  assert.equal(run(idle, ['reader[0]']).steps.length, 1);
});
