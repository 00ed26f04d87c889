// %% [markdown] id=claim
// # A get on something that has no count
//
// A guest touches a page of a GPU buffer. KVM gets it and puts it, and the page is free, under the driver.
//
// **50 minutes** in a room, and half an hour to read on. You know what a page table entry is; notebook 00 shows how to read the figures.
//
// | | |
// |---|---|
// | thread | KVM's page reference on TTM pages, August 2022 |
// | releases | 4.8 to 5.12 use after free (CVE-2021-22543); 5.13 to 6.12 refused; 6.13 on served |
// | modelled | blocks without `__GFP_COMP`, special entries, gup, walk, notifier, TTM's free |
// | left out | per-CPU lists, caching attributes, two buffers |

// %% id=import
import { accessTable, bars, check, curve, everyOrder, explore, guestAccess, history } from 'put-page';
import { ledgerChart, type Mappable, ordersThatBreak, ordersTheExplorerFinds } from 'put-page';
import { namedRun, outcomeOf, playRun, runSide } from 'put-page';
import { PAGE_KINDS, type PfnFacts, PROTOCOL_LETTERS, PROTOCOL_VARIANTS, pageLifecycle } from 'put-page';
import { predict, protocol, RECORDED_KERNELS, recorded, refault, releaseMatrix, replay, reveal, run } from 'put-page';
import { type Sequences, show, showTable, staircase, swimLanes, thread, trackedReference } from 'put-page';
import { ttm_pool_alloc, ttmTailPage, valueAt, verdictText } from 'put-page';
import { allocatorTable, blobStory, placementRun, TEARDOWNS, ttmPlacement, virtioGpuBlob } from 'put-page';
import { invalidateRange, RANGE_VARIANTS, rangeReading, UNLOCKED_EXCEEDS, UNLOCKED_MISSES } from 'put-page';

// %% [markdown] id=wrong-run
// ## The wrong run comes first: one fault, Linux 5.12
//
// TTM allocates a block of two pages without `__GFP_COMP`, and maps it for user space with special entries: hands off the
// `struct page`. The guest touches page 1. Before you run it, place a bet; a blank is fine.

// %% id=bet-count
predict('tt-count');
predict('tt-after');

// %% id=run-cve
const story = ['vcpu to kvm_faultin_pfn', 'other', 'guest'];
const cve = run(ttmTailPage({ release: '5.12' }), story);
show(ledgerChart(cve, { count: 'page[1]._refcount', title: '5.12: the count of page 1, which nobody keeps' }));
reveal('tt-count', valueAt(cve, 'page[1]._refcount', -1));
reveal('tt-after', valueAt(cve, 'page[1].free', 5) ? 'in the allocator' : 'in the buffer');

// %% [markdown] id=read-lanes
// ## Nothing raced, and no line is wrong by itself
//
// gup refuses the mapping. KVM walks the page table, finds a page with a `struct page`, and gets it, so that its later put
// has something to give back. The put finds 0 and frees. Then another allocates the page, and the guest writes through
// its SPTE.

// %% id=lanes
show(swimLanes(cve, { title: '5.12: freed under TTM, taken by another, written by the guest' }));

// %% [markdown] id=real
// ## A real kernel did the same
//
// On 6.1.192 and 6.12.117 a probe put the old `get_page()` back. The counts of the tail, recorded and from the model:

// %% id=real-run
const probe = recorded('oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)');
const at = (step: string) => probe.find(r => r.step === step)?.in['6.1.192'];
const released = at('KVM_RUN guest read')?.releases as { ownRefAtRelease: number }[] | undefined;
const model = [-1, 4, 5].map(step => Number(valueAt(cve, 'page[1]._refcount', step)));
const kernel = [at('user mapped')?.ref, released?.[0]?.ownRefAtRelease, at('KVM_RUN guest read')?.ref].map(Number);
const both = [
  ['recorded', ...kernel],
  ['the model', ...model],
];
showTable({ columns: ['', 'mapped', 'at the release', 'after it'], rows: both });
console.log(probe.map(r => r.step).join(' → '));

// %% [markdown] id=why-zero
// ## Two kinds of tail, one word
//
// With `__GFP_COMP` the tails point at the head, and get and put act there. Without it, page 0 has a count of 1, and the
// others have 0 and nobody to point at. TTM frees the block as a whole; it needs no count for each page.

// %% id=two-tails
const pages = (gfp_comp: boolean) => run(ttmTailPage({ order: 2, gfp_comp }), []);
const row = (name: string, gfp_comp: boolean) => [
  name,
  ...[0, 1, 2, 3].map(i => Number(valueAt(pages(gfp_comp), `page[${i}]._refcount`))),
  String(valueAt(pages(gfp_comp), 'page[3].head') ?? 'none'),
];
showTable({
  columns: ['block of order 2', 'page 0', '1', '2', '3', 'head of page 3'],
  rows: [row('with __GFP_COMP', true), row('without', false)],
});

// %% [markdown] id=ex-2
// ## Exercise 2: what does the count do?
//
// Fill in each sequence, from before the access to after it. `[0]` is a count that never moves.

// %% id=tt-2
const mySequences: Sequences = {
  'TTM tail, 5.12': [1, 2, 1],
  'THP tail, 5.12: of its head': [1, 2, 1],
  'TTM head, 6.6': [1, 2, 1],
  'TTM tail, 6.13': [0],
};
check('tt-2', mySequences);

// %% [markdown] id=machine
// ## The machine finds it, and says how short it is
//
// `explore` tries every order of the fault, the driver, the guest and another allocation.

// %% id=bet-steps
predict('tt-steps');
predict('tt-66');

// %% id=machine-run
const bug = explore(ttmTailPage({ release: '5.12' }));
console.log(verdictText(bug));
reveal('tt-steps', bug.trace?.steps.length);

// %% [markdown] id=forbidden
// ## 5.13 forbade it, and did not enable it
//
// Nicholas Piggin's patch takes the reference only if the count is not 0. A tail's is: the fault fails, and the VMM prints
// "Bad address". Safe, and of no use for half a buffer. Was it ever *served*? That is another question than *safe*.

// %% id=forbidden-run
const served = { property: 'the guest’s access is served' };
const verdicts = ['4.8', '5.12', '5.13', '6.6', '6.12.117', '6.13'].map(release => {
  const m = ttmTailPage({ release });
  const safe = explore(m);
  return [release, safe.verdict, safe.violated ?? '–', explore(m, served).verdict, safe.states];
});
showTable({ columns: ['release', 'every order', 'breaks', 'ever served', 'states'], rows: verdicts });
reveal('tt-66', verdicts[3]?.[3] === 'reached' ? 'it works' : verdicts[3]?.[1] === 'holds' ? '-EFAULT' : 'the same');

// %% [markdown] id=half-works
// ## Half a buffer works, and which half is chance
//
// The pool is greedy: it asks for the largest block that fits, and for smaller ones where the allocator has none. Only
// the first page of each block has a count.

// %% id=bet-1000
predict('tt-1000');
predict('tt-fragmented');

// %% id=buffer
const orders = ttm_pool_alloc(1000);
console.log(`1000 pages, not fragmented: orders ${orders.join(', ')}: ${orders.length} heads`);
console.log(`only single pages left:     ${ttm_pool_alloc(1000, 0).length} heads`);
reveal('tt-1000', orders.length);
reveal('tt-fragmented', ttm_pool_alloc(1000, 0).length);

// %% [markdown] id=sawtooth
// ## The fraction that works is 2⁻ⁿ
//
// Of a block of order n one page in 2ⁿ. And of a whole buffer, by its size: whatever is just below a power of two works
// best.

// %% id=sawtooth-run
const n = Array.from({ length: 256 }, (_, i) => i + 1);
const share = n.map(size => ttm_pool_alloc(size).length / size);
show(
  curve({
    title: '5.13 to 6.12: the part of a buffer that a guest can touch',
    series: [{ name: 'mappable', x: n, y: share }],
    xTitle: 'pages of the buffer',
    yTitle: 'part of it',
  }),
);
const byOrder = [0, 1, 2, 5, 9, 10].map(o => [o, 2 ** o, 1, 1 / 2 ** o]);
showTable({ columns: ['order', 'pages', 'with a count', 'part'], rows: byOrder });

// %% [markdown] id=ex-1
// ## Exercise 1, worked: count the heads
//
// One block for each 1024 pages, and one for each bit of the rest. Run it, then break it.

// %% id=tt-1
const mappable: Mappable = size => {
  let blocks = Math.floor(size / 1024);
  for (let rest = size % 1024; rest > 0; rest >>= 1) blocks += rest & 1;
  return blocks;
};
check('tt-1', mappable);

// %% [markdown] id=kinds
// ## Every kind of page, in every release that changed something
//
// Each cell is a run of the model: one guest access, the count step by step. `served` alone: no count moved.

// %% id=kinds-run
const releases = ['5.3', '5.4', '5.12', '5.13', '6.12', '6.13'];
const table = accessTable(releases).rows;
const short: [RegExp, string][] = [
  [/freed under.*/, 'FREED'],
  [/served, never put/, 'LEAK'],
  [/(, count stays.*)|(no reference: )|(: served$)/, ''],
];
const cell = (kind: string, release: string) => {
  const said = table.find(r => r[0] === kind)?.[2 + releases.indexOf(release)] ?? '';
  const tone = /freed|never/.test(said) ? 'bad' : /EFAULT/.test(said) ? 'warn' : 'good';
  return { text: short.reduce((text, [what, by]) => text.replace(what, by), said), tone } as const;
};

// %% id=kinds-show
const kinds = PAGE_KINDS.map(k => k.name);
show(releaseMatrix({ title: 'One guest access: the count', kinds, releases: releases, cell: cell }));

// %% [markdown] id=ex-4
// ## Exercise 4: which pages does 6.12 refuse?
//
// The starter says: those with a count of 0. Too simple. Mend it.

// %% id=tt-4
const refuses = (pfn: PfnFacts) => {
  return pfn.page_ref_count === 0;
};
check('tt-4', refuses);

// %% [markdown] id=first-question
// ## The thread's first question: what is the reference for?
//
// Christian König asks: if it is to stop the mapping from changing, it cannot. Here the fault holds an anonymous page (5.12
// or 6.12, it is the same), and the host takes the mapping away all the same.

// %% id=first-question-run
const world = trackedReference({ release: '6.12', kind: 'anonymous, order 0' });
const grabbed = run(world, ['vcpu x2']);
const moved = run(world, ['host x3', 'vcpu x2'], grabbed);
show(ledgerChart(moved, { count: 'page[0]._refcount', title: '6.12: grabbed, invalidated, let go' }));
console.log(
  `mapped by the host: ${valueAt(moved, 'va[0].page') ?? 'no'}; by KVM: ${valueAt(moved, 'va[0].spte') ?? 'no'}`,
);

// %% [markdown] id=refault
// ## And it may do so for ever
//
// Grab, find the mapping changed, let go, fault again. Asked as *does the guest get its page, if every task that can run
// gets to run?* the machine answers with a run that goes round. With the reference and without:

// %% id=refault-run
const get = { property: 'the guest gets its page', fairness: 'weak' } as const;
const [withRef, without] = [explore(refault(true), get), explore(refault(false), get)];
console.log(`with a reference: ${withRef.verdict}; without: ${without.verdict}`);
const round = withRef.lasso?.cycle.steps.map(s => `${s.process} ${s.step}`) ?? [];
console.log(`again and again: ${round.join(', ')}`);
console.log(`the page stays allocated: ${explore(refault(true)).verdict}`);

// %% [markdown] id=notifier
// ## What protects the fault is the notifier
//
// Three parts: a sequence count that changes at the *end* of an invalidation, a mark while one is in progress, and a
// snapshot before the walk. One fault against one invalidation has 20 orders. Take one part away:

// %% id=bet-stale
predict('tt-stale');
predict('tt-reference');

// %% id=variants
const stale = (v: (typeof PROTOCOL_VARIANTS)[number], reference = false) =>
  ordersThatBreak(protocol({ variant: v, reference }), 'no stale SPTE').length;
const found = PROTOCOL_VARIANTS.map(variant => ordersTheExplorerFinds(protocol({ variant }), 'no stale SPTE').length);
const enumerated = PROTOCOL_VARIANTS.map(v => stale(v));
const held = PROTOCOL_VARIANTS.map(v => stale(v, true));
const series = [
  { name: 'enumerated', values: enumerated },
  { name: 'found by the explorer', values: found },
  { name: 'with a reference held', values: held },
];
show(bars({ title: 'Orders that leave a stale SPTE', labels: PROTOCOL_VARIANTS, series, unit: 'orders' }));

// %% id=variants-reveal
reveal('tt-stale', enumerated[1]);
reveal('tt-reference', held[1]);
const letters = (steps: readonly string[]) => steps.map(s => PROTOCOL_LETTERS[s.split('.')[1] ?? '']).join('');
const broken = (m: ReturnType<typeof protocol>) => ordersThatBreak(m, 'no stale SPTE').map(o => letters(o.steps));
const models = PROTOCOL_VARIANTS.map(variant => protocol({ variant }));
const named = models.map((m, i) => [PROTOCOL_VARIANTS[i] ?? '', everyOrder(m).length, broken(m).join(' ')]);
showTable({ columns: ['variant', 'orders', 'stale in'], rows: named });

// %% [markdown] id=letters
// S snapshot, W walk, C check, I install; b begin, c clear, e end. In all but the last row check and install are one step,
// because `mmu_lock` is held over both.

// %% [markdown] id=ex-5
// ## Exercise 5: break it yourself
//
// The sequence count is moved to the begin; everything else is as it should be. Write the one bad order.

// %% id=tt-5
check('tt-5', ['fault x3', 'invalidate x3']);

// %% [markdown] id=proposals
// ## Two proposals of the thread, as models
//
// Mark the pool's pages reserved, so that the guess leaves them alone. Or take no reference for `VM_PFNMAP`, only for
// `VM_MIXEDMAP`. Dmitry Osipenko took the first one back: KVM needed changes all the same.

// %% id=bet-mixedmap
predict('tt-mixedmap');

// %% id=proposals-run
const marked = ttmTailPage({ release: '6.1.192', reserved: true });
const warns = { property: 'KVM warns of a page that nobody holds' };
const half = explore(ttmTailPage({ release: '6.1.192', skip_get: true }));
console.log(`SetPageReserved: ${explore(marked).verdict}; served: ${explore(marked, served).verdict}`);
console.log(`  ${warns.property}: ${explore(marked, warns).verdict}`);
console.log(`no get for VM_PFNMAP, release as it is: ${half.verdict} (${half.violated})`);
if (half.trace !== undefined) show(swimLanes(half.trace, { title: 'No get, and a put all the same' }));
reveal('tt-mixedmap', half.violated === 'accounting' ? 'a put without a get' : half.verdict);

// %% [markdown] id=reserved-note
// The first one works, but not in silence. Before the guess lets a reserved page be, it asks for its zone, and
// `kvm_is_zone_device_page()` has a `WARN_ON_ONCE` for a page whose count is 0 (*read*: 5.4 to 6.12). And each driver that maps
// such pages would have to do it.

// %% [markdown] id=caveat
// ## wait: why not simply map them without a reference?
//
// Because KVM has uses without a notifier: `kvm_vcpu_map()` keeps a kernel address while L2 runs. Sean Christopherson's caveat:
// map uncounted pages before that is closed, and the hole gets larger. As a count of page kinds:

// %% id=caveat-run
const holes = (o: Parameters<typeof trackedReference>[0]) =>
  PAGE_KINDS.filter(k => explore(trackedReference({ ...o, kind: k.name, map: true })).verdict === 'violated').length;
showTable({
  columns: ['kernel', `of ${PAGE_KINDS.length} kinds, used after free`],
  rows: [
    ['6.12', holes({ release: '6.12' })],
    ['walks mapped unheld (6.13, allow_unsafe_mappings)', holes({ release: '6.13', allow_unsafe_mappings: true })],
    ['6.13', holes({ release: '6.13' })],
  ],
});

// %% [markdown] id=vram
// ## One guest, one buffer: served in VRAM, refused in RAM
//
// Behind a pfn of VRAM there is no `struct page` to ask about. When VRAM runs short, amdgpu evicts the buffer to system RAM, and
// its tails are pages without a count. One run: touch page 1, evict, touch it again (`page[3]` stands for its pfn in VRAM). Then
// every order, under the property *every access of the guest is served*.

// %% id=bet-evicted
predict('tt-evicted');

// %% id=vram-run
const evicted = ['5.12', '6.12', '6.13'].map(release => {
  const { first, second } = placementRun({ release });
  const all = explore(ttmPlacement({ release }));
  const inRam = placementRun({ release, placement: 'system' }).first;
  return [release, first, second ?? '–', inRam, all.violated ?? all.verdict];
});
const accesses = ['in VRAM', 'evicted, touched again', 'in RAM from the start', 'every order: breaks'];
showTable({ columns: ['release', ...accesses], rows: evicted });
reveal('tt-evicted', evicted[1]?.[2]);

// %% id=vram-lanes
show(swimLanes(placementRun({ release: '6.12' }).trace, { title: '6.12: served, evicted, -EFAULT' }));

// %% [markdown] id=ex-3
// ## Exercise 3: finish the damage
//
// Linux 5.12 again. Write the run at whose end the guest has written into a page that another owns. Processes: `vcpu`,
// `guest`, `ttm`, `other`.

// %% id=tt-3
check('tt-3', ['vcpu x3']);

// %% [markdown] id=staircase
// ## Three kernels, one touch
//
// The count of the tail, step by step, in the release that freed it, the one that refuses it, and the one that serves it.

// %% id=staircase-run
const runs = ['5.12', '6.6', '6.13'].map(release => ({
  release,
  trace: guestAccess({ release, kind: 'TTM tail' }).trace,
}));
const steps = ['start', ...(runs[0]?.trace.steps.map(s => s.step) ?? [])];
const stairs = runs.map(({ release, trace }) => ({
  name: release,
  values: steps.map((_, i) => Number(valueAt(trace, 'page[1]._refcount', Math.min(i, trace.steps.length) - 1))),
}));
show(staircase({ title: 'A TTM tail: its count', unit: '_refcount', labels: steps, stairs }));

// %% [markdown] id=read-on
// ## Read on: the fifty minutes end here
//
// What follows needs half an hour more: the way of a blob from the guest's command to its first fault, a race for the head, ranges
// of invalidations, where blocks come from, and the recordings. Then what one might think, and the sources.

// %% [markdown] id=lifecycle
// ## virtio-gpu: the buffer is counted, its page is not
//
// The guest sends `CREATE_BLOB` and `MAP_BLOB`. The VMM exports the buffer, maps it, makes it a memslot. The first touch
// faults; later the host swaps the buffer out; in the end the guest unmaps. *Read*: the guest driver, the buffer's references, the
// memslot, QEMU's order. *Inferred*: how a VMM comes to its pointer.

// %% id=bet-holders
predict('tt-holders');

// %% id=lifecycle-run
const blob = blobStory({ release: '6.13' });
const { lives, labels } = blob;
show(pageLifecycle({ title: '6.13: a blob, from the guest’s command to the last put', lives, labels }));
const refs = (what: string) => Math.max(...blob.trace.steps.map((_, i) => Number(valueAt(blob.trace, what, i))));
console.log(`most references: of the buffer ${refs('bo.refcount')}, of page 1 ${refs('page[1]._refcount')}`);
reveal('tt-holders', refs('page[1]._refcount') === 0 ? 'nobody' : 'the VMA');

// %% [markdown] id=teardown
// ## The right order is not enough: the driver moves the buffer
//
// QEMU deletes the memslot, then unmaps, then drops its handle. What if the guest sends only `RESOURCE_UNREF`, and the handle goes
// first? Or if a VMM unmaps and closes, and thinks of the memslot last? Then the slot keeps an address with nothing behind it,
// and the next fault is refused.

// %% id=bet-munmap
predict('tt-munmap');

// %% id=teardown-run
const takenDown = (Object.keys(TEARDOWNS) as (keyof typeof TEARDOWNS)[]).map(teardown => {
  const blind = virtioGpuBlob({ teardown, notifier: false });
  const all = [virtioGpuBlob({ teardown }), blind.without('ttm'), blind].map(m => explore(m));
  return [teardown, ...all.map(v => v.violated ?? v.verdict)];
});
const worlds = ['with the notifier', 'without, never evicted', 'without'];
showTable({ columns: ['the VMM goes', ...worlds], rows: takenDown });
const [, withIt, blindly] = takenDown.find(r => r[0] === 'slot last') ?? [];
reveal('tt-munmap', withIt === 'holds' && blindly !== 'holds' ? 'the mmu notifier' : 'the VMA’s reference');

// %% [markdown] id=race
// ## A get on the head that races with TTM’s free is harmless since 5.10
//
// KVM holds the head while a fault is under way. If TTM frees the block then, its put is not the last of page 0. Up to 5.9
// `__free_pages()` left it at that; e320d3012d25 frees the rest of the block at once. Page 1 was never KVM’s.

// %% id=bet-race
predict('tt-race');

// %% id=race-run
const race = playRun('R6', '5.12');
show(ledgerChart(race, { count: 'page[0]._refcount', title: '5.12: TTM frees while KVM holds the head' }));
const kernels = [namedRun('R6').wrong, ...namedRun('R6').fixed].map(side => side.kernel);
const freedIn = (kernel: string, page: number) => {
  const step = playRun('R6', kernel).steps.find(s => s.changes.some(c => c.path === `page[${page}].free`));
  return step === undefined ? 'never: lost' : `${step.process} ${step.step}`;
};
const count = (kernel: string) => outcomeOf(namedRun('R6'), runSide('R6', kernel)).counts.join(', ');
const ends = kernels.map(k => [k, count(k), freedIn(k, 0), freedIn(k, 1)]);
showTable({ columns: ['kernel', '_refcount of page 0', 'page 0 freed in', 'page 1 freed in'], rows: ends });
reveal('tt-race', freedIn('5.9', 1).startsWith('never') ? 'lost' : 'freed at once');

// %% [markdown] id=ranges
// ## One range for all invalidations: some faults retry in vain
//
// Up to 5.11 every fault retries while anything is invalidated. Since 5.12 x86 keeps a range, from the lowest start to the
// highest end of all that is in progress; it never shrinks before the last one ends. Two invalidations, of gfn 0 and of
// gfn 2, and one fault. *In vain*: its page was right, and its gfn was not in an invalidation.

// %% id=bet-range
predict('tt-range');
predict('tt-unlocked');

// %% id=ranges-run
const middle = run(invalidateRange({ release: '6.7', gfn: 1 }), ['low', 'high', 'fault x3']);
reveal('tt-range', valueAt(middle, 'kvm.retried') === 'no' ? 'it maps its page' : 'it retries');
const kept = RANGE_VARIANTS.filter(v => v !== 'unlocked check only');
const asked = [{ release: '5.11', variant: 'correct' } as const, ...kept.map(variant => ({ release: '6.7', variant }))];
const [on0, on1] = [0, 1].map(gfn => asked.map(a => rangeReading({ ...a, gfn })));
const readings = [
  { name: 'fault on gfn 1: in vain, one in progress', values: (on1 ?? []).map(r => r.in_vain_by_range) },
  { name: 'on gfn 1: in vain, one has ended', values: (on1 ?? []).map(r => r.in_vain_by_seq) },
  { name: 'on gfn 0: stale SPTE', values: (on0 ?? []).map(r => r.stale) },
];
const asLabels = asked.map(a => `${a.release}, ${a.variant}`);
show(bars({ title: `Of ${on1?.[0]?.orders} orders`, labels: asLabels, series: readings, unit: 'orders' }));

// %% [markdown] id=unlocked
// Counted in orders the range saves little; it was made for long invalidations, whose thread sleeps in the middle. An end
// sends every fault round that began before it, and filtering that is wrong: the range may be another's by then. From 6.8
// on x86 asks without `mmu_lock` too, and may hear either wrong answer. *Inferred*: a new count beside an old range.

// %% id=unlocked-run
const differ = (begin: 'one step' | 'two stores', property: string) => {
  const v = explore(invalidateRange({ release: '6.8', gfn: 0, unlocked: 'noted', begin }), { property });
  return [begin, property, v.trace?.steps.map(s => `${s.process} ${s.step}`).join(', ') ?? v.verdict];
};
const ways = (['one step', 'two stores'] as const).flatMap(begin =>
  [UNLOCKED_MISSES, UNLOCKED_EXCEEDS].map(property => differ(begin, property)),
);
showTable({ columns: ['begin is', 'the answers', 'shortest order'], rows: ways });
const believed = rangeReading({ release: '6.8', variant: 'unlocked check only', gfn: 0 });
console.log(`the locked check left out: ${believed.stale} of ${believed.orders} orders stale`);
reveal('tt-unlocked', believed.stale > 0 ? 'yes' : 'no');

// %% [markdown] id=dma-alloc
// ## `use_dma_alloc` changes nothing, unless there is CMA
//
// Then TTM asks the DMA API: contiguous, never `__GFP_COMP`. dma-direct and dma-iommu ask CMA first, else the page allocator.
// CMA hands out single pages, a count of 1 each. All this is *read*. *Not verified*: a device's own coherent memory, a restricted
// DMA pool. A block of two pages:

// %% id=dma-alloc-run
showTable(allocatorTable(['5.12', '6.12', '6.13']));

// %% [markdown] id=recordings
// ## The model against two kernels
//
// A block of order 3, mapped in five ways, with and without `__GFP_COMP`; gup and a guest on head and tail. Every row was
// replayed through the model.

// %% id=recordings-run
const replayed = replay();
const ttm = replayed.cases.filter(c => c.name.includes('ttm'));
const sum = (f: (c: (typeof ttm)[number]) => number) => ttm.reduce((total, c) => total + f(c), 0);
console.log(`${ttm.length} cases of TTM: ${sum(c => c.rows)} rows, ${sum(c => c.equal)} equal`);
const guests = RECORDED_KERNELS.map(k => [
  k,
  ...['head', 'tail1'].map(who => {
    const r = recorded(`kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn __GFP_COMP ${who}`, 'KVM_RUN guest read');
    return Number(r[0]?.in[k].errno) === 14 ? 'EFAULT' : 'OK';
  }),
]);
showTable({ columns: ['recorded, with __GFP_COMP', 'head', 'tail'], rows: guests });

// %% [markdown] id=even-comp
// Even a *compound* tail is refused: `get_page_unless_zero()` looks at the page itself, not at its head.

// %% [markdown] id=misconceptions
// ## What one might think
//
// | one might think | but |
// |---|---|
// | a reference stops the mapping from changing | it keeps the memory, not the mapping |
// | a valid `struct page` is counted | a TTM tail and reserved RAM are not |
// | a tail is a tail | without `__GFP_COMP` a put frees that very page |
// | 5.13 fixed the mapping of TTM pages | it forbade it; 6.13 enabled it |
// | the walk returns a held page | no reference; the notifier is its life |
// | in_progress alone is enough | see the orders above |

// %% [markdown] id=caught
// ## What would have caught it
//
// - A debug kernel: `VM_BUG_ON` in `get_page()` for a count of 0. Without it the free is silent: nothing in the page is odd.
// - A type: a pfn that was walked is not a page that was got.
// - The books: whoever allocated it counted nothing, so nobody may put.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. Why does the same buffer work after a day of use, and not after boot?
// 2. The sequence count changes at the end. What would go wrong if only `in_progress` were looked at?
// 3. Who would have to know what, so that no guess is needed? (Notebook 04.)

// %% [markdown] id=sources
// ## Sources
//
// Who wrote what, and the rows of `data/releases.json` with their evidence: `recorded`, `read` or `inferred`.

// %% id=sources-table
const t = thread('ttm-tail-pages');
showTable({ columns: ['date', 'who', 'what'], rows: t.mails.map(m => [m.date, m.from, m.what]) });
showTable({
  columns: ['commit', 'subject', 'release'],
  rows: t.commits.map(c => [c.commit, c.subject, c.release ?? '–']),
});
const rules = ['kvm_gets_pfnmap', 'ttm_mapping'].flatMap(b =>
  history(b).map(r => [b, r.value, r.from, r.commit ?? '–', r.evidence]),
);
showTable({ columns: ['behaviour', 'value', 'from', 'commit', 'evidence'], rows: rules });
