// %% [markdown] id=claim
// # No rule on the pfn can be right
//
// KVM is done with a page, and the pfn is all that it has left of it. Does it owe a put? Between 2.6.28 and 6.13 the
// answer was written down seven times. Here you write it yourself, and the explorer tries it on 13 kinds of page.
//
// **40 minutes** in a room. You should know notebook [01](01-zone-device-leak.ipynb) or [02](02-ttm-tail-pages.ipynb);
// [04](04-knowing-what-you-hold.ipynb) tells how 6.13 does it.
//
// | | |
// |---|---|
// | releases | the path of the fault from 4.8 to 7.2; the rules from 2.6.28 on |
// | modelled | a lookup by gup or by a walk, the check for invalidations, the map, the release; reuse of a freed page |
// | left out | signals, large SPTEs, a device's own count; that before 5.3 a successful fault put inside `mmu_lock` |

// %% id=import
import { certificate, check, contracts, hint, interact, predict, reveal, show, solution } from 'put-page';

// %% [markdown] id=history
// ## Eight rules, and how each page fares
//
// A column is a rule, a row a kind of page. A rule has two halves. *get*: does a **walk** take a reference? (In a walk
// KVM reads the VMM's page table by itself, because gup refused.) *put*: does the end of the fault put one? gup always
// takes one. *vfio* is not history: `put_pfn()` in VFIO guesses like this today.

// %% id=bet-history
predict('co-history');

// %% id=history-run
show(contracts.matrixFigure(undefined, '6.12.117'));
const good = contracts.HISTORIC_RULES.filter(r =>
  contracts.contractMatrix({ rules: [r], releases: ['6.12.117'] }).every(c => c.verdict === 'ok'),
);
reveal('co-history', good.length);

// %% id=turn
// The rules stay, the path of the fault changes. Which verdicts depend on it?
interact({ release: [...contracts.MATRIX_RELEASES] }, p => contracts.matrixFigure(undefined, p.release));

// %% [markdown] id=read-matrix
// ✓: a recorded kernel did the same. A guest read such a page, and the page's count was the same before and after.
// Point at a red cell for its shortest run. Up to 5.17 a leaked device page reads *hang*: whoever unbinds the device waits for
// ever. From 5.18 on nobody waits, and it reads *leak*.

// %% [markdown] id=ex-1
// ## Exercise 1: fix one row
//
// This is the rule of 5.4. Both halves are one predicate, so that a walk takes what the release will put. Among the
// pages that gup finds, one row is still red. Which fact of the pfn tells that page apart? Add it, and keep the other
// rows green.

// %% id=co-1
const owns = (pfn: contracts.PfnFacts) => pfn.pfn_valid && (!pfn.PageReserved || pfn.is_zone_device_page);
check('co-1', { how: 'get_page', get: owns, put: owns });

// %% [markdown] id=tail
// ## One row is left
//
// A tail of a TTM block has a count of its own. It is 0, because the driver never counts the tail. The walk takes a
// reference with `get_page()`, so that the release has something to put.

// %% id=bet-tail
predict('co-tail');

// %% id=tail-run
const rule56 = contracts.historicRule('5.6').contract;
const tail = contracts.contractCell(rule56, 'TTM tail', '5.10');
if (tail.trace !== null) show(tail.trace.score('page[1]._refcount', { title: '5.6 on a TTM tail: 0, 1, 0, and free' }));
reveal('co-tail', tail.verdict);

// %% [markdown] id=anon
// ## A rule that looks right
//
// So walks should take nothing, and the release has to tell a page that gup found from one that a walk found. This rule
// does: `{ put: pfn => pfn.PageAnon }`. The memory of a process is anonymous, the buffer of a driver is not.

// %% [markdown] id=ex-2
// ## Exercise 2: write the run that defeats it
//
// The page is a TTM tail, on the path of 6.13. The processes are `vcpu[0]` (snapshot, walk, check, map and release),
// `host` (the driver: invalidates, zaps, frees) and `somebody` (gets what is free; `pick 0`: a driver, `pick 1`: a
// process). Make KVM put a reference that it never took.

// %% id=co-2
check('co-2', ['vcpu[0] to kvm_tdp_mmu_map', 'vcpu[0]']);

// %% [markdown] id=every
// ## Is it only this rule?
//
// A pfn offers eight facts. A rule answers yes or no to each combination of facts that it can be asked about. There are
// few such combinations, so the search tries every set of answers.

// %% id=bet-pfn
predict('co-pfn');

// %% id=facts
const pair = ['anonymous, order 0', 'TTM tail'] as const;
const rows = pair.flatMap(kind => contracts.questionsOf(kind, '6.13').map(question => [kind, question]));
show({ columns: ['kind of page', 'asked, with these facts true'], rows });

// %% id=every-run
const every = contracts.everyRule(['anonymous, order 0', 'TTM tail'], '6.13');
console.log(`${every.searched} sets of answers searched; all right on both kinds: ${every.exists ? 'one' : 'none'}`);
for (const { answer, cell } of every.either)
  console.log(`to '${every.shared[0]}' ${answer ? 'yes' : 'no'}: ${cell.kind}, ${cell.verdict}`);
reveal('co-pfn', every.exists ? 'yes' : 'no');

// %% [markdown] id=either
// Both kinds come to the release with the same facts. *Yes* is wrong for a page that a walk found and that changed
// hands meanwhile. *No* is wrong for a page that gup took. More facts do not help: by then the page may have become
// anything.

// %% id=either-run
const [yes] = every.either;
if (yes?.cell.trace)
  show(yes.cell.trace.score('page[1]._refcount', { title: 'Yes: the page is somebody else’s by then' }));

// %% [markdown] id=ex-3
// ## Exercise 3: make every row green
//
// What must the fault remember? Write a rule that is right on 13 kinds of page and on three paths (5.10, 6.8, 6.13).
// `carries: 'bit'` gives `put` a second argument: was a reference taken? `carries: 'page'` gives it the page that was
// taken, or null.

// %% id=co-3
check('co-3', { put: (pfn: contracts.PfnFacts) => pfn.pfn_valid && pfn.page_count });

// %% [markdown] id=page
// ## A bit or a page?
//
// In this model they are equally good. 6.13 carries the page (`refcounted_page`), because a put is not all that it does
// with it: the page is marked accessed and dirty while the fault still holds it, and never again from a bare pfn.

// %% [markdown] id=vfio
// ## Who still guesses
//
// VFIO pins guest memory for a device. Its `put_pfn()` asks `is_invalid_reserved_pfn()`, and unpins unless the page is
// reserved. Put that rule in KVM's place: how many rows are red? (VFIO itself loses no zero page from 6.0 on: it unpins that
// at once, and later gup does not count it.)

// %% id=bet-vfio
predict('co-vfio');

// %% id=vfio-run
const vfio = contracts.contractMatrix({ rules: [contracts.historicRule('vfio')], releases: ['7.2.13'] });
show({
  columns: ['kind of page', 'verdict'],
  rows: vfio.filter(c => c.verdict !== 'ok').map(c => [c.kind, c.verdict]),
});
reveal('co-vfio', vfio.filter(c => c.verdict !== 'ok').length);

// %% [markdown] id=ex-4
// ## Exercise 4: twelve questions over all notebooks
//
// Write numbers as numbers, and words in quotes. The check computes each answer with its model. Where you are wrong, it
// names the notebook to read again.

// %% id=co-4
show({ columns: ['', 'question'], rows: contracts.TWELVE.map(q => [q.letter, q.question]) });
check('co-4', { a: '?', b: '?', c: '?', d: '?', e: '?', f: '?', g: '?', h: '?', i: '?', j: '?', k: '?', l: '?' });

// %% [markdown] id=certificate
// `certificate()` in a cell draws what you have solved in all notebooks. It stays on this machine.

// %% [markdown] id=caught
// ## What would have caught it
//
// - A type: a function that takes a reference returns a page, one that takes none returns a pfn, and only a page can
//   be put.
// - Every kind of page against the rule, as in the table above.
// - A test that compares a page's count before and after a guest reads it, as in this kit's lab.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. Why did 5.13 refuse pages instead of freeing them?
// 2. Which fact of the page would make the guess right?
// 3. Why is a bit enough, where eight facts are not?

// %% [markdown] id=sources
// ## Sources
//
// - [5.6: the zero page is put, 7df003c85218](https://git.kernel.org/torvalds/c/7df003c85218) *(read; its release: inferred)*
// - [5.13: a walk takes no page that counts 0, f8be156be163](https://git.kernel.org/torvalds/c/f8be156be163) *(read)*
// - [6.13: a walk takes nothing, 8b15c3764c05](https://git.kernel.org/torvalds/c/8b15c3764c05) *(read)*
// - [VFIO's `put_pfn()` in 6.12](https://elixir.bootlin.com/linux/v6.12/source/drivers/vfio/vfio_iommu_type1.c) *(read)*
//
// *Recorded* (✓): a real kernel did it; *read*: it stands in source or in a mail; *inferred* (\*): it follows from
// that. `npx put-page matrix` prints the whole table.

// %% [markdown] id=answers
// <details><summary><b>Answers, when you have yours</b></summary>
//
// 1. `get_page_unless_zero()` takes no page that counts 0. So the fault fails: safe, but the guest lacks its memory.
// 2. None. The answer is in what the fault did, not in the page.
// 3. The bit says what the fault did. The facts say what the page is now, and by then it may be somebody else's.
//
// </details>

// %% [markdown] id=read-on
// ## Read on: the forty minutes end here
//
// Two more contracts can be tried in the same way. The first is that of the loop in notebook 03: what does gup do about
// a page that may not stay where it is? Here, somebody who has isolated a page lets go of it after three passes.

// %% id=policies
const mine = (pass: { stuck: number }) => (pass.stuck > 5 ? '-ETIMEDOUT' : 'retry');
contracts.policyMatrix({ 'yours, patient for 5': mine });

// %% [markdown] id=policies-note
// FAIL has no red cell either, but it refuses two kinds that it could have pinned a moment later. A policy that counts
// the passes without progress has neither fault, and no kernel counts them.

// %% [markdown] id=teardown
// ## Who waits when the device goes?
//
// The second is the contract of notebook 01. Somebody holds a page of a device, and the device is unbound: does the
// unbind wait, and does it end? Every order is searched.

// %% id=teardown-run
contracts.teardownMatrix();

// %% [markdown] id=teardown-note
// On 5.3 KVM's leak makes the unbind sleep for ever. From 5.18 on memunmap_pages() itself drops what the pages hold of
// the device's count, whoever holds the pages: the unbind of a devdax returns, and the reference outlives the memmap.
//
// Is every check in these models needed? [The table](../docs/guards.md) takes each away, and says who notices.
//
// This is the last notebook. Back to [05](05-bad-page-state-splat.ipynb), or to [the start](00-start-here.ipynb).
