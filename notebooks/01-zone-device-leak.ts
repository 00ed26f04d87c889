// %% [markdown] id=claim
// # One reference that nobody puts keeps a device for ever
//
// A guest runs on `/dev/dax`. It exits; the device is unbound; the unbind never returns.
//
// **50 minutes** in a room, and as long again to read on. You know C and what a page table is; notebook 00 shows how to read
// the figures.
//
// | | |
// |---|---|
// | thread | KVM and ZONE_DEVICE pages, November 2019 |
// | releases | leaks from 4.5 to 5.4-rc7; mended in 5.4-rc8; from 5.18 on no unbind waits for page counts |
// | modelled | a KVM fault with gup's steps, mmu_notifier, kvm_vcpu_map, unbind, truncate |
// | left out | ranges of an invalidation, page table levels, two devices |

// %% id=import
import { check, figures, hint, ledger, linux, predict, reveal, show, solution, zoneDevice } from 'put-page';
import { zoneDeviceLeak } from 'put-page';

// %% [markdown] id=wrong-run
// ## The wrong run comes first: two faults on one page
//
// Linux 5.3. The guest faults on page 0; the host takes the mapping away (a memslot update does that), and the guest
// faults again. An idle device page counts **1**: that one is called its base.
//
// Before you run it, place a bet: `predict('zd-count', 7)` bets on 7. A blank is fine, too.

// %% id=bet-count
predict('zd-count');

// %% id=run-bug
// four pages; the notifier may zap once; the VMM may exit
const world = zoneDeviceLeak({ release: '5.3', pages: 4, zaps: 1, exit: true });
const twice = world.run([zoneDevice.guestTouches(0), 'notifier x2', zoneDevice.guestTouches(0)]);
show(twice.ledger('page[0]._refcount', { title: '5.3: two faults on one device page' }));
reveal('zd-count', twice.value('page[0]._refcount'));

// %% [markdown] id=read-lane
// ## Every step of the first fault does what its name says
//
// Read the lane from the top. gup takes a device reference, then a page reference, and gives the device reference back. What KVM
// does then changes no count at all. On 5.4 one of these steps gives the page back: which?

// %% id=bet-step
predict('zd-step');

// %% id=first-fault
const fault53 = zoneDeviceLeak({ release: '5.3' }).run([zoneDevice.guestTouches(0)]);
const fault54 = zoneDeviceLeak({ release: '5.4' }).run([zoneDevice.guestTouches(0)]);
show(fault53.lanes({ title: '5.3: one fault, from the guest’s touch to the release' }));
const countAfter = (i: number) => Number(fault54.value('page[0]._refcount', i + 1));
const gaveBack = fault54.steps.find((_, i) => i > 0 && countAfter(i) < countAfter(i - 1));
reveal('zd-step', gaveBack?.step);

// %% [markdown] id=unbind
// ## The unbind gives back what it can, and waits for the rest
//
// Now a fault on page 1; the VMM exits; the driver lets the device go. It kills the device's own reference, puts the base
// of every page, and sleeps until the `percpu_ref` of the device is 0.

// %% id=bet-device
predict('zd-device');

// %% id=run-unbind
const gone = twice.more([zoneDevice.guestTouches(1), 'vmm to done', 'unbind to done']);
show(gone.ledger('pgmap.ref', { title: '5.3: who holds the device, until nothing moves any more' }));
reveal('zd-device', gone.value('pgmap.ref'));

// %% [markdown] id=wait-who
// ## wait: KVM is gone, so who still holds it?
//
// Nobody who could put it. The guest is dead and its KVM file descriptor closed. The sleeper is the task that unbinds the
// driver; in 5.3 it sleeps in `dev_pagemap_cleanup()`, uninterruptibly. The references are still booked to a fault that
// ended long ago.

// %% id=who-owes
const owed: (string | number)[][] = [];
for (const page of ['page[0]', 'page[1]', 'page[2]', 'page[3]'])
  for (const o of ledger.owedAtEnd(gone.books(`${page}._refcount`))) owed.push([page, o.holder, o.held]);
show({ columns: ['page', 'still held by', 'times'], rows: owed });
console.log(`asleep: ${gone.sleeper}; percpu_ref is ${gone.value('pgmap.ref')}`);

// %% [markdown] id=guess
// ## KVM forgets what it took, and guesses
//
// KVM's translate step returns a number, the pfn. Whether gup took a reference is lost. So the release step asks the
// page: *is it reserved? then it is none of my business.* Then, in 4.5, gup learned to count device pages; they carry
// `PG_reserved` all the same.

// %% id=bet-leaks
predict('zd-leaks');

// %% id=guess-table
const rules53 = linux.kvmRules(linux.release('5.3'));
const asks = ['PG_reserved?', 'a reference is taken', 'the release puts one', 'so it is'];
const guess = (kind: string, ask: string) => {
  const pfn = linux.heldPage(linux.backing(kind));
  if (ask === 'PG_reserved?') return linux.backing(kind).PageReserved;
  if (ask === 'a reference is taken') return linux.takesReference(rules53, pfn);
  if (ask === 'so it is') return linux.balanceOf(rules53, linux.backing(kind));
  return linux.releasePuts(rules53, pfn, () => false); // nobody remembers what was taken
};
const taken = { rows: linux.BACKINGS, columns: asks, cell: guess, rowTitle: 'backing' };
show(figures.truthTable({ title: '5.3: taken, and put', ...taken }));
reveal('zd-leaks', linux.BACKINGS.filter(kind => linux.balanceOf(rules53, linux.backing(kind)) === 'leak').length);

// %% [markdown] id=worked
// ## Worked exercise: put it, and see the numbers move
//
// A step of the model is a function. This one replaces `kvm_release_pfn_clean`: it puts what gup took, and if the count
// is 0 then, the page lets go of its device. Run it, then break it: leave out the `put`, and run it again.

// %% id=zd-1
const putting: zoneDevice.ReleaseStep = (s, me) => {
  me.page?._refcount.put('gup', me); // me: this vCPU's fault; ?. : if it found a page
  if (me.page?._refcount.is(0)) s.pgmap.ref.put('page', me.page);
  return 'tdp_page_fault'; // the step that comes next: another fault
};
const mine = world.with('kvm_release_pfn_clean', putting).run([zoneDevice.guestTouches(0), zoneDevice.guestTouches(0)]);
console.log(`page 0 counts ${mine.value('page[0]._refcount')} after two faults`);
check('zd-1', putting);

// %% [markdown] id=fix
// ## The fix asks the same question better
//
// Sean Christopherson's patch says: a device page is not reserved. The text of the release step stays; its meaning
// changes. The same guest, the same unbind, on 5.3 and on 5.4:

// %% id=bet-fixed
predict('zd-fixed');

// %% id=fix-run
const story = [zoneDevice.guestTouches(0), zoneDevice.guestTouches(0), zoneDevice.guestTouches(1), 'unbind to done'];
const on = (tag: string) => zoneDeviceLeak({ release: tag, pages: 4 }).run(story);
const count = 'pgmap.ref';
const before = { title: '5.3: the device is kept', ledger: on('5.3'), count };
const after = { title: '5.4: it goes', ledger: on('5.4'), count };
show(figures.sideBySide([before, after], { title: 'The same guest, the same unbind: who holds the device' }));
reveal('zd-fixed', after.ledger.value(count));

// %% [markdown] id=fix-history
// A row for each version of the rule since 4.3: its commit, where we know it, and how well we know the rule and its first
// release. `release('5.4')` reads this table.

// %% id=fix-table
const known = linux.history('kvm_owns_page');
const versions = known.map(r => [r.value, r.from, r.commit ?? '–', r.evidence, r.from_evidence ?? r.evidence]);
show({ columns: ['kvm_owns_page', 'from', 'commit', 'the rule is', 'the release is'], rows: versions });

// %% [markdown] id=rejected
// ## The other cure looks simpler: put right after gup
//
// David Hildenbrand named it first, Dan Williams wrote it down: if the page is a device page, put it at once; later
// releases go on skipping. It has a merit: the zone of a page is only to be trusted while the page is held, and here it
// is asked exactly once, held. *Held* means a plain reference here, not `FOLL_PIN`.

// %% id=bet-early
predict('zd-early');

// %% id=early-explored
const fault = zoneDeviceLeak({ fix: 'early-put' }).explore();
const nested = zoneDeviceLeak({ fix: 'early-put', map: true }).explore();
console.log(`faults only:       ${fault.verdict}, ${fault.states} states`);
console.log(`with kvm_vcpu_map: ${nested.verdict} (${nested.violated})`);
reveal('zd-early', nested.verdict === 'violated' && fault.verdict === 'holds' ? 'kvm_vcpu_map' : 'both');

// %% [markdown] id=why-fault
// ## A fault needs no reference: it has the notifier
//
// An SPTE is only installed under `mmu_lock`, if no invalidation runs or ran since the snapshot taken *before* gup. One
// that comes later finds the SPTE and zaps it. Sean first doubted this, and took it back. The search above tried every
// order: no SPTE outlives its PTE.

// %% [markdown] id=why-map
// ## A kernel address has nothing but the reference
//
// A guest may be a hypervisor itself (L1) and run a guest of its own (L2). `kvm_vcpu_map()` keeps a kernel address for a page of
// L1's structures, while L2 runs. No notifier comes by. This is the shortest way in which the early put hurts; the machine
// found it, not we.

// %% id=early-lanes
if (nested.trace !== undefined) show(nested.trace.lanes({ title: 'Early put: L2 uses memory whose device is gone' }));

// %% [markdown] id=fix-waits-note
// With the merged fix the same order only waits: the reference stays, so the unbind sleeps until the page is unmapped.

// %% id=fix-waits
const held = zoneDeviceLeak({ release: '5.4', map: true, pages: 1 });
const waits = held.run(['nested', 'unbind to dev_pagemap_kill', 'unbind x3']);
const ends = waits.more(['nested x2', 'unbind to done']);
console.log(`while mapped: ${waits.value('pgmap.state')}, asleep: ${waits.sleeper}`);
console.log(`unmapped:     ${ends.value('pgmap.state')}, asleep: ${ends.sleeper ?? 'nobody'}`);
const safe = zoneDeviceLeak({ release: '5.4', map: true }).explore();
console.log(`every order:  ${safe.verdict}, ${safe.states} states`);

// %% [markdown] id=explorer
// ## The machine finds the leak by itself
//
// So far we chose the order of steps. `explore` tries every order of every process, shortest first.

// %% id=bet-search
predict('zd-search');

// %% id=explore-bug
const bug = zoneDeviceLeak({ release: '5.3' }).explore();
console.log(bug.text);
const parties = new Set(bug.trace?.steps.map(step => step.process)); // each process once
reveal('zd-search', [...parties].join(' and '));

// %% [markdown] id=proof
// ## And it finds nothing on 5.4
//
// *Holds* is a proof for this model and these sizes: two pages, one vCPU, one unbind, any number of faults. It says
// nothing about what is left out. The map shows how often each step was taken: a step that never ran would prove little.

// %% id=bet-taken
predict('zd-taken');

// %% id=explore-fix
const proof = zoneDeviceLeak({ release: '5.4' }).explore();
console.log(`${proof.verdict}: ${proof.states} states, ${proof.transitions} transitions`);
show(proof.taken({ title: '5.4: every step was taken' }));
reveal('zd-taken', proof.states);

// %% [markdown] id=hang
// ## The hang itself is another kind of sentence
//
// "Every get is put" says what must not happen. "The unbind gets done" says what must happen, and it needs a word on
// fairness: a task that can always run does run at last (*weak*). The search looks for a run that goes on, or stands still,
// without getting there.

// %% id=bet-hang
predict('zd-hang');

// %% id=explore-hang
const gets = { property: 'the host gets done', fairness: 'weak' } as const;
const sleeps = zoneDeviceLeak({ release: '5.3' }).explore(gets);
const wakes = zoneDeviceLeak({ release: '5.4' }).explore(gets);
console.log(`5.3: ${sleeps.verdict}; 5.4: ${wakes.verdict}, ${wakes.states} states`);
const stem = sleeps.lasso?.stem; // the way to where nothing moves
if (stem !== undefined) show(stem.lanes({ title: '5.3: after this nothing moves any more' }));
const canEnd = zoneDeviceLeak({ release: '5.3' }).explore({ property: 'the host is done' }).verdict === 'reached';
reveal('zd-hang', sleeps.verdict !== 'violated' ? 'always' : canEnd ? 'not always' : 'never');

// %% [markdown] id=eras
// ## What a leak holds depends on the era
//
// | era | releases | the device waits for |
// |---|---|---|
// | A | 4.5 to 4.11 | every reference to every page |
// | B | 4.12 to 5.17 | every page that is not back to 0 |
// | C | 5.18 to 6.14 | nobody: the counts are not read |
// | D | 6.15 on | nobody, as in C; but now a mapping counts |
//
// The commits were read; that B, C and D begin in just these releases is *inferred*. Take the same leak into A, B and C: 64
// pages, 10 faults each, the guess of 5.3.

// %% id=bet-eras
predict('zd-eras');

// %% id=eras-run
const touches = Array.from({ length: 640 }, (_, i) => i % 64);
const size = { fix: 'unfixed', pages: 64, faults: 10 } as const;
const eras = ['4.8', '5.3', '5.18'].map(tag => zoneDevice.teardown(zoneDeviceLeak({ release: tag, ...size }), touches));
const leaked = { name: 'leaked on pages', values: eras.map(e => e.leaked) };
const left = { name: 'left on the device', values: eras.map(e => e.percpu[2]) };
const three = ['A (4.8)', 'B (5.3)', 'C (5.18)'];
show(figures.bars({ title: '64 pages, 10 leaks each', unit: 'references', labels: three, series: [leaked, left] }));
reveal('zd-eras', left.values.join(', '));

// %% [markdown] id=step-not-slope
// ## In eras A and B one touch is enough
//
// One touch of one page holds the whole device, however large: a step, not a slope. More touches do not make it worse. In era C
// the unbind returns, and a reference is left that points at nothing.

// %% id=one-is-enough
const outcome = (tag: string, n: number) => {
  const model = zoneDeviceLeak({ release: tag, fix: 'unfixed', pages: 8, faults: 9 });
  const { hangs, leaked } = zoneDevice.teardown(model, Array(n).fill(0));
  return hangs ? 'sleeps for ever' : leaked === 0 ? 'returns' : `returns, ${leaked} dangling`;
};
const table = [0, 1, 2, 9].map(n => [n, ...['4.8', '5.3', '5.18'].map(tag => outcome(tag, n))]);
show({ columns: ['touches of page 0', ...three], rows: table });

// %% [markdown] id=matrix
// ## The leaks end one after the other, not at once
//
// The same fault for each kind of backing, in each release that changed something. A leak hurts where somebody waits for the
// count. Where nobody does, it only grows: the counter has 31 bits.

// %% id=bet-longest
predict('zd-longest');

// %% id=matrix-run
const releases = ['4.8', '5.3', '5.4-rc7', '5.4-rc8', '5.6', '6.0', '6.13', '7.2.13'];
const cell = (kind: string, tag: string) => {
  const text = linux.balanceOf(linux.kvmRules(linux.release(tag)), linux.backing(kind));
  return { text, tone: text === 'balanced' ? 'good' : 'bad' } as const;
};
show(figures.releaseMatrix({ title: 'One fault: balanced, or a leak?', kinds: linux.BACKINGS, releases, cell }));
const leaks = (kind: string) => releases.filter(tag => cell(kind, tag).text === 'leak').length;
reveal('zd-longest', [...linux.BACKINGS].sort((a, b) => leaks(b) - leaks(a))[0]);

// %% [markdown] id=ex-2
// ## Exercise 2: fill the gap
//
// Below is the rule of 5.3: reserved means hands off. Change the last line so that it is right for all seven kinds of
// backing. `hint('zd-2')` helps, three times.

// %% id=zd-2
const owns = (pfn: zoneDevice.Looks) => {
  if (!pfn.pfn_valid) return false; // no struct page, nothing to put
  return !pfn.PageReserved;
};
check('zd-2', owns);

// %% [markdown] id=ex-3
// ## Exercise 3: count by hand
//
// Eight pages on 5.4-rc7. Page 0 is faulted three times, page 5 once, page 7 twice. `refs`: the eight counts now. Then the
// unbind. `percpu`: the device's reference before it, after the kill, and when nothing moves any more. `hangs`: does the
// unbind sleep for ever?

// %% id=zd-3
const counted: zoneDevice.Counted = {
  refs: [1, 1, 1, 1, 1, 1, 1, 1],
  percpu: [9, 8, 0],
  hangs: false,
};
check('zd-3', counted);

// %% [markdown] id=read-on
// ## Read on: the fifty minutes end here
//
// What follows takes as long again: the flows that must still skip a device page, huge pages, neighbours, what recorded kernels do
// today, the fixes that were not merged, and two runs to write. Then what one might think, and the sources.

// %% [markdown] id=not-ram
// ## A device page is still not RAM
//
// "Not reserved" would let KVM treat it as RAM everywhere. Two flows are kept out by name: marking the `struct page` dirty
// or accessed (page flags, not the EPT's bits), and moving references inside huge pages. The first as a table: whose
// `struct page` does KVM mark?

// %% id=bet-marks
predict('zd-marks');

// %% id=marks
const marks = (kind: string, tag: string) =>
  linux.marksPage(linux.kvmRules(linux.release(tag)), linux.heldPage(linux.backing(kind)));
const title = 'Whose struct page does kvm_set_pfn_dirty() mark?';
const five = ['5.3', '5.4', '5.6', '5.19', '6.1.192'];
show(figures.truthTable({ title, rows: linux.BACKINGS, columns: five, cell: marks, rowTitle: 'backing' }));
reveal('zd-marks', five.filter(tag => marks('devdax', tag)).length);

// %% [markdown] id=shift
// ## Without a fence, a reference would move to another counter
//
// When a 4K pfn proves to lie in a huge page, KVM on x86 (up to 5.5) moves its reference to the head: release, then get. In a
// THP both count on the same head. Before 5.17 *(inferred)* every 4K device page was its own head: the move would go from
// one counter to another.

// %% id=bet-shift
predict('zd-shift');

// %% id=shift-run
const unfenced = zoneDevice.thpShift({ backing: 'devdax', fence: 'none', taken_for_huge: true }).run(['vcpu to done']);
const labels = ['start', ...unfenced.steps.map(s => s.step)];
const stair = (name: string, path: string) => ({
  name,
  values: labels.map((_, i) => Number(unfenced.value(path, i))),
});
const [ofT, ofH] = [stair('page t, touched', 'page[1]._refcount'), stair('page h, the head', 'page[0]._refcount')];
show(figures.staircase({ title: 'What if 5.4 had no fence?', unit: '_refcount', labels, stairs: [ofT, ofH] }));
const moved = labels.indexOf('kvm_release_pfn_clean');
reveal('zd-shift', ofT.values[moved] === 1 ? 't' : 'neither');

// %% [markdown] id=shift-note
// After `kvm_release_pfn_clean` page t counts 1, which for a file on DAX means *idle*: who waits for that is woken, while
// KVM is about to map it. And h gets a bare `get_page()`, with no look at whether its device lives. In practice the test
// for a huge page says no to such pages, so the fence is a fence, not the guard *(inferred)*.

// %% [markdown] id=stairs-note
// ## A counts references, B counts pages
//
// The same leak once more, fault by fault: after each one, how much would keep the device if it went now?

// %% id=bet-stairs
predict('zd-stairs');

// %% id=stairs
const walk = [0, 0, 1, 0, 2, 2, 3, 1, 0, 4];
const afterEach = (tag: string) => {
  const model = zoneDeviceLeak({ release: tag, fix: 'unfixed', pages: 5, faults: 10 });
  return [0, ...walk.map((_, n) => zoneDevice.teardown(model, walk.slice(0, n + 1)).percpu[2])];
};
const stairs = ['4.8', '5.3', '5.18'].map((tag, i) => ({ name: three[i] ?? tag, values: afterEach(tag) }));
const faultOn = ['none', ...walk.map(page => `page ${page}`)];
const leftOver = { unit: 'left on the device', stairs, labels: faultOn };
show(figures.staircase({ title: 'If the device went after this fault', ...leftOver }));
reveal('zd-stairs', stairs[1]?.values[walk.length]);

// %% [markdown] id=granularity
// ## The size of a mapping decides how many pages leak
//
// How many distinct pages can a guest of 16 GiB leak, if it touches all its memory once? gup is asked for the first 4K page of
// a mapped block. And a counter of 31 bits lasts only so long, at a steady rate of faults on one page.

// %% id=granularity-run
const sizes = { '4K': 2 ** 12, '2M': 2 ** 21, '1G': 2 ** 30 };
const blocks = Object.entries(sizes).map(([name, bytes]) => [name, (16 * 2 ** 30) / bytes, (64 * 2 ** 30) / bytes]);
show({ columns: ['mapped as', 'distinct leaks, 16 GiB', '64 GiB'], rows: blocks });
const hours = (rate: number) => (2 ** 31 / rate / 3600).toFixed(1);
const horizon = [1e4, 1e5, 1e6].map(rate => [rate, hours(rate)]);
show({ columns: ['faults a second on one page', 'hours to overflow'], rows: horizon });

// %% [markdown] id=prefetch
// ## wait: do the neighbours leak too?
//
// A fault maps its neighbours as well. Until 5.2 they were released inside `mmu_set_spte()`, by the same guess; from 5.3 on
// they are put with a plain `put_page()`. One fault, seven neighbours:

// %% id=prefetch-run
for (const tag of ['5.2', '5.3', '5.4']) {
  const { leaked } = zoneDevice.teardown(zoneDeviceLeak({ release: tag, pages: 8, prefetch: true }), [3]);
  console.log(`${tag}: ${leaked} leaked by one fault`);
}

// %% [markdown] id=today
// ## Two real kernels of era C were watched
//
// First while a guest ran on device pages: the count goes up by one, and is back when the VM is gone. That is the fix at work.
// Then a device page was held while its device was unbound.

// %% id=bet-today
predict('zd-today');

// %% id=recorded
const cases = ['kvm devdax-align-4096', 'kvm fsdax-ext4'];
const seen = cases.flatMap(name => linux.recordedRuns(name).map(r => [name, r.kernel, r.before, r.atRelease, r.after]));
show({ columns: ['recorded', 'kernel', 'idle', 'at kvm_release_pfn_clean', 'VM gone'], rows: seen });

// %% id=today-model
const today = (tag: string) => zoneDeviceLeak({ release: tag, pages: 1, io: true }).run(['rdma', 'unbind to done']);
for (const tag of linux.RECORDED_KERNELS) {
  const t = today(tag);
  console.log(`${tag}: the page counts ${t.value('page[0]._refcount')}, its device is ${t.value('pgmap.state')}`);
}
reveal('zd-today', today('6.1.192').sleeper === null ? 'returns' : 'sleeps');

// %% [markdown] id=today-note
// In the lab both kernels did just that: an unbind of devdax returned at once, with a long-term pin held and with leaked KVM
// references too; where a whole memory section went with it, the later unpin oopsed. Those logs are not among the committed
// rows. The next ones are: truncating a *file* on DAX does still wait, while the file is mapped.

// %% id=truncate
const file = linux.recorded('fsdax truncate vs gup reference').slice(2);
const sleepsIn = (stack: unknown) => String(stack ?? '–').split(' < ')[0] ?? '–'; // the innermost function
const rowsOf = (kernel: linux.RecordedKernel) =>
  file.map(r => [kernel, r.step, String(r.in[kernel].returned), sleepsIn(r.in[kernel].stack)]);
show({ columns: ['kernel', 'step', 'returned', 'asleep in'], rows: linux.RECORDED_KERNELS.flatMap(rowsOf) });
const ext4 = zoneDeviceLeak({ release: '6.1.192', backing: 'fsdax', host: 'truncate', io: true, pages: 1 });
console.log(`the model: ${ext4.run(['rdma', 'truncate x4']).sleeper}`);

// %% [markdown] id=old-guess
// ## The old guess, put back on a live kernel, leaks again
//
// A probe on 6.1.192 and on 6.12.117 made the release step skip reserved pages again, as 5.3 did. The shared zero page leaks
// by the same rule as a device page, and its rows are committed. Six guest reads:

// %% id=kprobe
const probe = linux.recorded('oldbug kprobe: reserved pages not released (zero page)');
const reads = probe.filter(r => r.step === 'KVM_RUN guest read').length;
const ends6 = linux.RECORDED_KERNELS.map(k => [`recorded on ${k}`, Number(probe[probe.length - 1]?.in[k].zeroRef)]);
const zero = zoneDeviceLeak({ release: '5.3', backing: 'zero', pages: 1, host: 'nothing', faults: reads });
const same = zero.run(Array(reads).fill(zoneDevice.guestTouches(0)));
const rows6 = [...ends6, ['the model', Number(same.value('page[0]._refcount'))]];
show({ columns: ['', `zero page’s count after ${reads} guest reads`], rows: rows6 });

// %% [markdown] id=wrong-fixes
// ## Four fixes that were not merged, and what each breaks
//
// Each is a toggle of the same model. The machine says which sentence it breaks, and how many steps that takes.

// %% id=wrong-fixes-run
const two = ['devdax', 'devdax-pfnmap'];
const judged = {
  'always put': zoneDeviceLeak({ fix: 'always-put', backing: ['devdax', 'reserved'] }).explore(),
  'put right after gup': nested,
  'clear PG_reserved only': zoneDeviceLeak({ fix: 'clear-reserved' }).explore(),
  'get skips, release does not': zoneDeviceLeak({ release: '5.4', fix: 'get-skips-device', backing: two }).explore(),
  'the merged fix': safe,
};
const verdicts = Object.entries(judged);
const said = verdicts.map(([fix, v]) => [fix, v.verdict, v.violated ?? '–', v.trace?.steps.length ?? null]);
show({ columns: ['fix', 'verdict', 'breaks', 'in steps'], rows: said });

// %% [markdown] id=fixes-kinds
// ## Most wrong fixes are right for the page of the report
//
// One fault on each kind of memory: what is taken against what is put. `none` is 5.4, `unfixed` is the guess of 5.3;
// `devdax-pfnmap` is a device page that KVM finds by walking a page table.

// %% id=bet-under
predict('zd-under');

// %% id=fixes-kinds-run
const kinds = [...linux.BACKINGS, 'devdax-pfnmap'];
const balance = (kind: string, fix: string) => {
  const text = linux.balanceOf(linux.kvmRules(linux.release('5.4'), fix as linux.WrongFix), linux.backing(kind));
  return { text, tone: text === 'balanced' ? 'good' : 'bad' } as const;
};
const fixes = { rows: kinds, columns: linux.WRONG_FIXES, rowTitle: 'backing' };
show(figures.truthTable({ ...fixes, title: '5.4 as it is (none), and with each wrong fix', cell: balance }));
const loses = kinds.find(kind => balance(kind, 'always-put').text === 'underflow');
reveal('zd-under', loses);

// %% [markdown] id=ex-4
// ## Exercise 4: leak a page that KVM never maps
//
// Write a run on 5.3 in which something is owed at the end, and the SPTE was never set. `'vcpu'` is one step of the fault,
// `'vcpu x2'` two. The other process is called `notifier`.

// %% id=zd-4
check('zd-4', ['vcpu to tdp_page_fault']);

// %% [markdown] id=ex-5
// ## Exercise 5: the same hole, another host
//
// Again the early put, again one page that is mapped by `nested` (map, put, run L2, unmap). But the page is a block of a file on
// DAX, and nobody unbinds: process `truncate` gives the block away. Write the run in which L2 uses what another owns.

// %% id=zd-5
check('zd-5', ['nested x2']);

// %% [markdown] id=misconceptions
// ## What one might think
//
// | one might think | but |
// |---|---|
// | KVM pins guest pages while they are mapped | an SPTE holds no reference (since 2009); only a fault does, for a moment |
// | the reference protects the fault | the sequence count and `mmu_lock` do |
// | count 1 means in use | for a device page in eras A to C it means idle |
// | `PG_reserved` means not counted | it means hands off; gup counts the zero page and device pages |
// | the fix made device pages RAM | for get and put only |
// | the hang is in KVM | KVM is long gone; the unbind sleeps |
// | a new kernel would hang too | from 5.18 on it goes on, under a live reference |

// %% [markdown] id=caught
// ## What would have caught it
//
// - A test that unbinds the device *after* a guest has run on it. That is the report of September 2019.
// - The books: a get and a put in one function, or a type that carries the page beside the pfn. 6.13 does that.
// - A question asked of the value, not of the history: "is it reserved?" stood for "did I take one?".

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. Why may a fault drop its reference before it installs the SPTE, while `kvm_vcpu_map` may not?
// 2. On 5.3 zero page and devdax both leak. Why does only one of them hang something?
// 3. From 5.18 on, what does a leaked reference to a devdax page cost, and who pays?

// %% [markdown] id=how-found
// ## People who read code found it
//
// A report, and then people reading code: the pair of get and put that does not match was seen by eye, in a function far
// from the fault path.

// %% id=bet-days
predict('zd-days');

// %% id=mails
const { mails } = linux.thread('zone-device-leak');
show({ columns: ['date', 'who', 'what'], rows: mails.map(m => [m.date, m.from, m.what]) });
const dates = mails.map(m => Date.parse(m.date)).sort((a, b) => a - b);
reveal('zd-days', ((dates[dates.length - 1] ?? 0) - (dates[0] ?? 0)) / 86_400_000);

// %% [markdown] id=sources
// ## Sources
//
// `recorded`: a real kernel did it. `read`: source or mail. `inferred`: follows from what was read. Hashes and releases of
// these rows stand in `data/`; a test keeps them complete.

// %% id=sources-table
const commits = linux.thread('zone-device-leak').commits.map(c => [c.commit, c.subject, c.release ?? '–']);
show({ columns: ['commit', 'subject', 'release'], rows: commits });
const counts = linux.history('zone_device_refcount');
const wells = counts.map(r => [r.value, r.from, r.commit ?? '–', r.evidence, r.from_evidence ?? r.evidence]);
show({ columns: ['device pages', 'from', 'commit', 'the rule is', 'the release is'], rows: wells });

// %% [markdown] id=answers
// ## Answers, when you have yours
//
// 1. The notifier takes an SPTE back, and a late fault retries. No notifier reaches the address that `kvm_vcpu_map()` hands out: there
//    the reference is all that keeps the memory.
// 2. An unbind waits for each device page. For the zero page nobody waits.
// 3. The unbind returns under a live reference. Whoever holds it pays: the memory behind it may go.
