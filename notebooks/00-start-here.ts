// %% [markdown] id=claim
// # Every reference has a holder, and every holder owes a put
//
// A page count is one number without names. This kit writes the names beside it: who took, who still holds, who owes.
//
// **25 minutes** in a room. You know C; the TypeScript here is short, and you will change a line or two of it.
//
// | | |
// |---|---|
// | threads | none: this is what the other notebooks stand on |
// | releases | recordings of 6.1.192 and 6.12.117 |
// | modelled | one page, its holders, a pin |
// | left out | everything that needs two CPUs: from notebook 01 on |

// %% id=import
import { check, count, defineModel, figures, firstSteps, held, hint, ledger, linux, predict, replay } from 'put-page';
import { reveal, show, solution } from 'put-page';

// %% [markdown] id=typescript
// ## A few bits of TypeScript are enough
//
// | written | read it as |
// |---|---|
// | `s => s.page` | a function of `s` that returns `s.page` |
// | `(_, i) => i` | one that ignores its first argument |
// | `{ pages: 4, exit: true }` | a struct, its fields by name |
// | `const [a, b] = list` | `a` and `b` are its first two |
// | `list.map(f)`, `list.filter(f)` | a loop: `f` of each; those for which `f` is true |
// | `x?.y` | `x->y`, but nothing where `x` is null |
// | `x ?? 0` | `x`, or 0 where there is none |
// | `a === b` | `a == b` |
// | text in backquotes with `${n}` | a printf that prints `n` |
//
// Run the cells in order, with Shift+Enter. To bet, write your answer into the cell as a second argument of `predict`, and run it.

// %% [markdown] id=count
// ## A count is a number without names
//
// `struct page` has a field `_refcount`. `get_page()` adds one, `put_page()` takes one off, and the put that comes to 0 frees
// the page. The kernel keeps no list of holders. If a put is missing, nothing says whose it was.
//
// A task writes to fresh anonymous memory. Before you run it, bet:

// %% id=bet-write
predict('st-write');

// %% id=first-ledger
const life = firstSteps.anonPage().run(['task to done']);
show(life.ledger(undefined, { title: 'One anonymous page, from its first write to its unmapping' }));
reveal('st-write', life.value('page._refcount', 1));

// %% [markdown] id=read-ledger
// ## A ledger shows who makes up the count
//
// Each band is a **holder**, its height what it holds; the number on top is the count. (To scale, a dotted line is the count;
// here a pin would dwarf the rest.) Along the bottom stand the steps, named after kernel functions. A band that reaches the
// right edge is a reference that nobody gave back.
//
// Drag the slider to go step by step.

// %% [markdown] id=wait-pin
// ## wait: the pin looks like one, and the count says 1025
//
// A holding has a *weight*. A pin is one holding that counts for many, so that it can be seen in the count: from a pin's weight
// on, `folio_maybe_dma_pinned()` says yes. *Maybe*, since enough plain references look the same.

// %% id=bet-pin
predict('st-pin');

// %% id=pin-table
const holdings = life.books('page._refcount');
const weight = (holder: string) => holdings.weights[holdings.holders.indexOf(holder)] ?? 0;
show({ columns: ['holder', 'one holding counts'], rows: holdings.holders.map(h => [h, weight(h)]) });
reveal('st-pin', weight('pin') - weight('pte')); // the page table's one is there already

// %% [markdown] id=own-model
// ## A model is a declaration and named steps
//
// Below is a whole one. The state: a page, whose count has two possible holders. Two processes, each with its steps in
// order. Steps change counts only by verbs that name the holder: `get`, `put`, and a few more.

// %% id=shared
const shared = defineModel('a file and a reader', {
  sorts: {}, // no arrays in this model
  state: { page: { _refcount: count({ file: held({ init: 1 }), reader: held() }) } },
})
  // a process: its name, its own variables (none), its steps
  .process('reader', {}, { get: s => s.page._refcount.get('reader'), put: s => s.page._refcount.put('reader') })
  .process('truncate', {}, { put_page: s => s.page._refcount.put('file') });

// %% [markdown] id=schedule
// ## A schedule is the order in which processes step
//
// `run(model, ['reader', 'truncate', 'reader'])` lets the reader do one step, then truncate, then the reader again. Nothing
// else decides the order: that is the point. `'reader x2'` is two steps; `'task to done'`, above, all that were left.

// %% id=bet-last
predict('st-last');

// %% id=lanes
const order = shared.run(['reader', 'truncate', 'reader']);
show(order.lanes({ title: 'A lane a process, time from top to bottom' }));
const freed = order.steps.find((_, i) => order.value('page._refcount', i + 1) === 0);
reveal('st-last', freed?.process);

// %% [markdown] id=overdraft
// ## A put too many is somebody else's problem
//
// Now the reader puts twice. We replace its step `put`: `model.with('reader.put', …)` gives a changed model, the old one stays
// as it is. A count is only a number. The books behind it have names.

// %% id=bet-over
predict('st-over');

// %% id=overdraft-run
const twice = shared.with('reader.put', s => {
  s.page._refcount.put('reader');
  s.page._refcount.put('reader');
});
const early = twice.run(['reader x2']);
show(early.ledger(undefined, { title: 'The reader puts twice; the file still believes that it holds one' }));
reveal('st-over', early.value('page._refcount'));

// %% [markdown] id=machine
// ## A machine tries every order
//
// With three steps you can try all orders by hand. With thirty you cannot. `explore` can: it looks at every state that any
// order leads to, shortest way first, and asks of each whether the books are in order. *Holds* means: no order of these
// steps breaks it. It says nothing of what the model leaves out.

// %% id=bet-find
predict('st-find');

// %% id=explore
const right = shared.explore();
console.log(`the reader as it should be: ${right.verdict}, ${right.states} states`);
console.log(twice.explore().text);
reveal('st-find', right.states);

// %% [markdown] id=compare
// ## A forgotten put is a band at the right edge
//
// The reader that forgets its put, and the one that does not, on one scale. The count cannot tell who owes; the band can.
// Most of this kit is this picture, with other names.

// %% id=bet-stack
predict('st-stack');

// %% id=side-by-side
const forgets = shared.with('reader.put', () => {}); // a step that does nothing
const both = ['reader x2', 'truncate'];
const bad = { title: 'the put is forgotten', ledger: forgets.run(both) };
const good = { title: 'the put is there', ledger: shared.run(both) };
show(figures.sideBySide([bad, good], { title: 'The same two processes, with and without the put' }));
for (const o of ledger.owedAtEnd(bad.ledger.books('page._refcount'))) console.log(`${o.holder} owes ${o.held}`);
reveal('st-stack', bad.ledger.value('page._refcount'));

// %% [markdown] id=kinds
// ## Not all memory under a guest is anonymous
//
// Seven kinds of memory may lie under a guest, and this kit calls them by short names. Then a **truth table**: a row is a kind,
// a column a question, the word on a cell the answer; its colour only repeats it. *gup* is `get_user_pages()`; what it
// cannot find, KVM finds by walking the page table.

// %% id=kinds-table
show({ columns: ['kind', 'what it is'], rows: linux.BACKINGS.map(kind => [kind, linux.backing(kind).what]) });

// %% id=bet-kinds
predict('st-kinds');

// %% id=truth-table
const columns = ['struct page', 'PG_reserved', 'ZONE_DEVICE', 'found by gup'];
const cell = (kind: string, ask: string) => {
  const b = linux.backing(kind);
  if (ask === 'struct page') return b.pfn_valid;
  if (ask === 'PG_reserved') return b.PageReserved;
  return ask === 'ZONE_DEVICE' ? b.is_zone_device_page : b.found_by === 'gup';
};
show(figures.truthTable({ title: 'What lies under a guest', rows: linux.BACKINGS, columns, cell, rowTitle: 'kind' }));
reveal('st-kinds', linux.BACKINGS.filter(kind => linux.backing(kind).PageReserved).length);

// %% [markdown] id=real
// ## How far to trust the model: a kernel did the same
//
// Two real kernels were recorded, Debian's 6.1.192 and 6.12.117, step by step. The middle columns are theirs, the last one
// is the model's. Where they differ, a test of this kit fails: it is not a footnote. And one question that only a real kernel
// can settle:

// %% id=bet-kernel
predict('st-kernel');

// %% id=recorded
const names = ['write fault', 'lru_add_drain_all', 'pin_user_pages(W)', 'unpin', 'get_user_pages_fast(W)', 'put_page'];
const kernel = (step: string) => linux.RECORDED_KERNELS.map(k => Number(linux.recorded('anon', step)[0]?.in[k].ref));
const model = names.map((_, i) => Number(life.value('page._refcount', i + 1)));
const seen = names.map((step, i) => [step, ...kernel(step), model[i] ?? null]);
show({ columns: ['recorded step', ...linux.RECORDED_KERNELS, 'the model'], rows: seen });

// %% id=thp-pin
const ofFolio = (step: string, field: string) => Number(linux.recorded('thp-write', step)[0]?.in['6.12.117'][field]);
const thp = ['write fault', 'pin 1 subpage', 'unpin'].map(s => [s, ofFolio(s, 'folioRef'), ofFolio(s, 'pincount')]);
show({ columns: ['a THP, recorded on 6.12.117', 'the folio counts', 'its pincount'], rows: thp });
reveal('st-kernel', ofFolio('pin 1 subpage', 'folioRef') - ofFolio('write fault', 'folioRef'));

// %% [markdown] id=stairs
// ## The model's line lies on the recorded one
//
// A *staircase*: a flat piece left the counter alone, a riser changed it. One that ends above its start leaked the difference.
// These are the moments above, without the pin, so that the rest can be seen.

// %% id=staircase
const small = names.map((step, i) => ({ step, i })).filter(({ step }) => !step.startsWith('pin'));
const real = { name: '6.1.192, recorded', values: small.map(({ step }) => kernel(step)[0] ?? 0) };
const ours = { name: 'the model', values: small.map(({ i }) => model[i] ?? 0) };
const labels = small.map(s => s.step);
show(figures.staircase({ title: 'Recorded and modelled', unit: '_refcount', stairs: [real, ours], labels }));

// %% [markdown] id=replay
// ## Nearly every row that was recorded is checked
//
// Not only six rows: each case that was recorded is a schedule of the model, and every counter, entry and result is compared,
// on both kernels. What is not covered says why. From the shell: `npx put-page replay`.

// %% id=replayed
const played = replay();
const sums = linux.RECORDED_KERNELS.map(k => [k, played.rows, played.kernels[k].covered, played.kernels[k].equal]);
show({ columns: ['kernel', 'rows recorded', 'covered by the model', 'equal'], rows: sums });
const missing = played.cases.filter(c => c.covered < c.rows).map(c => [c.name, c.rows - c.covered, c.why]);
show({ columns: ['case', 'rows not covered', 'why'], rows: missing });

// %% [markdown] id=three-levels
// ## Three levels of knowing, always visible
//
// | level | what it means |
// |---|---|
// | *recorded* | a real kernel did this; the row is in `data/recordings` |
// | *read* | in the source of a named release, or in a mail |
// | *inferred* | follows from what was read |
//
// What a release does is a table, a row a behaviour, each with its commit and its level. What it does not know, it says:

// %% id=unknown-release
try {
  linux.release('6.1.50');
} catch (error) {
  console.log(String(error).split(';')[0]);
}
const rule = linux.release('5.4').rule('kvm_owns_page');
console.log(`5.4: ${rule.value}, commit ${rule.commit}, ${rule.evidence}`);

// %% [markdown] id=ex-1
// ## Exercise 1, worked: when may a page be freed?
//
// An exercise is a cell with `check`. This one is solved: run it. Then change `=== 0` to `<= 1` and run it again.
// `hint('st-1')` gives three hints, one at a time; `solution('st-1')` opens when yours holds.

// %% id=st-1
const mayFree: firstSteps.Rule = n => n === 0;
check('st-1', mayFree);

// %% [markdown] id=ex-2
// ## Exercise 2: read a count backwards
//
// A crash dump shows a small anonymous page, mapped once, in no batch, and its `_refcount` is 3075. Which pins and plain gets
// make that number, with the fewest holders?

// %% id=st-2
check('st-2', { pins: 1, gets: 1 });

// %% [markdown] id=ex-3
// ## Exercise 3: unmapped, and still not free
//
// After `do_anonymous_page`, which of the steps below, in which order, lead to a page that no page table maps and that is not
// freed either? Each step at most once, and nobody overdrawn.

// %% id=st-3
console.log(firstSteps.ANON_STEPS.slice(1).join(', '));
check('st-3', ['lru_add_drain_all', 'zap_pte_range']);

// %% [markdown] id=caught
// ## What would have caught it
//
// For every bug in this kit there is a sentence that would have caught it, and a place for it: a test, an assertion, a type.
// The shortest is the title of this page. Ask of each get you read: *who owes the put, on every path?*

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. A page counts 2. What can you say about who uses it?
// 2. Why does a model need names, when the kernel does without?
// 3. What does "holds" mean, when a search says it?

// %% [markdown] id=sources
// ## Sources
//
// - `data/recordings/README.md`: the exact kernels, Debian 6.1.192-2 and 6.12.117-1~deb12u1, and what each field means.
// - `Documentation/core-api/pin_user_pages.rst` in the kernel: why a pin counts `GUP_PIN_COUNTING_BIAS`, and who counts apart.
// - `docs/architecture.md`: how this kit is built.
//
// On to notebook 01: a reference that nobody put, and a device that waits for it.
