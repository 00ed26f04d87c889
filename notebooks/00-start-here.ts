// %% [markdown] id=claim
// # Every reference has a holder, and every holder owes a put
//
// Two bugs: a page is never freed, or freed while somebody uses it. `_refcount` says how many references there
// are, not whose. This kit keeps the names. The models here are small. Real kernel threads start in notebook 01.
//
// **25 minutes**. You should know C. You will change a line or two of TypeScript:
//
// | written | read it as |
// |---|---|
// | `s => s.page` | a function that takes `s` and returns `s.page` |
// | `x?.y` | `x->y`, or nothing if `x` is null |
//
// Run cells with Shift+Enter. After a dot, Tab lists what you can call.

// %% id=import
import { check, count, defineModel, figures, firstSteps, held, hint, linux, predict } from 'put-page';
import { interact, reveal, show, solution } from 'put-page';

// %% [markdown] id=count
// ## A count is a number without names
//
// `get_page()` adds one to `_refcount`, `put_page()` takes one away, and the put that brings it to 0 frees the page.
// When a put is missing, nothing says whose it was.
//
// A task writes to fresh anonymous memory. What will `_refcount` of the new page be? Run the next cell and click your
// answer.

// %% id=bet-write
predict('st-write');

// %% id=first-score
const steps = ['do_anonymous_page', 'get_user_pages', 'put_page', 'lru_add_drain_all', 'zap_pte_range'] as const;
const life = firstSteps.anonPage(steps);
const alive = life.run(['task to done']);
show(alive.score('page._refcount', { title: 'One anonymous page, from its first write to its last put' }));
reveal('st-write', alive.value('page._refcount', 1));

// %% [markdown] id=read-score
// ## A score shows who makes up the count
//
// In a [score](../docs/glossary.md#score), time runs down, and a row is one step. On the left each process has a lane,
// on the right stands the count: a block for each [holder](../docs/glossary.md#holder), and the number. The slider
// goes step by step. A row with a border is an event: green here, red where it goes wrong. The
// [batch](../docs/glossary.md#batch) holds pages on their way to an [LRU](../docs/glossary.md#lru) list, until a
// [drain](../docs/glossary.md#drain).

// %% id=write-source
life.source('do_anonymous_page'); // a step of the model is a function; this is the first write

// %% id=turn
// Leave one step out. Without which one does the count fall below 0, and who keeps the page in the other three cases?
// (munmap() drains the batch of its own CPU. Assume that the task has moved to another one.)
interact({ without: ['nothing', ...steps.slice(2), 'get_user_pages'] as const }, p =>
  firstSteps.anonPage(steps.filter(step => step !== p.without)).run(['task to done']),
);

// %% [markdown] id=own-model
// ## A whole model fits in one cell
//
// One page, two possible holders, two processes, each with its steps in order. A step changes a count only through
// `get` and `put`, which name the holder. `run` takes a *schedule*, the order in which they step: `'reader x2'` means
// two steps.

// %% id=shared
const shared = defineModel('a file and a reader', {
  sorts: {}, // index ranges of arrays: none here
  state: { page: { _refcount: count({ file: held({ init: 1 }), reader: held() }) } },
})
  // a process: its name, its own variables (none), its steps
  .process('reader', {}, { get: s => s.page._refcount.get('reader'), put: s => s.page._refcount.put('reader') })
  .process('truncate', {}, { put_page: s => s.page._refcount.put('file') });
show(shared.run(['reader', 'truncate', 'reader']).score(undefined, { title: 'The reader puts last' }));

// %% [markdown] id=overdraft
// ## Now the reader puts twice
//
// `with` returns a changed model. A put by somebody who holds nothing is an [overdraft](../docs/glossary.md#overdraft).

// %% id=bet-over
predict('st-over');

// %% id=overdraft-run
const twice = shared.with('reader.put', s => {
  s.page._refcount.put('reader');
  s.page._refcount.put('reader');
});
const early = twice.run(['reader x2']);
show(early.score(undefined, { title: 'The reader puts twice; the file still believes that it holds one' }));
reveal('st-over', early.value('page._refcount'));

// %% [markdown] id=machine
// ## The search tries every order
//
// `explore` looks at every state that any order can reach, shortest runs first. In each it checks that nobody gives
// back more than they hold. *Holds* means that no order breaks that, within the model.

// %% id=explore
console.log(`the reader as it should be: ${shared.explore().verdict}`);
console.log(twice.explore().text);

// %% [markdown] id=leak-asked
// ## Does it see a forgotten put, too?
//
// This reader's put does nothing, and a score would mark that. Ask the search, with no property of our own (a
// [property](../docs/glossary.md#property) is a claim that it checks in every state):

// %% id=bet-forgets
predict('st-forgets');

// %% id=leak-explored
const forgets = shared.with('reader.put', () => {}); // a step that does nothing
const unasked = forgets.explore();
reveal('st-forgets', unasked.verdict);

// %% [markdown] id=ex-1
// ## Exercise 1, worked: say what a leak is
//
// If a property is false somewhere, the search shows the shortest run to it. Run this; then change `=== 0` to `<= 1`,
// or take out what stands before `||`, and read the reply. `hint()` gives three hints, one at a time; `solution()`
// opens once your answer holds or you have seen them.

// %% id=st-1
// at.reader?.[0] is the step that the reader takes next, or 'done'; === is C's ==
const everyGetIsPut: firstSteps.Property = (s, at) =>
  at.reader?.[0] !== 'done' || s.page._refcount.held('reader') === 0;
const asked = forgets.always('every get is put', everyGetIsPut).explore();
if (asked.trace !== undefined) show(asked.trace.score(undefined, { title: 'The shortest run to where it is false' }));
check('st-1', everyGetIsPut);

// %% [markdown] id=ex-2
// ## Exercise 2: forget a put yourself, but not in every order
//
// Change the reader so that its reference leaks in some orders and is put in others. A test of one order would miss
// that. Like the kernel, a step can ask how high the count is, but not who holds it.

// %% id=st-4
const mine = shared.with('reader.put', s => {
  s.page._refcount.put('reader'); // not always
});
check('st-4', mine);

// %% [markdown] id=caught
// ## What would have caught it
//
// Each bug in this kit breaks a claim that a test, an assertion or a type can check; here, *every get is put*. A kernel
// built with `CONFIG_DEBUG_PAGE_REF` can trace gets and puts (`page_ref`), and with `CONFIG_DEBUG_VM` it stops at a put
// of a page that counts 0 *(read)*. In a review, ask: *who owes the put, on every path out of this function?*

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. A page counts 2. Who uses it?
// 2. Why does a model need names, when the kernel manages without?
// 3. What do you know when a search says "holds"?

// %% [markdown] id=answers
// <details><summary><b>Answers, when you have yours</b></summary>
//
// 1. Nobody can say: two plain gets look like a mapping and a batch.
// 2. To match each put to its get, and so to say who owes.
// 3. No order of the modelled steps breaks what was asked. The rest may still be broken.
//
// </details>

// %% [markdown] id=read-on
// ## Read on: the twenty-five minutes end here
//
// Go on to [notebook 01](01-zone-device-leak.ipynb): a reference that nobody puts, and a device that waits. Below: the
// same two processes side by side, pins, the kinds of memory under a guest, and the model beside recorded kernels.

// %% [markdown] id=compare
// ## The same run, with and without the put
//
// The last put frees the page, whoever makes it. And what if the reader forgets its own?

// %% id=bet-last
predict('st-stack');

// %% id=side-by-side
const both = ['reader x2', 'truncate'];
const bad = { title: 'no put', run: forgets.run(both) };
const good = { title: 'with it', run: shared.run(both) };
show(figures.twoRuns(bad, good, 'page._refcount', { title: 'The same two processes, without and with the put' }));
reveal('st-stack', bad.run.value('page._refcount'));

// %% [markdown] id=wait-pin
// ## A pin is one holding with a large weight
//
// Every holding has a *weight*: how much it adds to the count. A plain get weighs 1, a pin of a small folio 1024.
// `folio_maybe_dma_pinned()` says yes as soon as the count reaches 1024. It says *maybe* because enough plain
// references look the same. Where a pin takes part, the blocks of a score are not to scale, and it says so.

// %% id=bet-pin
predict('st-pin');

// %% id=pin-score
const pinned = firstSteps.anonPage().run(['task to done']);
show(pinned.score('page._refcount', { title: 'A pin, then a plain get', steps: [2, 6] }));
const { weights, holders } = pinned.books('page._refcount');
const weight = (holder: string) => weights[holders.indexOf(holder)] ?? 0;
reveal('st-pin', weight('pin') - weight('pte'));

// %% [markdown] id=ex-backwards
// ## Exercise 3: read a count backwards
//
// A *[pin](../docs/glossary.md#pin)* adds 1024 to a small page's count, so that it stands out. A crash dump shows a
// small anonymous page that is mapped once and is in no batch. Its `_refcount` is 3075. Which pins and plain gets make
// that up, with as few holders as possible?

// %% id=st-2
check('st-2', { pins: 1, gets: 1 });

// %% [markdown] id=ex-unmapped
// ## Exercise 4: unmapped, and still not free
//
// After `do_anonymous_page`, which of the steps printed below, in which order, lead to a page that no page table maps
// and that is still not freed? Use each step at most once, and do not rely on a batch. Nobody may give back what they
// do not hold.

// %% id=st-3
console.log(firstSteps.ANON_STEPS.slice(1).join(', '));
check('st-3', ['lru_add_drain_all', 'zap_pte_range']);

// %% [markdown] id=kinds
// ## Not all memory under a guest is anonymous
//
// Seven kinds of memory may lie under a guest, and this kit has a short name for each. What
// [gup](../docs/glossary.md#gup) refuses, KVM finds by [walking](../docs/glossary.md#walk) the page table. `mmio` has
// no `struct page` to ask. Some kinds are [PG_reserved](../docs/glossary.md#pg_reserved), and gup takes references all
// the same: see notebook 01.

// %% id=kinds-table
show({ columns: ['kind', 'what it is'], rows: linux.BACKINGS.map(kind => [kind, linux.backing(kind).what]) });
show(firstSteps.kindsTable());

// %% [markdown] id=real
// ## A real kernel was recorded beside the model
//
// Two kernels, Debian's 6.1.192 and 6.12.117, were recorded step by step. The two middle columns are theirs and the
// last one is the model's; a test fails if they differ. The bet is about a case that this small model does not have,
// because it has no [huge pages](../docs/glossary.md#thp).

// %% id=bet-kernel
predict('st-kernel');

// %% id=recorded
const names = ['write fault', 'lru_add_drain_all', 'pin_user_pages(W)', 'unpin', 'get_user_pages_fast(W)', 'put_page'];
const kernel = (step: string) => linux.RECORDED_KERNELS.map(k => Number(linux.recorded('anon', step)[0]?.in[k].ref));
const seen = names.map((step, i) => [step, ...kernel(step), Number(pinned.value('page._refcount', i + 1))]);
show({ columns: ['recorded step', ...linux.RECORDED_KERNELS, 'the model'], rows: seen });

// %% id=thp-pin
const ofFolio = (step: string, field: string) => Number(linux.recorded('thp-write', step)[0]?.in['6.12.117'][field]);
const thp = ['write fault', 'pin 1 subpage', 'unpin'].map(s => [s, ofFolio(s, 'folioRef'), ofFolio(s, 'pincount')]);
show({ columns: ['a THP, recorded on 6.12.117', 'the folio counts', 'its pincount'], rows: thp });
reveal('st-kernel', ofFolio('pin 1 subpage', 'folioRef') - ofFolio('write fault', 'folioRef'));

// %% [markdown] id=three-levels
// ## Three levels of evidence, always visible
//
// *Recorded*: a real kernel did this (6.1.192, 6.12.117). *Read*: it is in the source of a named release, or in a mail.
// *Inferred*: it follows from what was read.

// %% [markdown] id=replay
// ## Other recordings are compared in the same way
//
// The other cases are replayed as schedules of the model, and every counter, entry and result is compared on both
// kernels. `npx put-page replay` in a shell does it and prints which rows are not covered, and why.
//
// What a release does is a table, with a commit and a level for each row. Ask for a release that nobody has checked,
// and it says so:

// %% id=unknown-release
try {
  linux.release('6.1.50');
} catch (error) {
  console.log(String(error).split(';')[0]);
}
const rule = linux.release('5.4').rule('kvm_owns_page');
console.log(`5.4: ${rule.value}, commit ${rule.commit}, ${rule.evidence}`);

// %% [markdown] id=sources
// ## Sources
//
// - `data/recordings/README.md`: the recorded kernels, Debian 6.1.192-2 and 6.12.117-1~deb12u1, and what each field
//   means.
// - [pin_user_pages.rst](https://docs.kernel.org/core-api/pin_user_pages.html) *(read)*: why a pin adds
//   `GUP_PIN_COUNTING_BIAS`, and who keeps a separate pin count.
// - `docs/architecture.md`: how this kit is built.
