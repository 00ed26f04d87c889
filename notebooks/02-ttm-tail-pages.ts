// %% [markdown] id=claim
// # A get on something that has no count
//
// A guest touches one page of a GPU buffer, once, and can write into memory of the host from then on
// (CVE-2021-22543).
//
// **50 minutes** in a room (if time is short, leave out exercises 2, 5 and 7), and half an hour to read on. You know what a page
// table entry is; notebook 00 shows how to read figures and cells.
//
// | | |
// |---|---|
// | thread | KVM's page reference on TTM pages, August 2022 |
// | releases | 4.8 to 6.13: what they do with this page changed, and changed again |
// | modelled | blocks without `__GFP_COMP`, special entries, gup, walk, notifier, TTM's free |
// | left out | per-CPU lists, caching attributes, two buffers; TTM up to 5.10 (blocks since 4.15, of order 9 only) |

// %% id=import
import { check, figures, firstSteps, hint, linux, predict, replay, reveal, runs, search, show } from 'put-page';
import { solution, tracking, ttm } from 'put-page';

// %% [markdown] id=words
// ## A few words of KVM and of GPUs are enough
//
// | word | is |
// |---|---|
// | VMM | the process that owns the guest: QEMU, crosvm |
// | hva; gfn; pfn | an address of the VMM; a page number of the guest; one of the host |
// | memslot | which gfns lie at which hva |
// | SPTE | KVM's own page table entry for the guest: gfn to pfn (stage 2) |
// | gup | `get_user_pages()`: the page at an hva, and a reference to it |
// | walk | KVM reads the VMM's page table by itself: a pfn, no reference |
// | mmu notifier | calls KVM before the host changes a page table; KVM drops its SPTEs |
// | TTM | the memory manager below amdgpu and others; its pool allocates system RAM in blocks |
// | `VM_PFNMAP`, special entry | bare pfns are mapped: hands off `struct page`, and gup refuses |
// | head, tail | the first page of a block of 2ⁿ pages; each of the others |

// %% [markdown] id=wrong-run
// ## The wrong run comes first: one fault, Linux 5.12
//
// TTM allocates a block of two pages without `__GFP_COMP`: two pages in a row, but no compound page. It maps them into the VMM
// with special entries. The guest touches page 1. Before you run it, place a bet; a blank is fine.

// %% id=bet-count
predict('tt-count');
predict('tt-after');

// %% id=run-cve
// the vCPU until its next fault would begin; then another task allocates a page; then the guest writes
const story = ['vcpu to kvm_faultin_pfn', 'other', 'guest'];
const cve = ttm.ttmTailPage({ release: '5.12' }).run(story);
show(cve.ledger('page[1]._refcount', { title: '5.12: the count of page 1, which nobody keeps' }));
reveal('tt-count', cve.value('page[1]._refcount', 0));
reveal('tt-after', cve.value('page[1].free', 6) ? 'in the allocator' : 'in the buffer');

// %% [markdown] id=read-lanes
// ## Nothing raced, and no line is wrong by itself
//
// gup refuses the mapping (`hva_to_pfn_fast`, `hva_to_pfn_slow`). KVM walks the page table, finds a pfn with a `struct page`, and
// gets that page, so that its later put has something to give back. The put brings the count to 0 and frees the page. Another
// task allocates it, and the guest still writes to it through its SPTE.

// %% id=lanes
show(cve.lanes({ title: '5.12: freed under TTM, taken by another, written by the guest' }));

// %% [markdown] id=real
// ## A real kernel did the same
//
// Here a probe put the old `get_page()` back into two later kernels, as 5.12 had it. The count of the tail, recorded
// there and from the model; below the table, what the recording did:

// %% id=real-run
const probe = linux.recorded('oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)');
const recordedCounts = linux.RECORDED_KERNELS.map(kernel => {
  const at = (step: string) => probe.find(r => r.step === step)?.in[kernel];
  const puts = at('KVM_RUN guest read')?.releases as { ownRefAtRelease: number }[] | undefined; // a cast
  return [`recorded, ${kernel}`, at('user mapped')?.ref, puts?.[0]?.ownRefAtRelease, at('KVM_RUN guest read')?.ref];
});
const modelCounts = [-1, 4, 5].map(step => cve.value('page[1]._refcount', step + 1)); // -1: before the first step
const rows = [...recordedCounts, ['the model, 5.12', ...modelCounts]].map(row => row.map(String));
show({ columns: ['', 'mapped', 'at the release', 'after it'], rows });
console.log(probe.map(r => r.step).join(' → '));

// %% [markdown] id=why-zero
// ## Two kinds of tail, one word
//
// With `__GFP_COMP` the block is a compound page: its tails point at the head, and get and put act there. Without it, page 0
// has a count of 1; the others have 0, and no head to point at. TTM frees the block as a whole, and needs no count for each
// page.

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

// %% [markdown] id=ex-2
// ## Exercise 1: what does the count do?
//
// Fill in each sequence, from before the access to after it: `[3, 4, 3]` is a count that goes up by one and back, `[3]` one that
// never moves. The last two you have not seen yet: on 6.6 KVM still gets what it finds by a walk, on 6.13 it does not. (THP: a
// compound page.)

// %% id=tt-2
const mySequences: ttm.Sequences = {
  'TTM tail, 5.12': [],
  'THP tail, 5.12: of its head': [], // nothing else maps it: it starts at 1
  'TTM head, 6.6': [],
  'TTM tail, 6.13': [],
};
check('tt-2', mySequences);

// %% [markdown] id=machine
// ## The machine finds it, and no way to it is shorter
//
// `explore` tries every order of the fault, the driver, the guest and another allocation, breadth first: so what it finds is the
// shortest. It stops at the first property that breaks.

// %% id=bet-steps
predict('tt-steps');
predict('tt-66');

// %% id=machine-run
const bug = ttm.ttmTailPage({ release: '5.12' }).explore();
console.log(bug.text.split('\n', 2).join('\n')); // its steps are those of the lanes above, up to the put
reveal('tt-steps', bug.states < 100 ? 'under 100' : bug.states < 100_000 ? 'some thousands' : 'millions');

// %% [markdown] id=forbidden
// ## 5.13 forbade it, and did not enable it
//
// Nicholas Piggin's patch takes the reference only if the count is not 0. A tail's is 0, so the fault fails, and the VMM prints
// "Bad address". That is safe, but of no use. Hence two questions of each release: does any order do harm, and is the access ever
// *served*?

// %% id=forbidden-run
const served = { property: 'the guest’s access is served' };
const verdicts = ['4.8', '5.12', '5.13', '6.6', '6.12.117', '6.13'].map(release => {
  const m = ttm.ttmTailPage({ release });
  const safe = m.explore();
  return [release, safe.verdict, safe.violated ?? '–', m.explore(served).verdict, safe.states];
});
show({ columns: ['release', 'every order', 'breaks', 'ever served', 'states'], rows: verdicts });
reveal('tt-66', verdicts[3]?.[3] === 'reached' ? 'it works' : verdicts[3]?.[1] === 'holds' ? '-EFAULT' : 'the same');

// %% [markdown] id=half-works
// ## Part of a buffer works, and which part is chance
//
// The pool is greedy: it asks for the largest block (of 2ⁿ pages, n at most 10) that is not more than what is still missing, and
// for smaller ones where the allocator has none. Only the head of each block has a count.

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
// One page in 2ⁿ of a block of order n. Of a whole buffer the part falls at each power of two, where one block is enough; just
// below it many small blocks are needed, and each has a head.

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

// %% [markdown] id=ex-1
// ## Exercise 2, worked: count the heads
//
// One block for each 1024 pages, and one for each bit that is set in the rest. Run it; then change a line, and see for which buffer
// it is wrong first.

// %% id=tt-1
const mappable: ttm.Mappable = size => {
  let blocks = Math.floor(size / 1024);
  for (let rest = size % 1024; rest > 0; rest >>= 1) blocks += rest & 1;
  return blocks;
};
check('tt-1', mappable);

// %% [markdown] id=kinds
// ## Every kind of page, in every release that changed something
//
// Each cell is a run of the model: one guest access, the count step by step. `served`: no count moved. *By VM_PFNMAP*: a driver
// that allocates with `__GFP_COMP` maps a page of its block like TTM does. *DAX*: memory of a device, mapped as pages (notebook 01).

// %% id=kinds-run
const releases = ['5.3', '5.4', '5.6', '5.13', '6.12', '6.13'];
const table = tracking.accessTable(releases).rows;
const short: [RegExp, string][] = [
  [/freed under.*/, 'FREED'], // a pattern in what the model says; what is written in its place
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

// %% [markdown] id=ex-4
// ## Exercise 3: which pages does 6.12 refuse?
//
// `pfn` says what the check can see: `found_by` (`'gup'` or `'walk'`), `pfn_valid`, `PageReserved`, and `page_ref_count` of that very
// `struct page`. The starter says: those with a count of 0. Too simple. Mend it.

// %% id=tt-4
const refuses = (pfn: ttm.PfnFacts) => pfn.page_ref_count === 0;
check('tt-4', refuses);

// %% [markdown] id=first-question
// ## A reference does not stop the mapping from changing
//
// The thread's first question, by Christian König: what is the reference for? If it is to stop the mapping from changing, it cannot. Here the fault holds an anonymous page by gup, the best
// reference there is. The host takes the mapping away all the same.

// %% id=first-question-run
const world = tracking.trackedReference({ release: '6.12', kind: 'anonymous, order 0' });
const grabbed = world.run(['vcpu x2']);
const moved = grabbed.more(['host x3', 'vcpu x2']);
show(moved.ledger('page[0]._refcount', { title: '6.12: grabbed, invalidated, let go' }));
console.log(`mapped by the host: ${moved.value('va[0].page') ?? 'no'}; by KVM: ${moved.value('va[0].spte') ?? 'no'}`);

// %% [markdown] id=refault
// ## And the mapping may change for ever
//
// Get, find the mapping changed, let go, fault again. *Does the guest get its page in the end, if every task that can run gets to
// run?* A machine can answer this too: no, if it finds a run that goes round for ever. With the reference and without:

// %% id=refault-run
const get = { property: 'the guest gets its page', fairness: 'weak' } as const;
const [withRef, without] = [ttm.refault(true).explore(get), ttm.refault(false).explore(get)];
console.log(`it gets its page, with a reference: ${withRef.verdict}; without: ${without.verdict}`);
const round = withRef.lasso?.cycle.steps.map(s => `${s.process} ${s.step}`) ?? [];
console.log(`again and again: ${round.join(', ')}`);
console.log(`the page stays allocated: ${ttm.refault(true).explore().verdict}`);

// %% [markdown] id=notifier
// ## What protects the fault is the notifier
//
// Its parts: a sequence count (*seq*) that changes at the end of an invalidation; a mark while one is in progress; a snapshot of seq
// before the walk; a check of both under `mmu_lock`, just before the SPTE is installed. An SPTE is *stale* if it leads to a
// page that the host no longer maps. One fault, one invalidation, every order; take one part away:

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
// Capitals are the fault: S snapshot, W walk, C check, I install. Small letters are the invalidation: b begin (SPTEs dropped), c clear
// (the host's entry changes, the page is freed), e end. In all but the last row C and I are one step, because `mmu_lock` is held over
// both. One variant is missing: it is yours.

// %% [markdown] id=ex-5
// ## Exercise 4: break it yourself
//
// The sequence count is moved to the begin; everything else is as it should be. Write the one bad order. `'fault x3'` is three
// steps of the fault: S, W, and C with I.

// %% id=tt-5
check('tt-5', ['fault x3', 'invalidate x3']);

// %% [markdown] id=proposals
// ## Two proposals of the thread, as models
//
// KVM's release has only a pfn, and *guesses* whether to put: yes, if there is a `struct page` that is not reserved. So: mark the pool's
// pages reserved. Or: take no reference for `VM_PFNMAP`, only for `VM_MIXEDMAP` (pages and bare pfns mixed). Dmitry Osipenko took
// the first one back: KVM needed changes all the same.

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
// The first one works, but not in silence. Before the guess lets a reserved page be, it asks for its zone, and
// `kvm_is_zone_device_page()`, up to 5.19 `kvm_is_zone_device_pfn()`, has a `WARN_ON_ONCE` for a page whose count is 0 (*read*: 5.4 to
// 6.12). And each driver that maps such pages would have to do it.

// %% [markdown] id=ex-6
// ## Exercise 5: the first proposal, with the fewest marks
//
// A block of four pages, 6.1.192. Which pages must TTM mark reserved, so that the guest can touch all four? The starter marks none.

// %% id=tt-6
const mark: ttm.Mark = page => false;
check('tt-6', mark);

// %% [markdown] id=ex-7
// ## Exercise 6: the second proposal cannot be mended in the release
//
// gup got its page, the walk no longer gets any. Name two kinds of page that look the same to a release, and want different
// answers. They are the rows of *Every kind of page*.

// %% id=tt-7
check('tt-7', ['TTM tail', 'zero page']);

// %% [markdown] id=caveat
// ## wait: why not simply map them without a reference?
//
// Because KVM has uses without a notifier: `kvm_vcpu_map()` keeps a kernel address while L2 (a guest of the guest) runs. Sean
// Christopherson's caveat: map uncounted pages before that is closed, and the hole gets larger. As a count of page kinds; the middle
// row turns 6.13's protection off by its module parameter:

// %% id=caveat-run
const holes = (o: Parameters<typeof tracking.trackedReference>[0]) =>
  linux.PAGE_KINDS.filter(
    k => tracking.trackedReference({ ...o, kind: k.name, map: true }).explore().verdict === 'violated',
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
// ## What is behind one offset of a buffer may change
//
// Behind a pfn of VRAM (the GPU's own memory) there is no `struct page` to ask about. When VRAM runs short, amdgpu evicts the buffer
// to system RAM, into blocks of TTM's pool. One run: touch page 1, evict, touch it again (`page[3]` stands for its pfn in VRAM). Then
// every order, under the property *every access of the guest is served*.

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

// %% [markdown] id=ex-3
// ## Exercise 7: let TTM find out
//
// Linux 5.12 again. In the first run TTM noticed nothing. Write a run at whose end it frees a block, one page of which is not its own
// any more. Processes: `vcpu`, `guest`, `ttm`, `other`; `'ttm to done'` is all its steps.

// %% id=tt-3
check('tt-3', ['vcpu x3']);

// %% [markdown] id=staircase
// ## The same touch ends in three ways
//
// The count of the tail, step by step, in the release that freed it, the one that refuses it, and the one that serves it.

// %% id=staircase-run
const touches = ['5.12', '6.6', '6.13'].map(release => ({
  release,
  trace: tracking.guestAccess({ release, kind: 'TTM tail' }).trace,
}));
const steps = ['start', ...(touches[0]?.trace.steps.map(s => s.step) ?? [])];
const stairs = touches.map(({ release, trace }) => ({
  name: release,
  values: steps.map((_, i) => Number(trace.value('page[1]._refcount', Math.min(i, trace.steps.length)))),
}));
show(figures.staircase({ title: 'A TTM tail: its count', unit: '_refcount', labels: steps, stairs }));

// %% [markdown] id=read-on
// ## Read on: the fifty minutes end here
//
// Before you go: the three questions near the end. What follows needs half an hour more: the way of a blob (a buffer that the host
// makes for the guest) from the guest's command to its first fault, a race for the head, ranges of invalidations, where blocks come
// from, and the recordings. Then what one might think, sources, answers.

// %% [markdown] id=lifecycle
// ## virtio-gpu: many hands lead to one page
//
// The guest's GPU driver sends `CREATE_BLOB` and `MAP_BLOB`. The VMM exports the buffer (as a dma-buf: a file that drivers share), maps
// it, makes it a memslot. The first touch faults; later the host swaps the buffer out; in the end the guest unmaps. *Read*: the guest
// driver, the buffer's references, the memslot, QEMU's order. *Inferred*: how a VMM comes to its pointer.

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
// QEMU deletes the memslot, then unmaps, then drops its handle. What if the guest sends only `RESOURCE_UNREF`, and the handle goes
// first (in QEMU it does not)? Or if a VMM unmaps and closes, and thinks of the memslot last? The machine tries each, with and without the notifier, and
// without a driver that evicts.

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
// KVM holds the head while a fault is under way. If TTM frees the block then, its put is not the last of page 0: KVM's is. Page 1 was
// never KVM’s.

// %% id=bet-race
predict('tt-race');

// %% id=race-run
const race = runs.playRun('R6', '5.12');
show(race.ledger('page[0]._refcount', { title: '5.12: TTM frees while KVM holds the head' }));
// the same schedule on each of these kernels
const kernels = [runs.namedRun('R6').wrong, ...runs.namedRun('R6').fixed].map(side => side.kernel);
const freedIn = (kernel: string, page: number) => {
  const step = runs.playRun('R6', kernel).steps.find(s => s.changes.some(c => c.path === `page[${page}].free`));
  return step === undefined ? 'never: lost' : `${step.process} ${step.step}`;
};
const count = (kernel: string) => runs.outcomeOf(runs.namedRun('R6'), runs.runSide('R6', kernel)).counts.join(', ');
const ends = kernels.map(k => [k, count(k), freedIn(k, 0), freedIn(k, 1)]);
show({ columns: ['kernel', '_refcount of page 0', 'page 0 freed in', 'page 1 freed in'], rows: ends });
reveal('tt-race', freedIn('5.9', 1).startsWith('never') ? 'lost' : 'freed at once');

// %% [markdown] id=race-note
// Up to 5.9 `__free_pages()` did nothing more if its put was not the last. e320d3012d25 frees the rest of the block at once, unless
// it is a compound page: since then the race is harmless. In 5.9 TTM had blocks of 512 pages only; two stand for them here.

// %% [markdown] id=ranges
// ## All invalidations under way share one range
//
// Up to 5.11 every fault retries while anything is invalidated. Since 5.12 KVM keeps a range, which x86 asks: from the lowest
// start to the highest end of all that is in progress; it never shrinks before the last one ends. Two invalidations, of gfn 0 and of
// gfn 2, and one fault. *In vain*: its page was right, and its gfn was not in an invalidation.

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
// Counted in orders the range saves little; it was made for invalidations whose thread is preempted in the middle. An end
// sends every fault round that began before it; to filter that by the range is wrong, since it may be another's range by then (the last
// bars). From 6.8 on x86 asks without `mmu_lock` too, and may hear either wrong answer. *Inferred*: a new count beside an old range.

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
// With this flag of its device TTM asks the DMA API: contiguous, never `__GFP_COMP`. dma-direct and dma-iommu ask CMA (the contiguous
// memory allocator, RAM set aside at boot) first, else the page allocator. CMA hands out single pages, a count of 1 each. All this is
// *read*. *Not verified*: a device's own coherent memory, a restricted DMA pool. A block of two pages:

// %% id=dma-alloc-run
show(ttm.allocatorTable(['5.12', '6.12', '6.13']));

// %% [markdown] id=recordings
// ## The model against two kernels
//
// A block of order 3, mapped in five ways, with and without `__GFP_COMP`; gup and a guest on head and tail. Every row was
// replayed through the model.

// %% id=recordings-run
const replayed = replay();
const ofTtm = replayed.cases.filter(c => c.name.includes('ttm'));
const sum = (f: (c: (typeof ofTtm)[number]) => number) => ofTtm.reduce((total, c) => total + f(c), 0);
console.log(`${ofTtm.length} cases of TTM: ${sum(c => c.rows)} rows, ${sum(c => c.equal)} equal`);
const guests = linux.RECORDED_KERNELS.map(k => [
  k,
  ...['head', 'tail1'].map(who => {
    const r = linux.recorded(`kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn __GFP_COMP ${who}`, 'KVM_RUN guest read');
    return Number(r[0]?.in[k].errno) === 14 ? 'EFAULT' : 'OK';
  }),
]);
show({ columns: ['recorded, with __GFP_COMP', 'head', 'tail'], rows: guests });

// %% [markdown] id=even-comp
// Even a *compound* tail is refused: `get_page_unless_zero()` looks at the page itself, not at its head.

// %% [markdown] id=misconceptions
// ## What one might think
//
// | one might think | but |
// |---|---|
// | a reference stops the mapping from changing | munmap, a move, copy-on-write go on; it keeps the memory |
// | a valid `struct page` is counted | a TTM tail and reserved RAM are not |
// | a tail is a tail | without `__GFP_COMP` a put frees that very page |
// | 5.13 fixed the mapping of TTM pages | it forbade it; 6.13 enabled it |
// | the walk returns a held or pinned page | it takes no reference; the notifier says when to let go |
// | a look at `in_progress` is enough | a whole invalidation fits between walk and install |
// | a sequence count that changes at the begin is enough | a fault may begin after the begin, and walk the old entry |

// %% [markdown] id=caught
// ## What would have caught it
//
// - A debug kernel: `VM_BUG_ON` in `get_page()` for a count of 0. Without it the free is silent: nothing in the page is odd.
// - A type: a pfn that was walked is not a page that was got.
// - The books: whoever allocated it counted nothing, so nobody may put.
// - A test with a driver that maps a tail of its own block, and a guest that touches it.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// Answer first; the last cell does so too.
//
// 1. Why does the same buffer work after a day of use, and not after boot?
// 2. The sequence count changes at the end. What would go wrong if only `in_progress` were looked at?
// 3. Who would have to know what, so that no guess is needed? (Notebook 04.)

// %% [markdown] id=sources
// ## Sources
//
// Who wrote what, and the rows of `data/releases.json` with their evidence: `recorded`, `read` or `inferred`.

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
// 1. Memory is in pieces by then: the pool gets single pages, each its own head.
// 2. A fault walks, then a whole invalidation begins and ends, then the fault installs: nothing is in progress.
// 3. Who finds the pfn knows whether a page was got. That must travel beside the pfn, to where it is put.
