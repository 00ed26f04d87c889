// %% [markdown] id=claim
// # No rule on the pfn can be right
//
// KVM is done with a page, and all it has in its hand is the pfn. Does it owe a put? Between 2.6.28 and 6.13 the
// answer was written down seven times. Here you write it yourself, and the machine tries it on 13 kinds of page.
//
// **40 minutes** in a room. You know notebook 01 or 02; 04 tells how 6.13 did it.
//
// | | |
// |---|---|
// | releases | the fault's path from 4.8 to 7.2; the rules from 2.6.28 on |
// | modelled | a lookup by gup or by a walk, the check for invalidations, the map, the release; reuse of a freed page |
// | left out | signals, large SPTEs, a device's own count; before 5.13 a successful fault put inside `mmu_lock` |

// %% id=import
import { certificate, check, contracts, hint, interact, predict, reveal, show, solution } from 'put-page';

// %% [markdown] id=history
// ## Eight rules, and what each page comes to
//
// A column is a rule, a row a kind of page. A rule has two halves. *get*: does a **walk** (KVM reads the VMM's page
// table by itself, because gup refused) take a reference? *put*: does the end of the fault put one? gup always takes
// one. *vfio* is not history: `put_pfn()` in VFIO guesses so today.

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
// ✓ marks what a recorded kernel did, too: a guest read such a page, and its count was the same before and after.
// *hang* is a leak on a device page: whoever unbinds the device waits for ever. Point at a red cell for its shortest
// run.

// %% [markdown] id=ex-1
// ## Exercise 1: mend one row
//
// This is the rule of 5.4. Its two halves are one predicate, so that a walk takes what the release will put. One row
// of pages that gup finds is still red. Which fact of the pfn tells that page apart? Add it, and keep the other rows
// green.

// %% id=co-1
const owns = (pfn: contracts.PfnFacts) => pfn.pfn_valid && (!pfn.PageReserved || pfn.is_zone_device_page);
check('co-1', { how: 'get_page', get: owns, put: owns });

// %% [markdown] id=tail
// ## One row is left
//
// A tail of a TTM block has a count of its own, and it is 0: its driver never counts it. The walk takes a reference
// with `get_page()`, so that the release has something to put.

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
// So walks should take nothing, and the release must tell what gup found from what a walk found. Here is a rule that
// does: `{ put: pfn => pfn.PageAnon }`. A process's memory is anonymous, a driver's buffer is not.

// %% [markdown] id=ex-2
// ## Exercise 2: write the run that defeats it
//
// The page is a TTM tail, the path that of 6.13. The processes are `vcpu[0]` (snapshot, walk, check, map and
// release), `host` (the driver: invalidates, zaps, frees) and `somebody` (gets what is free: `pick 0` a driver,
// `pick 1` a process). Make KVM put a reference that it never took.

// %% id=co-2
check('co-2', ['vcpu[0] to kvm_tdp_mmu_map', 'vcpu[0]']);

// %% [markdown] id=every
// ## Is it only this rule?
//
// A pfn offers eight facts. A rule answers yes or no to each combination of them at which it can be asked, and there
// are not many such combinations: the search finds them.

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
// hands meanwhile. *No* is wrong for a page that gup took. More facts do not help: the page may have become anything
// by then.

// %% id=either-run
const [yes] = every.either;
if (yes?.cell.trace)
  show(yes.cell.trace.score('page[1]._refcount', { title: 'Yes: the page is somebody else’s by then' }));

// %% [markdown] id=ex-3
// ## Exercise 3: make every row green
//
// What must the fault remember? Write a rule that is all right on 13 kinds and on three paths (5.10, 6.8, 6.13).
// `carries: 'bit'` gives `put` a second argument: was a reference taken? `carries: 'page'` gives it the page that was
// taken, or null.

// %% id=co-3
check('co-3', { put: (pfn: contracts.PfnFacts) => pfn.pfn_valid && pfn.page_count });

// %% [markdown] id=page
// ## A bit or a page?
//
// In this model they come to the same. 6.13 carries the page (`refcounted_page`), because there is more to do with it
// than a put: it is marked accessed and dirty while the fault still holds it, and never again from a bare pfn.

// %% [markdown] id=vfio
// ## Who still guesses
//
// VFIO pins guest memory for a device. Its `put_pfn()` asks `is_invalid_reserved_pfn()`, and unpins unless the page
// is reserved. Put that rule in KVM's place: how many rows are red? (In VFIO itself the row of the zero page costs
// nothing from 6.5 on, because a pin of it is not counted any more.)

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
// Numbers as numbers, words in quotes. The check computes each answer with its model, and names the notebook of what
// is wrong.

// %% id=co-4
show({ columns: ['', 'question'], rows: contracts.TWELVE.map(q => [q.letter, q.question]) });
check('co-4', { a: '?', b: '?', c: '?', d: '?', e: '?', f: '?', g: '?', h: '?', i: '?', j: '?', k: '?', l: '?' });

// %% [markdown] id=certificate
// `certificate()` in a cell draws what you have solved, in all notebooks. It stays on this machine.

// %% [markdown] id=questions
// ## Three questions to take away
//
// 1. Why did 5.13 refuse pages in place of freeing them?
// 2. Which fact of the page would make the guess right?
// 3. What would have caught it?

// %% [markdown] id=sources
// Sources: 7df003c85218 (5.6), f8be156be163 (5.13), 8b15c3764c05 (6.13); `put_pfn()` in
// `drivers/vfio/vfio_iommu_type1.c`. `npx put-page matrix` prints the whole table.

// %% [markdown] id=answers
// <details><summary><b>Answers, when you have yours</b></summary>
//
// 1. `get_page_unless_zero()` takes no page that counts 0. So the fault fails: safe, but the guest lacks its memory.
// 2. None. The answer is in what the fault did, not in the page.
// 3. A type: what took a reference gives back a page, what took none a pfn, and only a page can be put.
//
// </details>

// %% [markdown] id=read-on
// ## Read on: the forty minutes end here
//
// Two more contracts can be tried in the same way. The first is that of notebook 03's loop: what does it do about a
// page that may not stay where it is? Somebody who has isolated a page lets go of it after three passes.

// %% id=policies
const mine = (pass: { stuck: number }) => (pass.stuck > 5 ? '-ETIMEDOUT' : 'retry');
contracts.policyMatrix({ 'yours, patient for 5': mine });

// %% [markdown] id=policies-note
// FAIL has no red cell either, but it refuses two kinds that would have come after a moment. A policy that counts the
// passes without progress does neither, and no kernel counts them.

// %% [markdown] id=teardown
// ## Who waits when the device goes?
//
// The second is notebook 01's. Somebody holds a page of a device, and the device is unbound: does the unbind wait, and
// does it end? Every order is searched.

// %% id=teardown-run
contracts.teardownMatrix();

// %% [markdown] id=teardown-note
// On 5.3 KVM's leak makes it sleep for ever. From 5.18 on memunmap_pages() drops the pages' share of the device's
// count itself, whoever holds them: the unbind of a devdax returns, and the reference outlives the memmap.
//
// Is every check in these models needed? [The table](../docs/guards.md) takes each away, and says who notices.
