// %% [markdown] id=claim
// # One touch of a GPU buffer opens the host’s memory
//
// A guest touches one page of a GPU buffer, once. From then on it can write to host memory that belongs to somebody else
// (CVE-2021-22543).
//
// **45 minutes**. You should know what a page table entry is; [notebook 00](00-start-here.ipynb) explains figures and
// cells.
//
// | | |
// |---|---|
// | thread | KVM's page reference on TTM pages, August 2022 |
// | releases | 4.8 to 6.13; TTM's blocks date from 4.15, so at 4.8 read "another driver" |
// | modelled | blocks without `__GFP_COMP`, [special entries](../docs/glossary.md#pte), [gup](../docs/glossary.md#gup), [walk](../docs/glossary.md#walk), notifier, TTM's free |
// | left out | per-CPU lists, caching attributes, a second buffer |

// %% id=import
import { check, figures, hint, linux, predict, reveal } from 'put-page';
import { interact, show, solution, ttm } from 'put-page';

// %% [markdown] id=words
// ## Words from KVM and GPUs
//
// The process that owns the guest (QEMU) is the [VMM](../docs/glossary.md#vmm). The page behind an
// address in it has a number, the [pfn](../docs/glossary.md#pfn). An
// [SPTE](../docs/glossary.md#spte) is KVM's own entry from a guest page to a pfn.
//
// [TTM](../docs/glossary.md#ttm) manages memory for amdgpu and others, in blocks of 2ⁿ pages: a
// [*head*](../docs/glossary.md#head-tail) and its *tails*. It maps them as bare pfns (`VM_IO`, with
// [VM_MIXEDMAP](../docs/glossary.md#vm_mixedmap) up to 5.13, [VM_PFNMAP](../docs/glossary.md#vm_pfnmap) since).

// %% [markdown] id=wrong-run
// ## The wrong run comes first: one fault, Linux 5.12
//
// TTM allocates a block of two pages without `__GFP_COMP`, so they do not form a [compound page](../docs/glossary.md#compound-page). The VMM has
// mmapped them; nothing is faulted in yet. The guest touches page 1.

// %% id=bet-count
predict('tt-count');

// %% id=run-cve
// the vCPU, until its next fault would begin; then another task allocates a page; then the guest writes
// 5.12 still calls kvm_faultin_pfn() try_async_pf(), and so does the figure
const cve = ttm.ttmTailPage({ release: '5.12' }).run(['vcpu to kvm_faultin_pfn', 'other', 'guest']);
const block = ['page[0]._refcount', 'page[1]._refcount'];
show(cve.score(block, { title: '5.12: TTM’s block, from the guest’s first touch of page 1' }));
reveal('tt-count', cve.value('page[1]._refcount', 0));

// %% [markdown] id=read-lanes
// ## Nothing raced, and no line is wrong by itself
//
// gup refuses the mapping, so KVM lets the driver fault the page in, and *walks* the page table. The pfn has a `struct
// page`, so the release will put a reference; KVM therefore takes one. That put takes the count from 1 to 0 and frees page
// 1 under TTM, whose one reference to the block is on page 0.

// %% [markdown] id=guess
// Nobody tells the release how the pfn was found. It [guesses](../docs/glossary.md#guess): it puts a page that has a `struct page`
// and is not [reserved](../docs/glossary.md#pg_reserved). In 5.12 it also puts the zero page and
// [ZONE_DEVICE](../docs/glossary.md#zone_device) pages. This is
// [`kvm_release_pfn_clean()`](https://elixir.bootlin.com/linux/v5.12/C/ident/kvm_release_pfn_clean) in the model, and its guess:

// %% id=release-step
console.log(String(linux.kvm_release_by_guess)); // me.pfn: the page behind the pfn, or null
console.log(String(linux.kvm_is_reserved_pfn));

// %% [markdown] id=why-zero
// ## Two kinds of tail, one word
//
// In a compound page each tail points at the head, and get and put act on the head. Without `__GFP_COMP` page 0 counts
// 1; every other page counts 0 and has no head. TTM frees the block as a whole, so it needs no more.

// %% id=two-tails
show(ttm.twoTails());

// %% [markdown] id=ex-1
// ## Exercise 1, worked: replace the put side, and search
//
// Take a kernel in which a walk takes no reference (`skip_get`), and the fault remembers what it took: `me.took` is
// `'gup'`, `'kvm'` or `'none'`. Run the cell. Then put always, or never, and see which page suffers. After `me.`, Tab
// lists the rest.

// %% id=tt-1
const putTaken: ttm.TailRelease = (_s, me) => {
  if (me.took === 'gup') me.pfn?._refcount.put('gup'); // ?. : if there is a page
  return 'kvm_faultin_pfn'; // the step that comes next: another fault
};
const mine = ttm.ttmTailPage({ release: '6.1.192', skip_get: true }).with('kvm_release_pfn_clean', putTaken);
console.log(`a page that a walk found, in every order: ${mine.explore().verdict}`);
check('tt-1', putTaken);

// %% [markdown] id=two-ways
// ## No better guess would do
//
// A driver may map one page twice: by `vm_insert_page()`, where gup finds it and takes a reference, and by
// `remap_pfn_range()`, where KVM must walk. Same pfn, flags and count; if a walk takes nothing, only one is owed a put
// *(inferred)*.

// %% [markdown] id=attacker
// ## Who is the attacker?
//
// A local user who may open `/dev/kvm` and runs a VMM of their own: any mapping of uncounted pages will do, and the freed
// page may become a page table. So is a guest whose VMM hands it such memory, as virtio-gpu does with
// [blobs](../docs/glossary.md#blob).

// %% [markdown] id=forbidden
// ## 5.13 has a fix
//
// The same fault again:

// %% id=bet-66
predict('tt-66');

// %% [markdown] id=forbidden-how
// Nicholas Piggin's patch takes the reference only if the count is not 0.

// %% id=forbidden-run
const on66 = ttm.ttmTailPage({ release: '6.6' });
const same = on66.run(['vcpu to done']);
show(same.score('page[1]._refcount', { title: '6.6: the same touch of page 1' }));
const reached = on66.explore({ property: 'the guest’s access is served' }).verdict === 'reached';
reveal('tt-66', reached ? 'it works' : on66.explore().verdict === 'holds' ? '-EFAULT' : 'the same');

// %% [markdown] id=forbidden-table
// Two questions for each release: does any order do harm, and is the access *served* in any?

// %% id=forbidden-releases
show(ttm.releasesTable('4.8', '5.12', '5.13', '6.6', '6.12.117', '6.13'));

// %% [markdown] id=ex-2
// ## Exercise 2: which pages does 6.12 refuse?
//
// `pfn` holds what the check can see: `found_by` (`'gup'` or `'walk'`), `pfn_valid` (is there a `struct page`?),
// `PageReserved`, and `page_ref_count` of that very `struct page`. The starter is too simple. Correct it. (In the
// table: [THP](../docs/glossary.md#thp), [DAX](../docs/glossary.md#dax).)

// %% id=tt-2
const refuses = (pfn: ttm.PfnFacts) => pfn.page_ref_count === 0;
check('tt-2', refuses);

// %% [markdown] id=affected
// ## Is my kernel affected, how do I see it, what then?
//
// From 5.13 to 6.12, and on stable kernels with the backport, `KVM_RUN` returns -EFAULT ("Bad address"), and the VMM stops.
// In `smaps` the mapping has `io` (`VM_IO`) *(read)*:
//
// ```sh
// strace -f -e trace=ioctl -p PID 2>&1 | grep 'ioctl.*EFAULT'
// grep -B 25 'VmFlags:.* io' /proc/PID/smaps | grep -E '^[0-9a-f]+-'
// ```
//
// Before that nothing shows until the page's next user suffers.

// %% [markdown] id=affected-then
// 5.13, or its backport, ends the free; only 6.13 serves the page. Until then, give guests no blobs. VFIO's
// `put_pfn()` guesses, too ([notebook 03](03-zero-pfn-gup-loop.ipynb)).

// %% id=affected-run
show(linux.affectedBy('pfnmap-tail-freed', '5.10.40', '5.10.262', '5.12', '6.1.90', '6.13'));
show(linux.affectedBy('pfnmap-tail-refused', '5.10.262', '5.12', '6.1.90', '6.12.10', '6.13'));

// %% [markdown] id=half-works
// ## A buffer of 1000 pages
//
// TTM's page pool asks for the largest block of 2ⁿ pages (n at most 10) that is not larger than what is still missing; where the
// allocator has none, for a smaller one.

// %% id=bet-1000
predict('tt-1000');

// %% id=buffer
const orders = linux.ttm_pool_alloc(1000);
console.log(`1000 pages, not fragmented: orders ${orders.join(', ')}: ${orders.length} heads`);
console.log(`only single pages left:     ${linux.ttm_pool_alloc(1000, 0).length} heads`);
reveal('tt-1000', orders.length);

// %% [markdown] id=patch
// ## Why not give each tail a count?
//
// Dmitry Osipenko's patch of 15 August 2022 did that: it called `page_ref_inc()` on each tail after `alloc_pages()`, and
// `page_ref_dec()` before `__free_pages()` *(read)*.

// %% id=bet-patch
predict('tt-patch');

// %% id=patch-run
const counted = ttm.ttmTailPage({ release: '6.1.192', tails_counted: true }).explore();
const raced = { title: '6.1, each tail counted: TTM frees during a fault' };
if (counted.trace !== undefined) show(counted.trace.score('page[1]._refcount', raced));
const whole = 'the block is whole when it is freed';
reveal('tt-patch', counted.violated === whole ? 'a page in use is freed' : 'all is well');

// %% id=comp-run
const compound = ttm.ttmTailPage({ release: '6.1.192', gfp_comp: true });
const tail = compound.explore({ property: 'the guest’s access is served' });
console.log(`with __GFP_COMP instead, a tail is ${tail.verdict === 'reached' ? 'served' : 'never served'}`);

// %% [markdown] id=patch-note
// A count helps only if the free waits for it *(inferred)*. Christian König rejected the patch: nobody is meant to
// count TTM's pages. With `__GFP_COMP` the free would wait; but `get_page_unless_zero()` looks at the tail's own
// count, and refuses *(recorded)*.

// %% [markdown] id=ex-3
// ## Exercise 3: let the free go wrong
//
// Linux 5.12 again. Write a run that ends with TTM freeing a block although one of its pages is free already, or
// somebody else's. The processes are `vcpu`, `guest`, `ttm` and `other`; `'ttm to done'` runs TTM to its end.

// %% id=tt-3
check('tt-3', ['vcpu x3']);

// %% [markdown] id=notifier
// ## What protects the fault, then?
//
// König asked why KVM takes a reference at all. Its [mmu notifier](../docs/glossary.md#mmu-notifier) counts invalidations in progress, and
// changes a [sequence count](../docs/glossary.md#sequence-count) (*seq*) when one ends. The fault reads seq before its walk, and checks both
// under [`mmu_lock`](../docs/glossary.md#mmu_lock) before it installs. A [stale](../docs/glossary.md#stale) SPTE leads to a page that the host no longer maps.

// %% [markdown] id=letters
// The fault takes three steps: **S**, snapshot of seq; **W**, walk; **I**, check and install. So does the invalidation:
// **b**egin (SPTEs are dropped), **c**lear (the host's entry changes, the page is freed), **e**nd. That makes 20 orders.
// The table takes away one part at a time; its last row has the check, **C**, apart from I.

// %% id=bet-stale
predict('tt-reference');

// %% id=variants
show(ttm.staleTable());
const [bad, still] = [ttm.staleOrders('no check'), ttm.staleOrders('no check', true)];
reveal('tt-reference', still === bad ? 'none' : still === 0 ? 'all' : 'some');

// %% [markdown] id=ex-4
// ## Exercise 4: break it yourself
//
// One variant is missing above: seq changes at the *beginning*, everything else is as it should be. Write the one order
// that leaves a stale SPTE. `'fault x3'` stands for S, W, I.

// %% id=tt-4
check('tt-4', ['fault x3', 'invalidate x3']);

// %% [markdown] id=read-on
// ## Read on: the forty-five minutes end here
//
// Three questions, their answers, and what would have caught the bug stand at the very end. In between, for as long again,
// come the recordings, every kind of page, two more proposals, VRAM, blobs, ranges of invalidations.

// %% [markdown] id=real
// ## A real kernel did the same
//
// A [kretprobe](../docs/glossary.md#kretprobe) (code that runs when a function returns) puts 5.12's unconditional `get_page()` back into 6.1 and 6.12.
// The table compares the tail's count in those recordings with the model's.

// %% id=real-run
show(ttm.oldGetTable());
const probe = linux.recorded('oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)');
console.log(probe.map(r => r.step).join(' → '));

// %% [markdown] id=machine
// ## The search finds it, and there is no shorter way
//
// `explore` tries every order of the fault, the driver, the guest and another allocation. One fault is enough, without a
// race or a second CPU.

// %% id=machine-run
console.log(ttm.ttmTailPage({ release: '5.12' }).explore().text);

// %% [markdown] id=sawtooth
// ## The fraction that works is 2⁻ⁿ
//
// In a block of order n, one page in 2ⁿ has a count. For a whole buffer, the fraction drops at each power of two, where
// a single block is enough. Just below a power of two the pool needs many small blocks, and each has a head.

// %% id=sawtooth-run
const title = '5.13 to 6.12: the part of a buffer that a guest can touch';
const series = ttm.mappableParts(64); // buffers of 1 to 64 pages
show(figures.curve({ title, series, xTitle: 'pages of the buffer', yTitle: 'part of it', dots: true }));

// %% [markdown] id=kinds
// ## Every kind of page, in every release that changed something
//
// Each cell is a run of the model: one guest access, with the count at each step. `served` means that no count moved.
// *By VM_PFNMAP* stands for a driver that allocates with `__GFP_COMP` and maps a page of its block as TTM does.

// %% id=kinds-run
show(ttm.kindsMatrix('5.3', '5.4', '5.6', '5.13', '6.12', '6.13'));

// %% [markdown] id=refault
// ## The mapping may change again and again
//
// The fault takes a reference, finds that the mapping has changed, lets the page go, and starts over. *Does the guest
// get its page in the end, if every task that stays runnable eventually runs?* The answer is no if there is a
// [lasso](../docs/glossary.md#lasso): a run that goes round for ever.

// %% id=refault-run
const get = { property: 'the guest gets its page', fairness: 'weak' } as const;
const [withRef, without] = [ttm.refault(true).explore(get), ttm.refault(false).explore(get)];
console.log(`“the guest gets its page” with a reference: ${withRef.verdict}; without: ${without.verdict}`);
const round = withRef.lasso?.cycle.steps.map(s => `${s.process} ${s.step}`) ?? [];
console.log(`again and again: ${round.join(', ')}`);

// %% [markdown] id=proposals
// ## Two more proposals of the thread, as models
//
// Dmitry also proposed to mark the pool's pages reserved, and withdrew it: KVM needed changes all the same. The other
// proposal takes no reference for `VM_PFNMAP`, only for `VM_MIXEDMAP` (a mapping of counted pages and bare pfns), and
// leaves `kvm_release_pfn_clean()` alone. Exercise 1 has shown what that comes to.

// %% id=proposals-run
const marked = ttm.ttmTailPage({ release: '6.1.192', reserved: true });
const warns = { property: 'KVM warns of a page that nobody holds' };
console.log(`SetPageReserved: ${marked.explore().verdict}; ${warns.property}: ${marked.explore(warns).verdict}`);
const half = ttm.ttmTailPage({ release: '6.1.192', skip_get: true }).explore();
console.log(`no get for VM_PFNMAP: ${half.verdict} (${half.violated})`);
const put = { title: 'No get, and a put all the same' };
if (half.trace !== undefined) show(half.trace.score('page[1]._refcount', put));

// %% [markdown] id=reserved-note
// With the marks every access is served, but the kernel warns. Before the guess skips a reserved page, it asks whether
// the page is [ZONE_DEVICE](../docs/glossary.md#zone_device), and `kvm_is_zone_device_page()` has a `WARN_ON_ONCE` for a page whose count is 0 (*read*: 5.4
// to 6.12). That this warning was Dmitry's reason is *inferred*. Besides, every driver that maps such pages would have
// to mark them.

// %% [markdown] id=ex-5
// ## Exercise 5: the marks, and as few as possible
//
// TTM has a block of four pages, on 6.1.192. Which pages must TTM mark reserved, so that the guest can touch all
// four? The starter marks none.

// %% id=tt-5
const mark: ttm.Mark = page => false;
check('tt-5', mark);

// %% [markdown] id=ex-6
// ## Exercise 6: no rule on the pfn can be right
//
// gup took a reference to its page; after a walk KVM no longer takes one. Name two kinds of page that look the same to
// `kvm_release_pfn_clean()` but need different answers. The names are those of *Every kind of page*, and one more: a
// driver may map its page so that gup finds it, `'driver’s page by vm_insert_page'`.

// %% id=tt-6
check('tt-6', ['TTM tail', 'zero page']);

// %% [markdown] id=caveat
// ## Wait: why not simply map them without a reference?
//
// Some of KVM's own uses have no notifier. `kvm_vcpu_map()` keeps a kernel address of a page while [L2](../docs/glossary.md#nested) (a guest of
// the guest) runs. Sean Christopherson warned that mapping uncounted pages first would make this hole larger. The table
// counts the kinds of page that KVM could use after they are freed; its middle row turns 6.13's protection off.

// %% id=caveat-run
const unsafe = { release: '6.13', allow_unsafe_mappings: true };
show(ttm.unguardedTable({ release: '6.12' }, unsafe, { release: '6.13' }));

// %% [markdown] id=vram
// ## What lies behind one offset of a buffer may change
//
// A pfn of VRAM (the GPU's own memory) has no `struct page` to ask about. When VRAM runs short, amdgpu evicts the
// buffer to system RAM, into blocks of TTM's pool. The run touches page 1, evicts the buffer, and touches page 1
// again (`page[3]` stands for its pfn in VRAM).

// %% id=bet-evicted
predict('tt-evicted');

// %% id=vram-run
show(ttm.evictedTable('5.12', '6.12', '6.13'));
const evicted = ttm.placementRun({ release: '6.12' });
show(evicted.trace.score(block, { title: '6.12: touched in VRAM, evicted, touched again' }));
reveal('tt-evicted', evicted.second);

// %% id=turn
// In which of these releases is the second touch served? And does it help to start in system RAM?
interact({ release: ['5.12', '6.12', '6.13'], placement: ['vram', 'system'] }, p => {
  const { trace, first, second } = ttm.placementRun(p);
  return trace.score(block, { title: `${p.release}: ${second === null ? first : `${first}, evicted, ${second}`}` });
});

// %% [markdown] id=lifecycle
// ## virtio-gpu: many holders lead to one page
//
// The guest's GPU driver sends `CREATE_BLOB` and `MAP_BLOB`. The VMM exports the buffer as a dma-buf (a file that
// drivers share), maps it, and makes it a [memslot](../docs/glossary.md#memslot). The first touch faults; later the host swaps the buffer out; in
// the end the guest unmaps it. *Read*: the guest driver, the buffer's references, the memslot, QEMU's order.
// *Inferred*: how a VMM gets its pointer.

// %% id=bet-holders
predict('tt-holders');

// %% id=lifecycle-run
const blob = ttm.blobStory({ release: '6.13' });
const { lives, labels } = blob; // two fields of the struct
show(figures.pageLifecycle({ title: '6.13: a blob, from the guest’s command to the last put', lives, labels }));
// the highest value during the run
const refs = (what: string) => Math.max(...blob.trace.steps.map((_, i) => Number(blob.trace.value(what, i + 1))));
console.log(`most references: of the buffer ${refs('bo.refcount')}, of page 1 ${refs('page[1]._refcount')}`);
reveal('tt-holders', refs('page[1]._refcount') === 0 ? 'nobody' : 'the VMA');

// %% [markdown] id=teardown
// ## The right order is not enough: the driver moves the buffer
//
// QEMU deletes the memslot, unmaps, and then drops its handle. What if the guest sends only `RESOURCE_UNREF`, and
// the handle goes first (QEMU does not do this)? What if a VMM unmaps and closes, and deletes the memslot last?

// %% id=bet-munmap
predict('tt-munmap');

// %% id=teardown-run
// each order with the notifier, without it where no driver evicts, and without it
const goes = ttm.teardownTable();
show(goes);
const [, withIt, , blindly] = goes.rows.find(row => row[0] === 'slot last') ?? [];
reveal('tt-munmap', withIt === 'holds' && blindly !== 'holds' ? 'the mmu notifier' : 'the VMA’s reference');

// %% [markdown] id=race
// ## A get on the head can race with TTM’s free
//
// KVM holds the head while a fault is under way. If TTM frees the block at that moment, TTM's put of page 0 is not
// the last one: KVM's is. KVM never held page 1.

// %% id=bet-race
predict('tt-race');

// %% id=race-run
const schedule = ['vcpu to kvm_release_pfn_clean', 'ttm to done', 'vcpu'];
const race = (release: string, fix = {}) => ttm.ttmTailPage({ release, touch: 0, ...fix }).run(schedule);
show(race('5.9').score(block, { title: '5.9: TTM frees while KVM holds the head' }));
const rest = { frees_rest: true }; // __free_pages() with e320d3012d25; unless told, as the release does
const ended = { '5.9': race('5.9'), '5.9 with e320d3012d25': race('5.9', rest), '6.12': race('6.12') };
for (const [kernel, run] of Object.entries(ended))
  console.log(`${kernel}: page 1 is free: ${run.value('page[1].free')}`);
reveal('tt-race', race('5.9').value('page[1].free') ? 'freed at once' : 'lost');

// %% [markdown] id=race-note
// Up to 5.9, `__free_pages()` did nothing more if its put was not the last one. Since e320d3012d25 it frees the rest
// of the block at once, unless the block is a compound page, and the race is harmless. In 5.9 TTM had only blocks of
// 512 pages; two pages stand for them here.

// %% [markdown] id=ranges
// ## Two invalidations at once
//
// Up to 5.11 every fault retries while anything is invalidated. Here [gfn](../docs/glossary.md#gfn) 0 and gfn 2 are being invalidated. A retry is *in
// vain* if the fault's page was right and its gfn was not being invalidated.

// %% id=bet-range
predict('tt-range');

// %% id=ranges-run
const middle = ttm.invalidateRange({ release: '6.7', gfn: 1 }).run(['low', 'high', 'fault x3']);
reveal('tt-range', middle.value('kvm.retried') === 'no' ? 'it maps its page' : 'it retries');
show(ttm.rangeTable());

// %% [markdown] id=one-range
// Since 5.12 KVM keeps a range, which x86 checks: from the lowest start to the highest end of all invalidations in
// progress. It does not shrink before the last one ends. Counted in orders, it saves little; it was made for preempted
// invalidations. Every end makes all faults retry that began before it. To filter that by the range is wrong: it may
// belong to another invalidation by then.

// %% [markdown] id=unlocked
// From 6.8 on x86 also checks without `mmu_lock`, and may be wrong either way. *Inferred*: it may read a new count beside an
// old range. The check under the lock stays, as the last row of the table of orders said: an invalidation may begin between
// a check and an install that nothing keeps together.

// %% id=unlocked-only
const believed = ttm.rangeReading({ release: '6.8', variant: 'unlocked check only', gfn: 0 });
console.log(`the locked check left out: ${believed.stale} of ${believed.orders} orders stale`);

// %% id=unlocked-run
const differ = (begin: 'one step' | 'two stores', property: string) => {
  const v = ttm.invalidateRange({ release: '6.8', gfn: 0, unlocked: 'noted', begin }).explore({ property });
  return [begin, property, v.trace?.steps.map(s => `${s.process} ${s.step}`).join(', ') ?? v.verdict];
};
const asked = [ttm.UNLOCKED_MISSES, ttm.UNLOCKED_EXCEEDS];
const ways = (['one step', 'two stores'] as const).flatMap(begin => asked.map(property => differ(begin, property)));
show({ columns: ['begin is', 'the answers', 'shortest order'], rows: ways });

// %% [markdown] id=dma-alloc
// ## `use_dma_alloc` changes nothing, unless there is CMA
//
// With this flag TTM asks the DMA API for memory: contiguous, and never with `__GFP_COMP`. dma-direct and dma-iommu
// first ask [CMA](../docs/glossary.md#cma) (the contiguous memory allocator, RAM set aside at boot), then the page allocator. CMA hands out
// single pages, each with a count of 1. All this was *read*. *Not verified*: a device's own coherent memory, and a
// restricted DMA pool. Here is a block of two pages:

// %% id=dma-alloc-run
show(ttm.allocatorTable(['5.12', '6.12', '6.13']));

// %% [markdown] id=ex-7
// ## Exercise 7: count the heads
//
// For how many pages of a buffer does 6.12 serve the guest? The pool takes one block for each 1024 pages. What about
// the rest?

// %% id=tt-7
const served: ttm.Mappable = size => Math.ceil(size / 1024);
check('tt-7', served);

// %% [markdown] id=ex-8
// ## Exercise 8: what does the count do?
//
// Write down the counts of each access, from before it to after it. `[3, 4, 3]` is a count that goes up by one and
// comes back; `[3]` is one that never changes. A [THP](../docs/glossary.md#thp) (transparent huge page) is a compound page.

// %% id=tt-8
const mySequences: ttm.Sequences = {
  'TTM tail, 5.12': [],
  'THP tail, 5.12: of its head': [], // nothing else maps it: it starts at 1
  'TTM head, 6.6': [],
  'TTM tail, 6.13': [],
};
check('tt-8', mySequences);

// %% [markdown] id=misconceptions
// ## What one might think
//
// | one might think | but |
// |---|---|
// | a reference stops the mapping from changing | munmap, a move and copy-on-write still change it; the reference only keeps the memory allocated |
// | every valid `struct page` is counted | a TTM tail and reserved RAM are not |
// | all tails are alike | without `__GFP_COMP` a put acts on that very page, and frees it |
// | 5.13 fixed the mapping of TTM pages | 5.13 forbade it; 6.13 made it work |
// | the walk returns a held or pinned page | it takes no reference; the notifier says when to let go |
// | it is enough to check `in_progress` | a whole invalidation fits between walk and install |
// | it is enough if seq changes at the beginning | a fault may start after the begin and still walk the old entry |

// %% [markdown] id=caught
// ## What would have caught it
//
// - A debug kernel: with `CONFIG_DEBUG_VM`, `get_page()` BUGs at a count of 0 (`VM_BUG_ON_PAGE`). Otherwise nothing looks
//   wrong.
// - Types: a pfn from a walk should have another type than a page that was got.
// - A test driver that maps a tail, and a guest that touches it.
//
// Two commands for today:
//
// ```sh
// git grep -nw -e follow_pte -e follow_pfnmap_start -- '*.c'   # who walks? each must do without get_page()
// npx put-page explore ttm-tail-page --release 5.12            # the shortest way into the bug
// ```

// %% [markdown] id=sources
// ## Sources
//
// - [The fix of the CVE, f8be156be163](https://git.kernel.org/torvalds/c/f8be156be163) *(read)*
// - [GHSA-7wq5-phmq-m584](https://github.com/google/security-research/security/advisories/GHSA-7wq5-phmq-m584), the
//   report of the CVE *(read)*
// - [drm/ttm: Refcount allocated tail pages](https://lore.kernel.org/r/20220815095423.11131-1-dmitry.osipenko@collabora.com),
//   the thread's patch *(read)*

// %% id=sources-table
show(linux.mailsTable('ttm-tail-pages'));
show(linux.commitsTable('ttm-tail-pages'));
show(linux.historyTable('kvm_gets_pfnmap', 'ttm_mapping'));

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. Why does the same buffer work after the machine has run for a day, and not right after boot?
// 2. The sequence count changes at the end of an invalidation. What would go wrong if KVM looked only at
//    `in_progress`?
// 3. Who would have to know what, so that KVM need not guess? (Notebook 04.)

// %% [markdown] id=answers
// <details><summary><b>Answers, when you have yours</b></summary>
//
// 1. By then memory is fragmented: the pool gets single pages, and each is its own head.
// 2. A fault walks, a whole invalidation begins and ends, and the fault installs: nothing is in progress then.
// 3. Whoever finds the pfn knows whether a reference was taken. This must travel to where it is put.
//
// </details>

// %% [markdown] id=answers-more
// On to [notebook 03](03-zero-pfn-gup-loop.ipynb): a page that may be pinned and may not stay.
