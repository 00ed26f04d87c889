// %% [markdown] id=claim
// # Every reference has a holder, and every holder owes a put
//
// The reference count of a page is one number; it does not say whose references it counts. This kit keeps the names
// beside the number: who took a reference, who still holds one, who owes a put.
//
// **25 minutes** in a room. You should know C. The TypeScript here is short, and you will change a line or two of it.
//
// | | |
// |---|---|
// | threads | none: this notebook prepares the other five |
// | releases | recordings of 6.1.192 and 6.12.117 |
// | modelled | one page, its holders, a pin |
// | left out | everything that needs two CPUs; that starts in notebook 01 |

// %% id=import
import { check, count, defineModel, figures, firstSteps, held, hint, linux, predict } from 'put-page';
import { reveal, show, solution } from 'put-page';

// %% [markdown] id=typescript
// ## A few bits of TypeScript are enough
//
// | written | read it as |
// |---|---|
// | `s => s.page` | a function that takes `s` and returns `s.page` |
// | `(_, i) => i` | a function that ignores its first argument |
// | `{ pages: 4, exit: true }` | a struct with its fields by name |
// | `const [a, b] = list` | `a` and `b` are the first two elements of `list` |
// | `list.map(f)`, `list.filter(f)` | a loop: `f` of each element; the elements for which `f` is true |
// | `x?.y` | `x->y`, or nothing if `x` is null |
// | `x ?? 0` | `x`, or 0 if there is no `x` |
// | `a === b` | `a == b` |
// | text in backquotes with `${n}` | a printf that prints `n` |
//
// Run the cells in order with Shift+Enter. After a dot, Tab lists what you can call. To bet, add your answer as the
// second argument of `predict`, as in `predict('st-write', 1)`, and run the cell.

// %% [markdown] id=count
// ## A count is a number without names
//
// `struct page` has a field `_refcount`. `get_page()` adds one to it, `put_page()` takes one away, and the put that
// brings it to 0 frees the page. The kernel keeps no list of holders, so when a put is missing, nothing says whose it
// was.
//
// A task writes to fresh anonymous memory for the first time. Place your bet before you run the cell after it:

// %% id=bet-write
predict('st-write');

// %% id=first-ledger
const life = firstSteps.anonPage().run(['task to done']);
show(life.ledger(undefined, { title: 'One anonymous page, from its first write to its unmapping' }));
reveal('st-write', life.value('page._refcount', 1));

// %% [markdown] id=read-ledger
// ## A ledger shows who makes up the count
//
// Each band is one **holder**, and a taller band holds more. The number on top is the count. Where a pin takes part,
// bands are not to scale, because its 1024 would dwarf the rest. The steps along the bottom are named after kernel
// functions. A band that reaches the right edge was never given back.
//
// Drag the slider to go step by step.

// %% [markdown] id=wait-pin
// ## A pin is one holding with a large weight
//
// Every holding has a *weight*: how much it adds to the count. A pin weighs much more than a plain get, so that it can
// be recognised: `folio_maybe_dma_pinned()` says yes as soon as the count reaches the weight of a pin. It says *maybe*
// because enough plain references look the same.

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
// Here is a complete model. Its state is one page whose count has two possible holders. It has two processes, each
// with its steps in order. A step changes a count only by verbs that name the holder: `get`, `put`, and a few more.

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
// `shared.run(['reader', 'truncate', 'reader'])` lets the reader do one step, then truncate, then the reader again.
// Nothing else decides the order, so you can replay any race you like. `'reader x2'` means two steps, and `'task to
// done'`, above, means all the steps that are left.

// %% id=bet-last
predict('st-last');

// %% id=lanes
const order = shared.run(['reader', 'truncate', 'reader']);
show(order.lanes({ title: 'A lane a process, time from top to bottom' }));
const freed = order.steps.find((_, i) => order.value('page._refcount', i + 1) === 0);
reveal('st-last', freed?.process);

// %% [markdown] id=overdraft
// ## One reader can put too often
//
// Now the reader puts twice. We replace its step `put`: `model.with('reader.put', …)` returns a changed model and
// leaves the old one as it is. The ledger books every put to the holder who made it, so it can show what the bare
// number cannot.

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
// ## The search tries every order
//
// You can try all orders of three steps by hand, but not of thirty. `explore` looks at every state that any order can
// reach, shortest way first, and checks in each one that nobody gives back more than they hold. *Holds* means that no
// order of these steps breaks that. It says nothing about what the model leaves out.

// %% id=explore
const right = shared.explore();
console.log(`the reader as it should be: ${right.verdict}, ${right.states} states`);
console.log(twice.explore().text);

// %% [markdown] id=compare
// ## The same run, with and without the put
//
// On the left the reader forgets its put, on the right it does not. Both ledgers have the same scale. The count alone
// cannot tell who owes; the band can. Most figures of this kit are this picture with other names.

// %% id=bet-stack
predict('st-stack');

// %% id=side-by-side
const forgets = shared.with('reader.put', () => {}); // a step that does nothing
const both = ['reader x2', 'truncate'];
const bad = { title: 'the put is forgotten', ledger: forgets.run(both) };
const good = { title: 'the put is there', ledger: shared.run(both) };
show(figures.sideBySide([bad, good], { title: 'The same two processes, with and without the put' }));
show(bad.ledger.owed());
reveal('st-stack', bad.ledger.value('page._refcount'));

// %% [markdown] id=leak-asked
// ## Does the search see the forgotten put, too?
//
// The search above complained about the reader that puts twice. Now give it the reader that forgets its put, and ask
// for nothing else. Nobody gives back more than they hold here. What will it say?

// %% id=bet-forgets
predict('st-forgets');

// %% id=leak-explored
const unasked = forgets.explore();
console.log(`without a property for leaks: ${unasked.verdict}`);
// a property: true in every state, or the search shows the shortest run to a state where it is not
const asked = forgets.always(
  'every get is put',
  (s, at) => at.reader?.[0] !== 'done' || s.page._refcount.held('reader') === 0, // a reader that is done holds nothing
);
console.log(asked.explore().text);
reveal('st-forgets', unasked.verdict);

// %% [markdown] id=leak-note
// ## A search answers only what it is asked
//
// A reference that is never given back is no error in the books: it could still come back later. Only you know that a
// reader that is done should hold nothing, so a leak must be asked for as a property. The model of notebook 01 has
// such a property built in.

// %% [markdown] id=kinds
// ## Not all memory under a guest is anonymous
//
// Seven kinds of memory may lie under a guest, and this kit has a short name for each. After them comes a **truth
// table**: a row per kind, a column per question. *gup* is `get_user_pages()`. What gup cannot find, KVM finds by
// walking the page table. `mmio` has no `struct page` to ask. Some kinds are `PG_reserved`, and gup takes references
// all the same: see notebook 01.

// %% id=kinds-table
show({ columns: ['kind', 'what it is'], rows: linux.BACKINGS.map(kind => [kind, linux.backing(kind).what]) });

// %% id=truth-table
const columns = ['struct page', 'PG_reserved', 'ZONE_DEVICE', 'found by gup'];
const cell = (kind: string, ask: string) => {
  const b = linux.backing(kind);
  if (ask === 'struct page') return b.pfn_valid;
  if (ask === 'found by gup') return b.found_by === 'gup';
  if (!b.pfn_valid) return '–'; // no struct page, so no flags and no zone
  return ask === 'PG_reserved' ? b.PageReserved : b.is_zone_device_page;
};
figures.truthTable({ title: 'What lies under a guest', rows: linux.BACKINGS, columns, cell, rowTitle: 'kind' });

// %% [markdown] id=real
// ## A real kernel was recorded beside the model
//
// Two real kernels, Debian's 6.1.192 and 6.12.117, were recorded step by step. The two middle columns are theirs and
// the last one is the model's. A test of this kit fails if they differ.
//
// The bet is about a case that this small model does not have, because it has no huge pages. The answer comes from the
// recording.

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
// A *staircase* draws one counter over time: a flat piece is a step that left it alone, a riser is a step that changed
// it. A staircase that ends above its start has leaked the difference. These are the steps above without the pin,
// which would dwarf the rest.

// %% id=staircase
const small = names.map((step, i) => ({ step, i })).filter(({ step }) => !step.startsWith('pin'));
const real = { name: '6.1.192, recorded', values: small.map(({ step }) => kernel(step)[0] ?? 0) };
const ours = { name: 'the model', values: small.map(({ i }) => model[i] ?? 0) };
const labels = small.map(s => s.step);
show(figures.staircase({ title: 'Recorded and modelled', unit: '_refcount', stairs: [real, ours], labels }));

// %% [markdown] id=replay
// ## Other recordings are compared in the same way
//
// These six rows are one recorded case. The other cases are replayed as schedules of the model too, and every counter,
// entry and result is compared on both kernels. `npx put-page replay` in a shell does it and prints which rows are not
// covered, and why.

// %% [markdown] id=three-levels
// ## Three levels of knowing, always visible
//
// | level | what it means |
// |---|---|
// | *recorded* | a real kernel did this; the row is in `data/recordings` |
// | *read* | it stands in the source of a named release, or in a mail |
// | *inferred* | it follows from what was read |
//
// Each release's behaviour is a table with one row per behaviour, its commit and its level. Ask for a release that
// nobody has checked, and it says so:

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
// An exercise is a cell with `check`. This one is solved already: run it. Then change `=== 0` to `<= 1`, run it again,
// and read why that is wrong. `hint('st-1')` gives three hints, one at a time. `solution('st-1')` opens once your
// answer holds or you have seen all the hints.

// %% id=st-1
const mayFree: firstSteps.Rule = n => n === 0;
check('st-1', mayFree);

// %% [markdown] id=ex-2
// ## Exercise 2: read a count backwards
//
// A crash dump shows a small anonymous page that is mapped once and is in no LRU batch. Its `_refcount` is 3075. Which
// pins and plain gets make up that number, if there are as few holders as possible?

// %% id=st-2
check('st-2', { pins: 1, gets: 1 });

// %% [markdown] id=ex-3
// ## Exercise 3: unmapped, and still not free
//
// After `do_anonymous_page`, which of the steps printed below, in which order, lead to a page that no page table maps
// and that is still not freed? Use each step at most once. Nobody may give back what they do not hold.

// %% id=st-3
console.log(firstSteps.ANON_STEPS.slice(1).join(', '));
check('st-3', ['lru_add_drain_all', 'zap_pte_range']);

// %% [markdown] id=caught
// ## What would have caught it
//
// Every bug in this kit breaks a sentence that can be checked, in a test, in an assertion or by a type. Here the
// sentence is *every get is put*, and the search checked it in a moment. In a review, ask of each get you read: *who
// owes the put, on every path out of this function?*

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. A page counts 2. What can you say about who uses it?
// 2. Why does a model need the names of holders, when the kernel manages without?
// 3. What exactly do you know when a search says "holds"?

// %% [markdown] id=sources
// ## Sources
//
// - `data/recordings/README.md`: the recorded kernels, Debian 6.1.192-2 and 6.12.117-1~deb12u1, and what each field
//   means.
// - [pin_user_pages.rst](https://docs.kernel.org/core-api/pin_user_pages.html) *(read)*: why a pin adds
//   `GUP_PIN_COUNTING_BIAS`, and who keeps a separate pin count.
// - `docs/architecture.md`: how this kit is built.

// %% [markdown] id=answers
// ## Answers, when you have yours
//
// 1. Only how many references there are: two plain gets look like a mapping and a batch.
// 2. With names a put can be matched to its get, so the model can say who owes.
// 3. No order of the modelled steps breaks the properties you asked for. The rest may still be broken.
//
// On to [notebook 01](01-zone-device-leak.ipynb): a reference that nobody puts, and a device that waits.
