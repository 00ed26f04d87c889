// %% [markdown] id=claim
// # Does KVM owe a put? Write the rule
//
// KVM is done with a page, and all it has left is the [pfn](../docs/glossary.md#pfn). Does it owe a put? Between 2.6.28
// and 6.13 KVM had seven versions of the answer. Here you write it yourself, and the search tries it on 13 kinds of
// page.
//
// **35 minutes**, alone or in a group. You should know notebooks [01](01-zone-device-leak.ipynb) and
// [02](02-ttm-tail-pages.ipynb); [04](04-knowing-what-you-hold.ipynb) tells how 6.13 does it.
//
// | | |
// |---|---|
// | releases | the path of the fault from 4.8 to 7.2; the rules from 2.6.28 on |
// | modelled | a lookup by [gup](../docs/glossary.md#gup) or by a [walk](../docs/glossary.md#walk), the check for invalidations, the map, the release; reuse of a freed page |
// | left out | signals, large [SPTEs](../docs/glossary.md#spte), a device's own count; before 5.3, the put under [`mmu_lock`](../docs/glossary.md#mmu_lock) |

// %% id=import
import { certificate, check, contracts, hint, interact, predict, reveal, show, solution } from 'put-page';

// %% [markdown] id=asked
// ## The rule is asked when the fault ends
//
// 5.4's [`kvm_release_pfn_clean()`](https://elixir.bootlin.com/linux/v5.4/C/ident/kvm_release_pfn_clean) puts unless
// `kvm_is_reserved_pfn(pfn)`. 6.13's
// [`kvm_release_faultin_page()`](https://elixir.bootlin.com/linux/v6.13/C/ident/kvm_release_faultin_page) puts the page
// that the fault carries, if there is one *(read)*. Here a rule has two halves. *get*: does a **walk**, in which KVM
// reads the [VMM](../docs/glossary.md#vmm)'s page table by itself, take a reference? *put*: does the release put one?
// gup always takes one.

// %% [markdown] id=asked-path
// In the step below, `rule_says_put` asks the second half. A rule can be tried on any release's path, the steps of its
// fault: here 5.6's rule on 5.10's path.

// %% id=release-source
const tail56 = { rule: contracts.historicRule('5.6').contract, kind: 'TTM tail', release: '5.10' } as const;
contracts.releaseContract(tail56).source('kvm_release_pfn_clean');

// %% [markdown] id=tail
// ## A page that nobody counts
//
// TTM owns a block of two pages. Page 1 is its [tail](../docs/glossary.md#head-tail), and counts 0: without
// `__GFP_COMP`, `alloc_pages()` sets only the first page's count. In 5.6 the walk takes a reference with
// `get_page()`, so that the release has something to put. A put without a get, an overdraft in a score, is an
// *underflow* below; a page freed while somebody uses it, a *use after free*.

// %% id=bet-tail
predict('co-tail');

// %% id=tail-run
const tail = contracts.contractCell(tail56.rule, tail56.kind, tail56.release);
if (tail.trace !== null)
  show(tail.trace.score(['page[0]._refcount', 'page[1]._refcount'], { title: 'The rule of 5.6 on a TTM tail' }));
reveal('co-tail', tail.verdict);

// %% [markdown] id=history
// ## Seven rules, and how each page fares
//
// A column is a rule, a row a kind of page. Words of the rows: [THP](../docs/glossary.md#thp),
// [VM_PFNMAP](../docs/glossary.md#vm_pfnmap), [compound](../docs/glossary.md#compound-page),
// [ZONE_DEVICE](../docs/glossary.md#zone_device). *leak*: never put; *refused*: the fault fails; *freed*: a use after
// free.

// %% id=bet-history
predict('co-history');

// %% id=history-run
show(contracts.matrixFigure(undefined, '6.12.117'));
const good = contracts.KVM_RULES.filter(r =>
  contracts.contractMatrix({ rules: [r], releases: ['6.12.117'] }).every(c => c.verdict === 'ok'),
);
reveal('co-history', good.length);

// %% [markdown] id=read-matrix
// ✓: when a guest read such a page, a recorded kernel behaved the same. Click a red cell for its shortest run.

// %% [markdown] id=ex-1
// ## Exercise 1: fix one row
//
// This is the rule of 5.4. Both halves are one predicate, so that a walk takes what the release will put. Among the
// pages that gup finds, one row is still red. Which fact of the pfn tells that page apart? Tab after `pfn.` lists all
// eight. Add it, and keep the other rows green.

// %% id=co-1
const owns = (pfn: contracts.PfnFacts) => pfn.pfn_valid && (!pfn.PageReserved || pfn.is_zone_device_page);
check('co-1', { how: 'get_page', get: owns, put: owns });

// %% [markdown] id=every
// ## Is there a better rule?
//
// A rule answers yes or no to each combination of the eight facts that it can be asked about. The search tries every
// set of answers. Answers to questions that are never asked do not count, so there are few. A tail may be asked about
// with `PageAnon` set: by then it can be freed and be somebody else's.

// %% id=bet-pfn
predict('co-pfn');

// %% id=facts
const pair = ['driver’s page by vm_insert_page', 'TTM tail'] as const;
const rows = pair.flatMap(kind => contracts.questionsOf(kind, '6.13').map(question => [kind, question]));
show({ columns: ['kind of page', 'asked, with these facts true'], rows });

// %% id=every-run
const every = contracts.everyRule(pair, '6.13');
console.log(`${every.searched} sets of answers searched; all right on both kinds: ${every.exists ? 'one' : 'none'}`);
for (const { answer, cell } of every.either)
  console.log(`to '${every.shared[0]}' ${answer ? 'yes' : 'no'}: ${cell.kind}, ${cell.verdict}`);
reveal('co-pfn', every.exists ? 'yes' : 'no');

// %% [markdown] id=either
// Both kinds come to the release with the same facts, and *yes* is wrong for a page that a walk found, *no* for one
// that gup took. No race is needed to see it. A driver may map one page twice: by `vm_insert_page()`, where gup finds
// it, and by `remap_pfn_range()`, where only a walk does. It is one page with one set of facts, and only gup's
// reference is owed:

// %% id=either-run
const counted = contracts.contract({ put: pfn => pfn.pfn_valid && pfn.page_count });
const walked = contracts.contractCell(counted, 'TTM, order 0', '6.13');
if (walked.trace !== null)
  show(walked.trace.score('page[0]._refcount', { title: 'Yes, for a page that a walk found: whose put was it?' }));

// %% [markdown] id=anon
// ## A rule that looks right for anonymous memory
//
// The tail showed that a walk should take nothing. Then the release has to tell the pages apart. If all guest RAM were
// anonymous, this rule should do: `{ put: pfn => pfn.PageAnon }`. A driver's buffer is not anonymous. Leave files and
// the zero page aside: even then the rule fails.

// %% [markdown] id=ex-2
// ## Exercise 2: write the run that defeats it
//
// The page is a TTM tail, on the path of 6.13. The processes are `vcpu[0]` (snapshot, walk, check, map and release),
// `host` (the driver: invalidates, zaps, frees) and `somebody` (allocates the freed page: `'somebody pick 0'` for a
// driver, `'somebody pick 1'` for a process). Make KVM put a reference that it never took.

// %% id=co-2
check('co-2', ['vcpu[0] to kvm_tdp_mmu_map', 'vcpu[0]']);

// %% [markdown] id=ex-3
// ## Exercise 3: make every row green
//
// What must the fault remember? Write a rule that is right on 13 kinds of page and on three paths (5.10, 6.8, 6.13).
// `carries` gives `put` a second argument; Tab between its quotes shows what it can be.

// %% id=co-3
const rule = contracts.contract({ carries: 'nothing', put: pfn => pfn.pfn_valid && pfn.page_count });
check('co-3', rule);

// %% [markdown] id=page
// ## A bit or a page?
//
// In this model they are equally good. 6.13 carries the page (`refcounted_page`), because it does more than put: it
// marks the page accessed and dirty while it holds it, and never from a bare pfn.

// %% [markdown] id=caught
// ## What would have caught it
//
// - A type: a function that takes a reference returns a page, one that takes none returns a pfn, and only a page can be put.
// - An assertion: by lockdep, 6.13's `kvm_release_faultin_page()` checks that a page in use is released under `mmu_lock`.
// - Every kind of page against the rule, as in the table above.
// - A page's count, compared before and after a guest reads it, as in this kit's lab.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. Why did 5.13 refuse pages instead of freeing them?
// 2. Which fact of the page would make the guess right?
// 3. Why is a bit enough, where eight facts are not?

// %% [markdown] id=answers
// <details><summary><b>Answers, when you have yours</b></summary>
//
// 1. `get_page_unless_zero()` takes no page that counts 0. So the fault fails: safe, but the guest lacks its memory.
// 2. None. The answer is in what the fault did, not in the page.
// 3. The bit says what the fault did. The facts say what the page is now, and by then it may be somebody else's.
//
// </details>

// %% [markdown] id=read-on
// ## Read on: the thirty-five minutes end here
//
// Below: VFIO, which still guesses; the rules on other paths of the fault; an exam over all notebooks; and two more
// contracts, tried in the same way.

// %% [markdown] id=vfio
// ## Who still guesses
//
// [VFIO](../docs/glossary.md#vfio) pins guest memory for a device. Its `put_pfn()` asks `is_invalid_reserved_pfn()`,
// and unpins unless the page is reserved. Put that rule in KVM's place: how many rows are red? (VFIO stopped losing
// [zero pages](../docs/glossary.md#zero-page) in 6.0, by unpinning them at once; since 6.5 gup does not count them.)

// %% id=bet-vfio
predict('co-vfio');

// %% id=vfio-run
const vfio = contracts.contractMatrix({ rules: [contracts.historicRule('vfio')], releases: ['7.2.13'] });
show({
  columns: ['kind of page', 'verdict'],
  rows: vfio.filter(c => c.verdict !== 'ok').map(c => [c.kind, c.verdict]),
});
reveal('co-vfio', vfio.filter(c => c.verdict !== 'ok').length);

// %% [markdown] id=paths
// ## The rules stay, the path of the fault changes
//
// Which verdicts depend on the path? Up to 5.17 a leaked device page reads *hang*: whoever unbinds the device waits for
// ever. From 5.18 on nobody waits, and it reads *leak*.

// %% id=turn
interact({ release: [...contracts.MATRIX_RELEASES] }, p => contracts.matrixFigure(undefined, p.release));

// %% [markdown] id=ex-4
// ## Exercise 4: twelve questions over all notebooks
//
// Ten minutes. Write numbers as numbers, and words in quotes. The check computes each answer with its model. Where you
// are wrong, it names the notebook to read again.

// %% id=co-4
show({ columns: ['', 'question'], rows: contracts.TWELVE.map(q => [q.letter, q.question]) });
check('co-4', { a: '?', b: '?', c: '?', d: '?', e: '?', f: '?', g: '?', h: '?', i: '?', j: '?', k: '?', l: '?' });

// %% [markdown] id=certificate
// `certificate()` in a cell draws what you have solved in all notebooks. It stays on this machine.

// %% [markdown] id=policies-asked
// ## What does gup do about a page that may not stay?
//
// The first contract is that of the loop in notebook 03. Here, somebody who has [isolated](../docs/glossary.md#isolate)
// a page lets go of it after three passes. Your own policy is the last column.

// %% id=policies
const mine = (pass: { stuck: number }) => (pass.stuck > 5 ? '-ETIMEDOUT' : 'retry');
contracts.policyMatrix({ 'yours, patient for 5': mine });

// %% [markdown] id=policies-note
// The column FAIL has no red cell either, but it refuses two kinds that it could pin a moment later. A policy that
// counts passes without progress would avoid both; no kernel has one.

// %% [markdown] id=teardown
// ## Who waits when the device goes?
//
// The second is the contract of notebook 01. Somebody holds a page of a device, and the device is unbound: does the
// unbind wait, and does it end? Every order is searched.

// %% id=teardown-run
contracts.teardownMatrix();

// %% [markdown] id=teardown-note
// On 5.3 KVM's leak makes the unbind sleep for ever. From 5.18 on `memunmap_pages()` itself drops what the pages hold
// of the device's count, whoever holds the pages: the unbind of a devdax returns, and the reference outlives the
// [memmap](../docs/glossary.md#memmap).
//
// Are all checks in these models needed? [The table](../docs/guards.md) removes each and shows what breaks.

// %% [markdown] id=sources
// ## Sources
//
// - [5.6: the zero page is put, 7df003c85218](https://git.kernel.org/torvalds/c/7df003c85218) *(read; its release: inferred)*
// - [5.13: a walk takes no page that counts 0, f8be156be163](https://git.kernel.org/torvalds/c/f8be156be163) *(read)*
// - [6.13: a walk takes nothing, 8b15c3764c05](https://git.kernel.org/torvalds/c/8b15c3764c05) *(read)*
// - [VFIO's `put_pfn()` in 6.12](https://elixir.bootlin.com/linux/v6.12/source/drivers/vfio/vfio_iommu_type1.c) *(read)*
//
// *Recorded* (✓): a real kernel did it; *read*: it is in the source or in a mail; *inferred* (\*): it follows from
// that.

// %% [markdown] id=end
// `npx put-page matrix` prints the whole table. This is the last notebook. Back to [05](05-bad-page-state-splat.ipynb),
// or to [the start](00-start-here.ipynb).
