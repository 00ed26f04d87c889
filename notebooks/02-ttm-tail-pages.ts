// %% [markdown] id=claim
// # One touch of a GPU buffer opens the host’s memory
//
// A guest touches one page of a GPU buffer, once. From then on it writes into memory of the host that belongs to
// somebody else (CVE-2021-22543).
//
// **50 minutes** in a room (if time is short, leave out exercises 2, 5 and 7), and half an hour to read on. You know
// what a page table entry is; notebook 00 shows how to read figures and cells.
//
// | | |
// |---|---|
// | thread | KVM's page reference on TTM pages, August 2022 |
// | attacker of the CVE | a local user who controls a VMM: the VMM maps the buffer and runs the guest |
// | releases | 4.8 to 6.13. TTM has such blocks since 4.15, so 4.8 is a what-if: the block stands for another driver's |
// | modelled | blocks without `__GFP_COMP`, special entries, gup, walk, notifier, TTM's free |
// | left out | per-CPU lists, caching attributes, two buffers; TTM up to 5.10 (its blocks had order 9 only) |

// %% id=import
import { check, figures, firstSteps, hint, linux, predict, reveal } from 'put-page';
import { search, show, solution, tracking, ttm } from 'put-page';

// %% [markdown] id=words
// ## A few words of KVM and of GPUs are enough
//
// | word | meaning |
// |---|---|
// | VMM | the process that owns the guest: QEMU, crosvm |
// | hva; gfn; pfn | an address of the VMM; a page number of the guest; a page number of the host |
// | memslot | KVM's record of which gfns lie at which hva |
// | SPTE | KVM's own page table entry for the guest: gfn to pfn (the second stage of translation) |
// | gup | `get_user_pages()`: finds the page at an hva and takes a reference to it |
// | walk | KVM reads the VMM's page table by itself: it finds a pfn and takes no reference |
// | mmu notifier | the host calls KVM before it changes a page table, and KVM drops its SPTEs |
// | TTM | the memory manager below amdgpu and others; its pool allocates system RAM in blocks |
// | `VM_PFNMAP`, special entry | a mapping of bare pfns: users must leave `struct page` alone, and gup refuses |
// | head, tail | the first page of a block of 2ⁿ pages; each of the others |

// %% [markdown] id=wrong-run
// ## The wrong run comes first: one fault, Linux 5.12
//
// TTM allocates a block of two pages without `__GFP_COMP`: two pages in a row that do not form a compound page. It
// maps them into the VMM with special entries. The guest touches page 1. Place a bet before you run it, or leave it
// empty.

// %% id=bet-count
predict('tt-count');
predict('tt-after');

// %% id=run-cve
// the vCPU, until its next fault would begin; then another task allocates a page; then the guest writes
const story = ['vcpu to kvm_faultin_pfn', 'other', 'guest'];
const cve = ttm.ttmTailPage({ release: '5.12' }).run(story);
show(cve.score('page[1]._refcount', { title: '5.12: page 1, from the guest’s first touch' }));
reveal('tt-count', cve.value('page[1]._refcount', 0));
reveal('tt-after', cve.value('page[1].free', 6) ? 'in the allocator' : 'in the buffer');

// %% [markdown] id=read-lanes
// ## Nothing raced, and no line is wrong by itself
//
// gup refuses the mapping twice. KVM then walks the page table and finds a pfn that has a `struct page`. It takes a
// reference to that page, because its release will put one later. That put takes the count from 1 to 0, so the page
// is freed while TTM still has it in its buffer. Another task allocates it, and the guest still writes to it through
// its SPTE.

// %% id=lanes
// the step that frees: what the kernel's function does in this release, and how the model writes it
console.log(String(ttm.ttmTailPage({ release: '5.12' }).source('kvm_release_pfn_clean')));

// %% [markdown] id=real
// ## A real kernel did the same
//
// A kretprobe (code that runs when a function returns) puts 5.12's unconditional `get_page()` back into 6.1 and
// 6.12. The table compares the tail's count in those recordings with the model's. The line below it lists the steps
// of the recording.

// %% id=real-run
const probe = linux.recorded('oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)');
const recordedCounts = linux.RECORDED_KERNELS.map(kernel => {
  const at = (step: string) => probe.find(r => r.step === step)?.in[kernel];
  const puts = at('KVM_RUN guest read')?.releases as { ownRefAtRelease: number }[] | undefined; // a cast, as in C
  return [`recorded, ${kernel}`, at('user mapped')?.ref, puts?.[0]?.ownRefAtRelease, at('KVM_RUN guest read')?.ref];
});
const modelCounts = [-1, 4, 5].map(step => cve.value('page[1]._refcount', step + 1)); // -1: before the first step
const rows = [...recordedCounts, ['the model, 5.12', ...modelCounts]].map(row => row.map(String)); // ...list: its elements
show({ columns: ['', 'mapped', 'at the release', 'after it'], rows });
console.log(probe.map(r => r.step).join(' → '));

// %% [markdown] id=why-zero
// ## Two kinds of tail, one word
//
// With `__GFP_COMP` the block is a compound page: each tail points at the head, and get and put act on the head.
// Without it, page 0 has a count of 1, and every other page has a count of 0 and no pointer to a head. TTM frees the
// block as a whole, so it does not need a count for each page.

// %% id=two-tails
const pages = (gfp_comp: boolean) => ttm.ttmTailPage({ order: 2, gfp_comp }).run([]);
const row = (name: string, gfp_comp: boolean) => [
  name,
  ...[0, 1, 2, 3].map(i => Number(pages(gfp_comp).value(`page[${i}]._refcount`))),
  String(pages(gfp_comp).value('page[3].head') ?? 'none'),
];
show({
  columns: ['block of order 2', 'page 0', '1', '2', '3', 'head of page 3'],
  rows: [row('with __GFP_COMP', true), row('without', false)],
});

// %% [markdown] id=ex-1
// ## Exercise 1: what does the count do?
//
// Write down the counts of each access, from before it to after it. `[3, 4, 3]` is a count that goes up by one and
// comes back; `[3]` is one that never changes. You have not seen the last two yet: on 6.6 KVM still takes a
// reference to what a walk finds; on 6.13 it does not. A THP (transparent huge page) is a compound page.

// %% id=tt-1
const mySequences: ttm.Sequences = {
  'TTM tail, 5.12': [],
  'THP tail, 5.12: of its head': [], // nothing else maps it: it starts at 1
  'TTM head, 6.6': [],
  'TTM tail, 6.13': [],
};
check('tt-1', mySequences);

// %% [markdown] id=machine
// ## The machine finds it, and there is no shorter way
//
// `explore` tries every order of the fault, the driver, the guest and another allocation. It searches breadth first,
// so the first run that it finds is a shortest one. It stops at the first property that breaks.

// %% id=bet-steps
predict('tt-steps');
predict('tt-66');

// %% id=machine-run
const bug = ttm.ttmTailPage({ release: '5.12' }).explore();
console.log(bug.text.split('\n', 2).join('\n')); // its steps are those of the lanes above, up to the put
reveal('tt-steps', bug.states < 100 ? 'under 100' : bug.states < 100_000 ? 'some thousands' : 'millions');

// %% [markdown] id=forbidden
// ## 5.13 forbade the mapping; it did not make it work
//
// Nicholas Piggin's patch takes the reference only if the count is not 0. A tail's count is 0, so the fault fails,
// and the VMM prints "Bad address". That is safe, but useless. We therefore ask each release two questions. Does any
// order do harm? And is the access ever *served*, so that the guest gets its page?

// %% id=forbidden-run
const served = { property: 'the guest’s access is served' };
const verdicts = ['4.8', '5.12', '5.13', '6.6', '6.12.117', '6.13'].map(release => {
  const m = ttm.ttmTailPage({ release });
  const safe = m.explore();
  return [release, safe.verdict, safe.violated ?? '–', m.explore(served).verdict, safe.states];
});
show({ columns: ['release', 'every order', 'breaks', 'ever served', 'states'], rows: verdicts });
reveal('tt-66', verdicts[3]?.[3] === 'reached' ? 'it works' : verdicts[3]?.[1] === 'holds' ? '-EFAULT' : 'the same');

// %% [markdown] id=affected
// ## Is my kernel affected?
//
// `pfnmap-tail-freed` is the CVE, and `pfnmap-tail-refused` is the "Bad address" that its fix brought. Put in what
// `uname -r` prints on your machine; `npx put-page affected` asks the same in a terminal. Distributions carry fixes
// under old version numbers; where that was not looked up, the answer says that it is not known.

// %% id=affected-run
const uname = '6.1.90';
const asked02 = linux.affected(uname).answers.filter(a => a.thread === 'ttm-tail-pages');
show({
  columns: [`on ${uname}`, 'answer', 'why', 'mainline fixed it in'],
  rows: asked02.map(a => [a.bug, a.answer, a.why, a.mainline_good ?? 'none']),
});

// %% [markdown] id=half-works
// ## Part of a buffer works, and which part is chance
//
// The pool is greedy. It asks for the largest block of 2ⁿ pages (n is at most 10) that is not larger than what is
// still missing. Where the allocator has no such block, the pool asks for a smaller one. Only the head of each block
// has a count.

// %% id=bet-1000
predict('tt-1000');
predict('tt-fragmented');

// %% id=buffer
const orders = linux.ttm_pool_alloc(1000);
console.log(`1000 pages, not fragmented: orders ${orders.join(', ')}: ${orders.length} heads`);
console.log(`only single pages left:     ${linux.ttm_pool_alloc(1000, 0).length} heads`);
reveal('tt-1000', orders.length);
reveal('tt-fragmented', linux.ttm_pool_alloc(1000, 0).length);

// %% [markdown] id=sawtooth
// ## The fraction that works is 2⁻ⁿ
//
// In a block of order n, one page in 2ⁿ has a count. For a whole buffer, the fraction drops at each power of two,
// where a single block is enough. Just below a power of two the pool needs many small blocks, and each of them has a
// head.

// %% id=sawtooth-run
const n = Array.from({ length: 64 }, (_, i) => i + 1); // 1 to 64
const share = n.map(size => linux.ttm_pool_alloc(size).length / size);
show(
  figures.curve({
    title: '5.13 to 6.12: the part of a buffer that a guest can touch',
    series: [{ name: 'mappable', x: n, y: share }],
    xTitle: 'pages of the buffer',
    yTitle: 'part of it',
  }),
);
const byOrder = [0, 1, 2, 5, 9, 10].map(o => [o, 2 ** o, 1, `${(100 / 2 ** o).toPrecision(3)} %`]);
show({ columns: ['order', 'pages', 'with a count', 'part'], rows: byOrder });

// %% [markdown] id=ex-2
// ## Exercise 2, worked: count the heads
//
// The pool takes one block for each 1024 pages, and one more for each bit that is set in the rest. Run the cell.
// Then change a line, and see for which buffer the function goes wrong first.

// %% id=tt-2
const mappable: ttm.Mappable = size => {
  let blocks = Math.floor(size / 1024);
  for (let rest = size % 1024; rest > 0; rest >>= 1) blocks += rest & 1;
  return blocks;
};
check('tt-2', mappable);

// %% [markdown] id=kinds
// ## Every kind of page, in every release that changed something
//
// Each cell is a run of the model: one guest access, with the count at each step. `served` means that no count
// moved. *By VM_PFNMAP* stands for a driver that allocates with `__GFP_COMP` and maps a page of its block as TTM
// does. *DAX* is memory of a device that is mapped as pages (notebook 01).

// %% id=kinds-run
const releases = ['5.3', '5.4', '5.6', '5.13', '6.12', '6.13'];
const table = tracking.accessTable(releases).rows;
const short: [RegExp, string][] = [
  [/freed under.*/, 'FREED'], // /…/ is a regular expression; the word beside it replaces what it matches
  [/served, never put/, 'LEAK'],
  [/(, count stays.*)|(no reference: )|(: served$)/, ''],
];
const cell = (kind: string, release: string) => {
  const said = table.find(r => r[0] === kind)?.[2 + releases.indexOf(release)] ?? '';
  const tone = /freed|never/.test(said) ? 'bad' : /EFAULT/.test(said) ? 'warn' : 'good';
  return { text: short.reduce((text, [what, by]) => text.replace(what, by), said), tone } as const;
};

// %% id=kinds-show
const kinds = linux.PAGE_KINDS.map(k => k.name);
show(figures.releaseMatrix({ title: 'One guest access: the count', kinds, releases: releases, cell: cell }));

// %% [markdown] id=ex-3
// ## Exercise 3: which pages does 6.12 refuse?
//
// `pfn` holds what the check can see: `found_by` (`'gup'` or `'walk'`), `pfn_valid` (is there a `struct page`?),
// `PageReserved`, and `page_ref_count` of that very `struct page`. The starter refuses every page with a count of 0.
// That is too simple. Correct it.

// %% id=tt-3
const refuses = (pfn: ttm.PfnFacts) => pfn.page_ref_count === 0;
check('tt-3', refuses);

// %% [markdown] id=first-question
// ## A reference does not stop the mapping from changing
//
// Christian König asked the thread's first question: what is the reference for? If it is meant to stop the mapping
// from changing, it cannot. Here the fault holds an anonymous page by gup, with a proper reference. The host takes
// the mapping away all the same.

// %% id=first-question-run
const world = tracking.trackedReference({ release: '6.12', kind: 'anonymous, order 0' });
const grabbed = world.run(['vcpu x2']); // the fault has its page
const moved = grabbed.more(['host x3', 'vcpu x2']); // the same run, continued
show(moved.ledger('page[0]._refcount', { title: '6.12: grabbed, invalidated, let go' }));
console.log(`mapped by the host: ${moved.value('va[0].page') ?? 'no'}; by KVM: ${moved.value('va[0].spte') ?? 'no'}`);

// %% [markdown] id=refault
// ## The mapping may change again and again
//
// The fault takes a reference, finds that the mapping has changed, lets the page go, and starts over. *Does the
// guest get its page in the end, if every task that stays runnable eventually runs?* The search can answer this too:
// the answer is no if there is a run that goes round forever. We ask with the reference and without it:

// %% id=refault-run
const get = { property: 'the guest gets its page', fairness: 'weak' } as const;
const [withRef, without] = [ttm.refault(true).explore(get), ttm.refault(false).explore(get)];
console.log(`it gets its page, with a reference: ${withRef.verdict}; without: ${without.verdict}`);
// a lasso: the steps that lead to a cycle, and the cycle that can go on forever
const round = withRef.lasso?.cycle.steps.map(s => `${s.process} ${s.step}`) ?? [];
console.log(`again and again: ${round.join(', ')}`);
console.log(`the page stays allocated: ${ttm.refault(true).explore().verdict}`);

// %% [markdown] id=notifier
// ## What protects the fault is the notifier
//
// Its parts are a sequence count (*seq*) that changes at the end of an invalidation, a mark while one is in
// progress, a snapshot of seq before the walk, and a check of both under `mmu_lock`, just before the SPTE is
// installed. A *stale* SPTE leads to a page that the host no longer maps. We try every order, and take one part away
// at a time:

// %% id=bet-stale
predict('tt-stale');
predict('tt-reference');

// %% id=variants
const { protocol, PROTOCOL_VARIANTS: parts } = firstSteps;
const bad = 'no stale SPTE';
const stale = (reference: boolean) =>
  parts.map(variant => search.ordersThatBreak(protocol({ variant, reference }), bad).length);
const [enumerated, held] = [stale(false), stale(true)];
const found = parts.map(variant => search.ordersTheExplorerFinds(protocol({ variant }), bad).length);
const series = [
  { name: 'enumerated', values: enumerated },
  { name: 'found by the explorer', values: found },
  { name: 'with a reference held', values: held },
];
show(figures.bars({ title: 'Orders that leave a stale SPTE', labels: parts, series, unit: 'orders' }));

// %% id=variants-reveal
reveal('tt-stale', enumerated[1]);
reveal('tt-reference', held[1]);
// 'fault.walk' → 'W'
const letters = (steps: readonly string[]) =>
  steps.map(s => firstSteps.PROTOCOL_LETTERS[s.split('.')[1] ?? '']).join('');
const named = firstSteps.PROTOCOL_VARIANTS.filter(variant => variant !== 'seq at begin').map(variant => {
  const model = firstSteps.protocol({ variant });
  const broken = search.ordersThatBreak(model, 'no stale SPTE').map(order => letters(order.steps));
  return [variant, search.everyOrder(model).length, broken.join(' ')];
});
show({ columns: ['variant', 'orders', 'stale in'], rows: named });

// %% [markdown] id=letters
// Capital letters are the fault: S snapshot, W walk, C check, I install. Small letters are the invalidation: b begin
// (the SPTEs are dropped), c clear (the host's entry changes and the page is freed), e end. In every row but the
// last, C and I are one step, because the fault holds `mmu_lock` over both. One variant is missing from the table:
// it is yours, in the next exercise.

// %% [markdown] id=ex-4
// ## Exercise 4: break it yourself
//
// The sequence count now changes at the begin; everything else is as it should be. Write the one order that leaves a
// stale SPTE. `'fault x3'` stands for the three steps of the fault: S, W, and C together with I.

// %% id=tt-4
check('tt-4', ['fault x3', 'invalidate x3']);

// %% [markdown] id=proposals
// ## Two proposals of the thread, as models
//
// KVM's release has only a pfn and *guesses* whether to put: yes, if there is a `struct page` that is not reserved.
// Dmitry Osipenko proposed to mark the pool's pages reserved. The other proposal takes no reference for `VM_PFNMAP`,
// only for `VM_MIXEDMAP` (a mapping of counted pages and bare pfns). Dmitry withdrew the first: KVM needed changes
// all the same.

// %% id=bet-mixedmap
predict('tt-mixedmap');

// %% id=proposals-run
const marked = ttm.ttmTailPage({ release: '6.1.192', reserved: true });
const warns = { property: 'KVM warns of a page that nobody holds' };
const half = ttm.ttmTailPage({ release: '6.1.192', skip_get: true }).explore();
console.log(`SetPageReserved: ${marked.explore().verdict}; served: ${marked.explore(served).verdict}`);
console.log(`  and ${warns.property}: ${marked.explore(warns).verdict}`);
console.log(`no get for VM_PFNMAP, release as it is: ${half.verdict} (${half.violated})`);
if (half.trace !== undefined) show(half.trace.lanes({ title: 'No get, and a put all the same' }));
reveal('tt-mixedmap', half.violated === 'accounting' ? 'a put without a get' : half.verdict);

// %% [markdown] id=reserved-note
// With the first proposal every access is served, but the kernel warns. Before the guess skips a reserved page, it
// asks whether the page is ZONE_DEVICE. `kvm_is_zone_device_page()` (until 5.19 `kvm_is_zone_device_pfn()`) has a
// `WARN_ON_ONCE` for a page whose count is 0 (*read*: 5.4 to 6.12). That this warning was Dmitry's reason is
// *inferred*. Besides, every driver that maps such pages would have to mark them.

// %% [markdown] id=ex-5
// ## Exercise 5: the first proposal, with the fewest marks
//
// TTM has a block of four pages, on 6.1.192. Which pages must TTM mark reserved, so that the guest can touch all
// four? The starter marks none.

// %% id=tt-5
const mark: ttm.Mark = page => false;
check('tt-5', mark);

// %% [markdown] id=ex-6
// ## Exercise 6: no rule in the release can repair the second proposal
//
// gup took a reference to its page; after a walk KVM no longer takes one. Name two kinds of page that look the same
// to the release but need different answers. Use the names of the rows in *Every kind of page*.

// %% id=tt-6
check('tt-6', ['TTM tail', 'zero page']);

// %% [markdown] id=caveat
// ## Wait: why not simply map them without a reference?
//
// Some of KVM's own uses have no notifier. `kvm_vcpu_map()` keeps a kernel address of a page while L2 (a guest of
// the guest) runs. Sean Christopherson warned that mapping uncounted pages first would make this hole larger. The
// table counts the kinds of page that KVM could use after they are freed. Its middle row turns 6.13's protection
// off, by a module parameter:

// %% id=caveat-run
const holes = (o: tracking.TrackedReference) =>
  linux.PAGE_KINDS.filter(
    k => tracking.trackedReference({ ...o, kind: k.name, map: true }).explore().verdict === 'violated', // ...o: its fields
  ).length;
show({
  columns: ['kernel', `of ${linux.PAGE_KINDS.length} kinds, used after free`],
  rows: [
    ['6.12', holes({ release: '6.12' })],
    ['6.13, allow_unsafe_mappings', holes({ release: '6.13', allow_unsafe_mappings: true })],
    ['6.13', holes({ release: '6.13' })],
  ],
});

// %% [markdown] id=vram
// ## What lies behind one offset of a buffer may change
//
// A pfn of VRAM (the GPU's own memory) has no `struct page` to ask about. When VRAM runs short, amdgpu evicts the
// buffer to system RAM, into blocks of TTM's pool. The run touches page 1, evicts the buffer, and touches page 1
// again (`page[3]` stands for its pfn in VRAM). Then the search tries every order, for the property *every access of
// the guest is served*.

// %% id=bet-evicted
predict('tt-evicted');

// %% id=vram-run
const evicted = ['5.12', '6.12', '6.13'].map(release => {
  const { first, second } = ttm.placementRun({ release });
  const all = ttm.ttmPlacement({ release }).explore();
  const inRam = ttm.placementRun({ release, placement: 'system' }).first;
  return [release, first, second ?? '–', inRam, all.violated ?? all.verdict];
});
const accesses = ['in VRAM', 'evicted, touched again', 'in RAM from the start', 'every order: breaks'];
show({ columns: ['release', ...accesses], rows: evicted });
reveal('tt-evicted', evicted[1]?.[2]);

// %% id=vram-lanes
show(ttm.placementRun({ release: '6.12' }).trace.lanes({ title: '6.12: served, evicted, -EFAULT' }));

// %% [markdown] id=ex-7
// ## Exercise 7: let TTM find out
//
// This is Linux 5.12 again. In the first run TTM noticed nothing. Write a run that ends with TTM freeing a block
// although one of its pages no longer belongs to TTM. The processes are `vcpu`, `guest`, `ttm` and `other`; `'ttm to
// done'` runs all of TTM's steps.

// %% id=tt-7
check('tt-7', ['vcpu x3']);

// %% [markdown] id=staircase
// ## The same touch ends in three ways
//
// The figure shows the tail's count step by step: in a release that frees the page (5.12), in one that refuses the
// access (6.6), and in one that serves it (6.13). In the last two the count stays at 0; they differ in whether the
// guest gets its page.

// %% id=staircase-run
const touches = ['5.12', '6.6', '6.13'].map(release => tracking.guestAccess({ release, kind: 'TTM tail' }));
const ways3 = ['5.12: freed under TTM', '6.6: refused, -EFAULT', '6.13: served, no reference'];
const steps = ['start', ...(touches[0]?.trace.steps.map(s => s.step) ?? [])];
const stairs = touches.map(({ trace }, at) => ({
  name: ways3[at] ?? '',
  values: steps.map((_, i) => Number(trace.value('page[1]._refcount', Math.min(i, trace.steps.length)))),
}));
show(figures.staircase({ title: 'A TTM tail: its count', unit: '_refcount', labels: steps, stairs }));
console.log(touches.map((t, i) => `${ways3[i]}: served ${t.served}, freed ${t.freed}`).join('\n'));

// %% [markdown] id=read-on
// ## Read on: the fifty minutes end here
//
// Before you go, look at the three questions near the end. The rest takes another half hour: the way of a blob (a
// buffer that the host makes for the guest) from the guest's command to its first fault; a race for the head; ranges
// of invalidations; where blocks come from; and the recordings. After that come common misconceptions, sources and
// answers.

// %% [markdown] id=lifecycle
// ## virtio-gpu: many holders lead to one page
//
// The guest's GPU driver sends `CREATE_BLOB` and `MAP_BLOB`. The VMM exports the buffer as a dma-buf (a file that
// drivers share), maps it, and makes it a memslot. The first touch faults; later the host swaps the buffer out; in
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
// the handle goes first (QEMU does not do this)? What if a VMM unmaps and closes, and deletes the memslot last? The
// search tries each of these with the notifier, without it, and without it where no driver evicts.

// %% id=bet-munmap
predict('tt-munmap');

// %% id=teardown-run
// .without('ttm'): the same model, and nobody who evicts
const takenDown = (Object.keys(ttm.TEARDOWNS) as (keyof typeof ttm.TEARDOWNS)[]).map(teardown => {
  const blind = ttm.virtioGpuBlob({ teardown, notifier: false });
  const all = [ttm.virtioGpuBlob({ teardown }), blind.without('ttm'), blind].map(m => m.explore());
  return [teardown, ...all.map(v => v.violated ?? v.verdict)];
});
const worlds = ['with the notifier', 'without, never evicted', 'without'];
show({ columns: ['the VMM goes', ...worlds], rows: takenDown });
const [, withIt, blindly] = takenDown.find(r => r[0] === 'slot last') ?? [];
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
// frees_rest: __free_pages() with e320d3012d25, or without it; unless told, as the release does
const race = (release: string, fix = {}) => ttm.ttmTailPage({ release, touch: 0, ...fix }).run(schedule);
const raced = { '5.9': race('5.9'), '5.9 + e320d3012d25': race('5.9', { frees_rest: true }), '6.12': race('6.12') };
const freedIn = (run: typeof cve, page: number) => {
  const step = run.steps.find(s => s.changes.some(c => c.path === `page[${page}].free`));
  return step === undefined ? 'never: lost' : `${step.process} ${step.step}`;
};
const ends = Object.entries(raced).map(([k, run]) => [k, freedIn(run, 0), freedIn(run, 1)]);
show({ columns: ['kernel', 'page 0 freed in', 'page 1 freed in'], rows: ends });
reveal('tt-race', freedIn(raced['5.9'], 1).startsWith('never') ? 'lost' : 'freed at once');

// %% id=race-ledger
show(raced['5.9'].ledger('page[0]._refcount', { title: '5.9: TTM frees while KVM holds the head' }));

// %% [markdown] id=race-note
// Up to 5.9, `__free_pages()` did nothing more if its put was not the last one. Since e320d3012d25 it frees the rest
// of the block at once, unless the block is a compound page, and the race is harmless. In 5.9 TTM had only blocks of
// 512 pages; two pages stand for them here.

// %% [markdown] id=ranges
// ## All invalidations under way share one range
//
// Up to 5.11 every fault retries while anything is invalidated. Since 5.12 KVM keeps a range, which x86 checks: from
// the lowest start to the highest end of all invalidations in progress. It does not shrink before the last one ends.
// Here gfn 0 and gfn 2 are invalidated. A retry is *in vain* if the fault's page was right and its gfn was not being
// invalidated.

// %% id=bet-range
predict('tt-range');
predict('tt-unlocked');

// %% id=ranges-run
const middle = ttm.invalidateRange({ release: '6.7', gfn: 1 }).run(['low', 'high', 'fault x3']);
reveal('tt-range', middle.value('kvm.retried') === 'no' ? 'it maps its page' : 'it retries');
const kept = ttm.RANGE_VARIANTS.filter(v => v !== 'unlocked check only');
const asked = [{ release: '5.11', variant: 'correct' } as const, ...kept.map(variant => ({ release: '6.7', variant }))];
const [on0, on1] = [0, 1].map(gfn => asked.map(a => ttm.rangeReading({ ...a, gfn })));
const readings = [
  { name: 'fault on gfn 1: in vain, one in progress', values: (on1 ?? []).map(r => r.in_vain_by_range) },
  { name: 'on gfn 1: in vain, one has ended', values: (on1 ?? []).map(r => r.in_vain_by_seq) },
  { name: 'on gfn 0: stale SPTE', values: (on0 ?? []).map(r => r.stale) },
];
const asLabels = asked.map(a => `${a.release}, ${a.variant}`);
show(figures.bars({ title: `Of ${on1?.[0]?.orders} orders`, labels: asLabels, series: readings, unit: 'orders' }));

// %% [markdown] id=unlocked
// Counted in orders, the range saves little; it was made for invalidations whose thread is preempted. Every end
// makes all faults retry that began before it. Filtering that by the range is wrong, since it may belong to another
// invalidation by then (the last bars). From 6.8 on x86 also checks without `mmu_lock`, and may get either wrong
// answer. *Inferred*: it may read a new count beside an old range.

// %% id=unlocked-run
const differ = (begin: 'one step' | 'two stores', property: string) => {
  const v = ttm.invalidateRange({ release: '6.8', gfn: 0, unlocked: 'noted', begin }).explore({ property });
  return [begin, property, v.trace?.steps.map(s => `${s.process} ${s.step}`).join(', ') ?? v.verdict];
};
const ways = (['one step', 'two stores'] as const).flatMap(begin =>
  [ttm.UNLOCKED_MISSES, ttm.UNLOCKED_EXCEEDS].map(property => differ(begin, property)),
);
show({ columns: ['begin is', 'the answers', 'shortest order'], rows: ways });
const believed = ttm.rangeReading({ release: '6.8', variant: 'unlocked check only', gfn: 0 });
console.log(`the locked check left out: ${believed.stale} of ${believed.orders} orders stale`);
reveal('tt-unlocked', believed.stale > 0 ? 'yes' : 'no');

// %% [markdown] id=dma-alloc
// ## `use_dma_alloc` changes nothing, unless there is CMA
//
// With this flag TTM asks the DMA API for memory: contiguous, and never with `__GFP_COMP`. dma-direct and dma-iommu
// first ask CMA (the contiguous memory allocator, RAM set aside at boot), then the page allocator. CMA hands out
// single pages, each with a count of 1. All this was *read*. *Not verified*: a device's own coherent memory, and a
// restricted DMA pool. Here is a block of two pages:

// %% id=dma-alloc-run
show(ttm.allocatorTable(['5.12', '6.12', '6.13']));

// %% [markdown] id=recordings
// ## The model against two kernels
//
// A test module mapped a block of order 3 in five ways, with and without `__GFP_COMP`, and gup and a guest touched
// the head and a tail. `npx put-page replay` plays every recorded row through the model. This table shows the
// recorded rows of a compound block:

// %% id=recordings-run
const guests = linux.RECORDED_KERNELS.map(k => [
  k,
  ...['head', 'tail1'].map(who => {
    const r = linux.recorded(`kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn __GFP_COMP ${who}`, 'KVM_RUN guest read');
    return Number(r[0]?.in[k].errno) === 14 ? 'EFAULT' : 'OK';
  }),
]);
show({ columns: ['recorded, with __GFP_COMP', 'head', 'tail'], rows: guests });

// %% [markdown] id=even-comp
// Even a *compound* tail is refused, because `get_page_unless_zero()` looks at the page itself, not at its head. So
// `__GFP_COMP` in TTM would not have been enough.

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
// | it is enough if the sequence count changes at the begin | a fault may start after the begin and still walk the old entry |

// %% [markdown] id=caught
// ## What would have caught it
//
// - A debug kernel: with `CONFIG_DEBUG_VM`, `get_page()` stops at a count of 0. Otherwise nothing about the page
//   looks wrong when it is freed.
// - Types: a pfn from a walk should have another type than a page that was got.
// - A ledger of references: TTM counted nothing for a tail, so nobody may put it.
// - A test driver that maps a tail, and a guest that touches it.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// Answer them before you look at the last cell.
//
// 1. Why does the same buffer work after the machine has run for a day, and not right after boot?
// 2. The sequence count changes at the end of an invalidation. What would go wrong if KVM looked only at
//    `in_progress`?
// 3. Who would have to know what, so that KVM need not guess? (Notebook 04.)

// %% [markdown] id=sources
// ## Sources
//
// The tables show who wrote what, and the rows of `data/releases.json` with their evidence: `recorded`, `read` or
// `inferred`.

// %% id=sources-table
const t = linux.thread('ttm-tail-pages');
show({ columns: ['date', 'who', 'what'], rows: t.mails.map(m => [m.date, m.from, m.what]) });
show({
  columns: ['commit', 'subject', 'release'],
  rows: t.commits.map(c => [c.commit, c.subject, c.release ?? '–']),
});
const rules = (['kvm_gets_pfnmap', 'ttm_mapping'] as const).flatMap(b =>
  linux.history(b).map(r => [b, r.value, r.from, r.commit ?? '–', r.evidence]),
);
show({ columns: ['behaviour', 'value', 'from', 'commit', 'evidence'], rows: rules });

// %% [markdown] id=answers
// ## Answers, when you have yours
//
// 1. By then memory is fragmented: the pool gets single pages, and each is its own head.
// 2. A fault walks, a whole invalidation begins and ends, and the fault installs a stale SPTE: nothing is in
//    progress at that moment.
// 3. Whoever finds the pfn knows whether a reference was taken. This must travel with the pfn to where it is put.
