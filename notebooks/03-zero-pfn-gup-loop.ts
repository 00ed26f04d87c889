// %% [markdown] id=claim
// # Nothing is broken, and it never ends
//
// QEMU starts with a device assigned by vfio, and hangs: one thread is busy for ever. No splat, no errno.
//
// **50 minutes** in a room, up to exercise 4; what follows is for self-study, and takes as long again. You know C and what
// a page table is; notebook 00 shows how to read the figures and the TypeScript.
//
// | | |
// |---|---|
// | thread | Re-allow pinning of zero pfns, June 2022 |
// | releases | hangs on 5.19-rc1 to rc3, and again on 6.0-rc1 and rc2 |
// | modelled | faults, pins, the predicate, isolation, migration, the retry, vfio's map and unmap |
// | left out | page tables, counts of huge pages, RLIMIT_MEMLOCK |

// %% id=import
import { check, figures, hint, linux, predict, reveal, show, solution, zeroPfn, zeroPfnLoop } from 'put-page';

// %% [markdown] id=wrong-run
// ## The wrong run comes first: vfio maps pc.rom
//
// `pc.rom` lies at 0xc0000 in the guest, 128 KiB, read-only, and nobody has touched it yet. vfio pins it for DMA. Each
// page of it is read-faulted in, and behind every entry stands one and the same page: the **shared zero page**.
//
// Place a bet with a second argument, such as `predict('zp-end', 'vfio')`, or leave it empty.

// %% id=bet-end
predict('zp-end');

// %% id=run-end
const rom = 'Z'.repeat(linux.PC_ROM.pages); // one letter a page: Z is the zero page
const hang = zeroPfn.pinRun({ release: '5.19-rc2', kinds: rom });
console.log(`${linux.PC_ROM.pages} pages, one call of gup; result: ${hang.result}`);
const eight = zeroPfn.pinRun({ release: '5.19-rc2', kinds: rom, passes: 8 }); // watched for 8 passes
const entered = (step: string) => eight.trace.steps.filter(s => s.step === step).length;
console.log(`entered in that time: vfio_dma_do_map ${entered('vfio_dma_do_map')}`);
console.log(`                      __gup_longterm_locked ${entered('__gup_longterm_locked')}`);
reveal('zp-end', entered('vfio_dma_do_map') === 1 ? 'gup, inside one call' : 'QEMU');

// %% [markdown] id=the-loop
// ## gup goes round until every page may stay
//
// 5.13 to 6.0, shortened. The check asks of each page: *may it stay here for ever?* Whatever may not is isolated, that
// is, taken off its LRU list; then all pins are dropped, and what was isolated is migrated.
//
// ```c
// /* __gup_longterm_locked() */
// do {
//         n = __get_user_pages_locked(...);          /* fault in, pin */
//         if (n <= 0)
//                 break;
//         n = check_and_migrate_movable_pages(...);  /* >0: all may stay; <0: an error; */
// } while (!n);                                      /* 0: some may not, pins dropped: again */
// ```

// %% [markdown] id=one-pass
// ## One pass takes 32 pins, looks, and gives 32 back
//
// A pin adds 1024 to a page's count. A page that could not be isolated adds one to `isolation_error_count`; an entry
// that repeats the page right before it is skipped.

// %% id=bet-pass
predict('zp-peak');
predict('zp-errors');

// %% id=one-pass-table
const moments = zeroPfn.pinMoments(hang.trace);
const numbers = ['zero', 'isolation_error_count', 'list', 'drains', 'acquired', 'released', 'faults'] as const;
const rows = moments.map(m => [m.pass, m.moment, ...numbers.map(n => m[n])]);
show({ columns: ['pass', 'moment', 'zero page’s count', ...numbers.slice(1)], rows });
reveal('zp-peak', hang.peak);
reveal('zp-errors', moments.find(m => m.moment === 'scanned')?.isolation_error_count);

// %% [markdown] id=not-a-leak
// ## Every pass gives back what it took
//
// The first pass differs: it has the faults. From then on only statistics grow: pins ever taken, drains of every CPU's
// LRU batches (a page still in such a batch could be isolated after a drain; the zero page never is in one).

// %% id=net
console.log(`8 passes: ${eight.acquired} pins acquired, ${eight.released} released, ${eight.drains} drains`);

// %% [markdown] id=ex-1
// ## Exercise 1: count by hand
//
// 5.19-rc2, 32 entries: a zero PTE, an ordinary page, a zero PTE, and so on. Pass 7, at the end of the scan: the zero
// page's count, the errors, pages on the list, and, since the start, drains, pins acquired, pins released. Write
// numbers for the blanks.

// %% id=zp-1
const seventh = { count: -1, isolation_error_count: -1, list: -1, drains: -1, acquired: -1, released: -1 };
check('zp-1', seventh);

// %% [markdown] id=lasso
// ## The machine finds the cycle by itself
//
// We ask for the property `terminates`: the call ends, sooner or later. A run that never ends is a *lasso*: a stem, then a
// cycle for ever. Some cycles are only bad luck, because the scheduler never lets somebody run. *Fairness* rules such luck out.
// Weak: a process that stays runnable eventually runs. Strong: so does one that becomes runnable again and again.

// %% id=bet-fair
predict('zp-fair');

// %% id=explore-loop
const asked = ['none', 'weak', 'strong'] as const;
const loop = asked.map(fairness => zeroPfnLoop().explore({ property: 'terminates', fairness }));
for (const v of loop) console.log(`terminates on 5.19-rc2, fairness ${v.fairness}: ${v.verdict}`);
reveal('zp-fair', loop.every(v => v.verdict === 'violated') ? 'none of them' : 'strong');

// %% [markdown] id=lasso-words
// Two pages are enough to see it whole. A line is one step, named after the kernel function that does it, and what it
// changed. The stem ends with the last fault; the cycle is the rest of that pass and the start of the next one.

// %% id=explore-words
for (const v of loop) if (v.fairness === 'strong') console.log(v.text);

// %% [markdown] id=lasso-graph
// All 32 pages, by the four moments of a pass, each with the zero page's count. Two moments share a node only if the *whole*
// state is the same: the first loop head differs from the later ones, because its entries are still empty. From the second pass
// on nothing new is ever seen.

// %% id=lasso-figure
const whole = '5.19-rc2, 32 zero PTEs: stem and cycle. The numbers: the zero page’s count';
show(figures.stateGraph(zeroPfn.pinLasso({ kinds: rom }), { title: whole }));

// %% [markdown] id=wait-broken
// ## Which rule was broken, then?
//
// None. The counts add up, no page is used after it was freed, and an error keeps no pin. Such rules say that nothing bad
// happens; they are *safety* properties. A hang breaks the other kind, *liveness*: something good must happen at last. No
// assertion about a single moment can see that, because every moment is legal.

// %% id=safety
const safety = zeroPfnLoop({ kinds: 'ZMN' }).explore();
console.log(`safety on 5.19-rc2: ${safety.verdict} in ${safety.states} states`);
for (const release of ['5.18', '5.19', '6.0']) {
  const v = zeroPfnLoop({ release }).explore({ property: 'terminates', fairness: 'none' });
  console.log(`terminates on ${release}: ${v.verdict}`);
}

// %% [markdown] id=predicate
// ## One clause went inside a negation
//
// The predicate in its versions: may this page be pinned for long?
//
// ```c
// /* A, 5.13     */ return !(movable || cma) || zero;
// /* B, 5.19-rc1 */ if (cma || isolated_block) return false;
//                   return !(movable || zero);
// /* C, 5.19-rc4 */ /* same first line */
//                   return !movable || zero;
// /* D, 6.0-rc1  */ /* same first line */
//                   return !(device_coherent || movable || zero);
// /* E, 6.0-rc3  */ /* same first line */
//                   if (zero) return true;
//                   if (device_coherent) return false;
//                   return !movable;
// ```

// %% id=bet-inputs
predict('zp-inputs');

// %% id=truth
show(
  figures.truthTable({
    title: 'May it be pinned for long? Blank: no such page yet',
    ...zeroPfn.predicateGrid(['A', 'B', 'C', 'D', 'E']),
  }),
);
const differ = linux.pinnableTable().filter(row => row.answers.B !== row.answers.C);
reveal('zp-inputs', differ.length);

// %% [markdown] id=algebra
// ## Exercise 2, worked: the slip as algebra
//
// Version A with one negation: *refused is what is movable or CMA, and is not the zero page*. Run it. Then break it as
// B did: write `|| p.is_zero_pfn` inside, and read which rows change. (`p => …` is a function of p; `===` is C's `==`.)

// %% id=zp-2
const versionA = (p: linux.PinFacts) => !((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn);
check('zp-2', versionA);

// %% [markdown] id=draft
// ## The same patch had a second slip, and a test robot caught that one
//
// A draft of B took the migratetype, an enum, for bit flags: `mt & (CMA | ISOLATE)`. It refuses more blocks than it should.
// syzbot met a warning, and the draft was fixed before the merge. Nothing warned of the negation.

// %% id=draft-run
const refused = (Object.keys(linux.MIGRATE) as linux.MigrateName[]).filter(linux.draftRejects);
console.log(`refused by the draft: ${refused.join(', ')}`);

// %% [markdown] id=static
// ## A check without any loop would have caught both
//
// Each turn of the loop needs a page that is refused. So ask of each kind of page: is it *accepted; or able to leave;
// or does trying end in an error?* (The last: kinds P and V.) Whatever is none of these is stuck. That needs no zero
// page in a test machine, no vfio, no patience.

// %% id=kinds
const kindRows = linux.PIN_KINDS.map(k => [k, linux.pinKind(k).what, linux.pinKind(k).isolates]);
show({ columns: ['kind', 'what it is', 'can be isolated'], rows: kindRows });

// %% id=bet-windows
predict('zp-windows');

// %% id=static-run
const releases = ['5.10', '5.18', '5.19-rc1', '5.19-rc4', '6.0-rc1', '6.0-rc3', '7.2'];
show(figures.releaseMatrix({ title: 'Refused, and cannot leave?', ...zeroPfn.stuckGrid(releases) }));
const all = linux.staticCheck(linux.gupReleases());
const slips = all.filter(c => c.stuck.includes('Z')).map(c => c.release);
console.log(`${all.length} releases and candidates checked; stuck on the zero page from: ${slips.join(', ')}`);
reveal('zp-windows', linux.staticCheck(['7.2'])[0]?.stuck.length);

// %% [markdown] id=still-x
// Kind X, a driver's CMA page that was never on an LRU, is stuck in every column. What becomes of it depends on the
// retry: see *The kernel has stood on two corners*, below. No release listed here puts a bound on that retry, on purpose: the
// commit that brought the retry back says that no in-tree user pins such pages.

// %% [markdown] id=ex-3
// ## Exercise 3: fill the gap in the test
//
// A test pins one page of each of these kinds. Versions B and D pass it: such a test does not see the slip. Change the
// list so that B and D fail, and A, C, E pass.

// %% id=zp-3
const tested: linux.PinKindName[] = ['N', 'M', 'B'];
check('zp-3', tested);

// %% [markdown] id=held
// ## Held all the while: mmap_lock and vfio's iommu lock
//
// gup may not drop `mmap_lock` here, so a `brk` or `mmap` of the same process waits for ever, and later readers queue
// behind it. No soft lockup is reported: `cond_resched()` is called at every page, where a fatal signal is looked for, too. A waiter in uninterruptible sleep can make khungtaskd speak.
//
// 5.10.262 and 7.2 are right about the zero page; there kind X takes its place.

// %% id=bet-kill
predict('zp-kill');

// %% id=kill-run
const brk = zeroPfnLoop({ others: 'brk' }).explore({ property: 'brk gets mmap_lock', fairness: 'strong' });
console.log(`brk gets mmap_lock on 5.19-rc2: ${brk.verdict}`);
const survives: string[] = [];
for (const release of ['5.10.262', '5.19-rc2', '7.2']) {
  const kinds = release === '5.19-rc2' ? 'Z' : 'X';
  const v = zeroPfnLoop({ release, kinds, others: 'SIGKILL' }).explore({ property: 'SIGKILL ends it' });
  console.log(`SIGKILL ends it on ${release}, kind ${kinds}: ${v.verdict}`);
  if (v.verdict === 'violated') survives.push(release);
}
reveal('zp-kill', survives.join());

// %% [markdown] id=triangle
// ## Accept, retry, or fail: each is wrong somewhere
//
// A page that may not stay is isolated by *somebody else* for T passes: reclaim, compaction, another pin. ACCEPT pins
// it where it is. FAIL gives an errno. RETRY waits. RETRY_N, which is in no kernel, gives up in the n-th pass in a row
// that isolated nothing. "For ever" is kind X.

// %% id=bet-triangle
predict('zp-triangle');

// %% id=triangle-figure
const times = [0, 1, 2, 3, 5]; // T
const n = 3;
show(figures.truthTable({ title: `Four policies; RETRY_N with n = ${n}`, ...zeroPfn.policyGrid(times, n) }));
const waits = zeroPfn.pinRun({ release: '6.0', kinds: 'I', isolatedFor: 5, policy: 'RETRY' });
reveal('zp-triangle', zeroPfn.pinCell(waits).text);

// %% [markdown] id=policy-history
// ## The kernel has stood on two corners
//
// FAIL was proposed more than once; no release read here has it. ACCEPT came back in 6.14 as *fix infinite loop*;
// 6.16-rc4 reverted it: it could pin pages that were off their LRU only for a moment.
//
// Each cell below is a run; others keep kinds I and H for 2 passes. 5.10 asks about CMA only; V exists from 6.0 on.

// %% id=bet-corners
predict('zp-corners');

// %% id=corners
const nine = ['5.10', '5.13', '5.19-rc2', '5.19', '6.0-rc1', '6.1', '6.14', '6.16', '7.2'];
show(figures.releaseMatrix({ title: 'One page of each kind, pinned for long', ...zeroPfn.outcomeGrid(nine) }));
const endless = nine.filter(release => zeroPfn.pinRun({ release, kinds: 'X' }).result === 'never');
reveal('zp-corners', endless.length);

// %% id=policy-rows
const policies = linux
  .history('gup_unpinnable')
  .map(r => [r.from, r.value, r.commit ?? '–', r.subject ?? '–', r.evidence]);
show({ columns: ['from', 'policy', 'commit', 'subject', 'evidence'], rows: policies });

// %% [markdown] id=ex-4
// ## Exercise 4: design your own bound
//
// Your function is asked after every pass in which some page was refused. It may look at `pass.unpinnable`,
// `pass.isolated`, `pass.failed`, and `pass.stuck`: passes in a row that isolated nothing, this one included. It
// answers `'retry'`, `'accept'` or an errno.
//
// It must outlast 3 passes in which somebody else has isolated the page, pin nothing wrongly, always end, and give an errno that
// misleads nobody.

// %% id=zp-4
const mine: linux.PinPolicy = pass => {
  if (pass.failed > 100) return '-EINVAL';
  return 'retry';
};
check('zp-4', mine);

// %% [markdown] id=desk
// ## From here on for self-study: what else hangs on this page
//
// In a room, go on to *What would have caught it* and the three questions at the end. The sections between can be read
// in any order: measures of progress, the count, who else pins like this, what a write does, two more bugs, and what an
// administrator sees.

// %% [markdown] id=mix
// ## Each pass that migrates a page makes progress
//
// Eight entries on 5.19-rc2, some zero, some movable, the rest ordinary. Movable pages are isolated and migrated in the
// first pass, and what they leave behind is pinnable.

// %% id=bet-mix
predict('zp-mix');

// %% id=mix-run
show(
  figures.truthTable({ title: '5.19-rc2: passes, by what is among 8 entries', ...zeroPfn.mixGrid([0, 1, 2, 4, 8], 8) }),
);
const one = zeroPfn.pinRun({ kinds: zeroPfn.kindsOf(32, 1, 'Z', 'M') });
reveal('zp-mix', zeroPfn.pinCell(one).text);

// %% [markdown] id=mix-lasso
// ## Progress once is no proof of an end
//
// Take a measure: how many different pages are refused. A pass that does not shrink this number achieved nothing. But one
// such pass, or five, proves nothing either: a page that others have isolated comes back, here after 5.

// %% id=bet-measure
predict('zp-measure');

// %% id=mix-figure
const passes = 8;
const zeros = zeroPfn.refusedPages({ name: '32 zero PTEs', kinds: rom, passes });
const mixed = zeroPfn.refusedPages({ name: '1 zero PTE, 31 movable', kinds: zeroPfn.kindsOf(32, 1, 'Z', 'M'), passes });
const foreign = zeroPfn.refusedPages({ name: 'isolated by others', kinds: 'I', isolatedFor: 5, passes });
const measured = [zeros, mixed, foreign].map(({ name, y }) => [name, ...y]);
const inPass = Array.from({ length: passes }, (_, i) => `${i + 1}`);
show({ columns: ['pages refused in pass', ...inPass], rows: measured });
reveal('zp-measure', zeros.y[0]);

// %% [markdown] id=price
// ## n is a price: what it survives, what it wastes
//
// RETRY_N alone, T against n. A larger n survives longer isolations; the last row is what it wastes on a page that
// never comes.

// %% id=bet-price
predict('zp-price');

// %% id=price-figure
show(figures.truthTable({ title: 'RETRY_N: passes, by T and n', ...zeroPfn.patienceGrid(times, [1, 2, 3, 4, 6]) }));
const outlasted = times.filter(T => zeroPfn.policyOutcomes(T, 4).RETRY_N.result === 'nr_pages');
reveal('zp-price', Math.max(...outlasted));

// %% [markdown] id=saw
// ## The count of the zero page is a saw
//
// Whoever looks at the zero page's count sees it climb and fall, pass after pass, in both bad kernels. How it falls
// tells them apart.

// %% id=bet-fall
predict('zp-fall');

// %% id=saw-figure
const saw = ['5.19-rc2', '6.0-rc1'].map(release => zeroPfn.zeroCount({ release, kinds: rom, passes: 2 }));
const axis = { xTitle: 'steps', yTitle: 'zero page’s count', steps: true };
show(figures.curve({ title: 'Two passes over 32 zero PTEs', series: saw, ...axis }));
const falls = saw.map(({ y }) => y.filter((n, i) => n < (y[i - 1] ?? n)).length / 2);
reveal('zp-fall', falls.join(' and '));

// %% [markdown] id=setups
// ## FOLL_WRITE decides who may meet the zero page
//
// The thread begins by asking who can work with such a pin. vfio asks for `FOLL_WRITE` where the region is writable, as guest
// RAM is, and never for `FOLL_FORCE`. RDMA added both for memory that is only read, until 6.2. io_uring's fixed buffers always write.

// %% id=bet-ram
predict('zp-ram');

// %% id=setups-run
const ram = zeroPfn.pinRun({ release: '5.19-rc2', kinds: rom, mapping: 'read-write' });
reveal('zp-ram', zeroPfn.pinCell(ram).text);
const pinners = zeroPfn.setupGrid(['5.18', '5.19-rc2', '5.19', '6.2', '6.12']);
show(
  figures.releaseMatrix({ title: 'What a long-term pin of untouched memory holds; stale: after a write', ...pinners }),
);

// %% [markdown] id=stale
// ## A pin holds a page, not an address
//
// pc.rom is pinned on 5.19, where the slip is fixed, and the IOMMU is told the zero page's frame. The guest cannot write to
// pc.rom; QEMU does, when it loads the ROM. That is harmless as long as no device reads it *(inferred)*. From 6.2 on gup *unshares* first: a read-only long-term pin gets a
// private page, at the price of real memory.

// %% id=bet-stale
predict('zp-stale');

// %% id=stale-run
const sees = 'the device sees what the guest sees';
const old = zeroPfnLoop({ release: '5.19', kinds: 'Z', after: 'guest-writes' }).explore({ property: sees });
const later = zeroPfnLoop({ release: '6.2', kinds: 'Z', after: 'guest-writes' }).explore({ property: sees });
console.log(`5.19: ${old.verdict}; 6.2: ${later.verdict}`);
const end = old.trace?.steps.length ?? 0;
const title = '5.19: the last steps: the IOMMU is told a page, the guest gets another';
if (old.trace !== undefined) show(old.trace.lanes({ title, steps: [end - 2, end] }));
reveal('zp-stale', old.verdict === 'violated' ? 'zeros' : 'what the guest wrote');

// %% [markdown] id=recorded
// ## Two real kernels, on either side of that rule
//
// Recorded: 8 zero PTEs, pinned read-only for long. 6.1.192 keeps the zero page and counts nothing (since 6.5, and by
// backport); 6.12.117 gives an own page: 1 for its PTE, 1 for an LRU batch, 1024 for the pin.

// %% id=recorded-run
const real = zeroPfn.pinnedZeroPtes('pin_user_pages(R|LONGTERM)');
const both = real.map(r => [r.kernel, r.recorded.page, r.recorded.count, r.model.page, r.model.count]);
show({ columns: ['kernel', 'recorded: behind entry 0', 'its count', 'model', 'its count'], rows: both });

// %% [markdown] id=ex-5
// ## Exercise 5: fix the third attempt
//
// A first suggestion for a fix of D was: device-coherent or movable is refused, else return whether it is the zero page.
// What does that say about an ordinary page? Make it equal to E.

// %% id=zp-5
const attempt = (p: linux.PinFacts) => {
  if (p.migratetype !== 'other') return false;
  if (p.is_device_coherent || p.is_zone_movable) return false;
  return p.is_zero_pfn;
};
console.log(`${linux.pinInputs().filter(attempt).length} of ${linux.pinInputs().length} inputs may be pinned`);
check('zp-5', attempt);

// %% [markdown] id=ex-6
// ## Exercise 6: make ACCEPT pin what may not stay
//
// 6.14 accepts where it could isolate nothing. Two tasks pin one movable page: `gup[0]` and `gup[1]`, for two vfio containers,
// since one container maps one region at a time. Write a list of
// turns: `'gup[0] to try_grab_page'` lets the first run until it stands *before* that step, `'gup[1] to done'` lets the
// second run to its end. The steps' names are in the lasso.

// %% id=zp-6
check('zp-6', []);

// %% [markdown] id=contrast
// ## A backport can be wrong where its original is right
//
// 6.1.130 took *don't count pins of the zero page* from upstream. There the function that takes the pin returned 0 for
// success; in 6.1 it is still a bool, and 0 is failure. The same untouched pc.rom comes along.

// %% id=bet-contrast
predict('zp-contrast');

// %% id=contrast-run
const results = ['5.19-rc2', '6.1.130', '6.1.192'].map(release => {
  const { result } = zeroPfn.pinRun({ release, kinds: rom });
  return [release, result, linux.qemuAnswer(result).says];
});
show({ columns: ['release', 'the ioctl', 'QEMU says, in our words'], rows: results });
reveal('zp-contrast', results[1]?.[1]);

// %% [markdown] id=leak
// ## After success there is a real leak, elsewhere
//
// The hang leaks nothing. But where the predicate is right, in 5.18 too, vfio does pin zero pages, and at the unmap it
// takes them for pages that are not its own. 6.0-rc5 unpins them; from 6.2 on it meets none.

// %% id=bet-leak
predict('zp-leak');

// %% id=leak-run
const left = ['5.18', '5.19', '6.0', '6.2'].map(release => {
  const r = zeroPfn.pinRun({ release, kinds: rom, after: 'unmap' });
  return [release, r.acquired, r.released, r.zero];
});
show({ columns: ['release', 'acquired', 'released', 'zero page’s count after the unmap'], rows: left });
const gib = (linux.pinsUntilOverflow() * 4096) / 2 ** 30;
console.log(
  `overflow: ${linux.pinsUntilOverflow()} pins (${gib} GiB), or ${linux.mappingsUntilOverflow(linux.PC_ROM.pages)} mappings of pc.rom`,
);
reveal('zp-leak', left[1]?.[3]);

// %% [markdown] id=kept
// ## An error must keep nothing: 6.11 did
//
// The same code took an array of folios first in 6.11. Without memory for it, it answered -ENOMEM and kept all pins; 6.12
// needs no array. Here *safety* breaks, so a search finds it in a few steps.

// %% id=kept-run
for (const release of ['6.10', '6.11', '6.12']) {
  const v = zeroPfnLoop({ release, kinds: 'N', others: 'no-memory' }).explore({ property: 'an error keeps no pin' });
  console.log(`${release}: ${v.verdict}${v.trace === undefined ? '' : ` in ${v.trace.steps.length} steps`}`);
}

// %% [markdown] id=field
// ## /proc/vmstat can show it, where no log line does
//
// No log line tells of this loop, but `/proc/vmstat` does: the counters of pins taken and released both grow, and their
// difference does not. 6.5 stopped counting pins of zero pages; for kind X the sign is still there. On a live machine look at
// `nr_foll_pin_acquired` and `nr_foll_pin_released`, and at `/proc/PID/stack` of the busy thread. These are the model's numbers,
// not a recording.

// %% id=bet-gap
predict('zp-gap');

// %% id=field-figure
const signature = zeroPfn.vmstatSeries({ kinds: rom, passes: 8 });
show(
  figures.curve({
    title: '5.19-rc2: /proc/vmstat, read in mid-pass',
    xTitle: 'pass',
    yTitle: 'since the start',
    series: signature,
  }),
);
const [acquired, released] = signature;
const gaps = new Set(acquired?.y.map((n, i) => n - (released?.y[i] ?? 0)));
reveal('zp-gap', gaps.size === 1 ? `stays ${[...gaps][0]}` : 'grows by 32 a pass');

// %% [markdown] id=mail
// ## What the mail got right, and what can be added today
//
// - Right: the loop, the place, 32 pages, 0 for ever. To add: the error counter rises by 1 for a run of equal pages, and every turn drains all CPUs.
// - The guess of a read-only region that no device uses fits all that was read *(inferred)*.
// - vfio was said not to force a write *in most cases*. It sets `FOLL_WRITE` for writable regions, `FOLL_FORCE` never.

// %% id=runs-not-pages
for (const order of ['first', 'alternating']) {
  const half = zeroPfn.pinRun({ kinds: zeroPfn.kindsOf(32, 16, 'Z', 'N', order) });
  const scan = zeroPfn.pinMoments(half.trace).find(m => m.moment === 'scanned');
  console.log(
    `16 zero PTEs of 32, ${order}: errors ${scan?.isolation_error_count}, drains ${scan?.drains}, ${half.result}`,
  );
}

// %% [markdown] id=mail-2
// - No zero page in shared mappings: true for anonymous memory and shmem. Holes of fs-dax files map it in shared
//   mappings too, but there long-term pins are refused.
// - The unsharing that David hoped for came in 6.2.
// - Did the fix remove the infinite loop? It fixed the predicate. The loop is still there, on purpose.

// %% [markdown] id=caught
// ## What would have caught it
//
// - The static check: every kind that the predicate refuses must be able to leave.
// - A zero page in the test: no input without one tells A from B.
// - A bound on every retry, or at least a proof that each turn makes some measure smaller.

// %% [markdown] id=unverified
// ## Not verified
//
// `mm/gup.c` of 5.19 was not read as one file, but put together from its patches and from 6.1. That QEMU fills `pc.rom` only after vfio has mapped it is
// inferred. Whether a bound on the loop was merged after spring 2026 is not known here.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. The callee answered 0 both for "all migrated" and for "nothing attempted". What could the caller do with two answers?
// 2. The zero page's lasso is there under strong fairness, kind I's is not. Who is waited for in each?
// 3. Which of notebooks 01 to 03 would a leak detector have found?

// %% [markdown] id=sources
// ## Sources
//
// `recorded`: a real kernel did it. `read`: source or mail. `inferred`: follows from what was read. Hashes and releases
// stand in `data/`; a test keeps them complete.

// %% id=sources-rows
const { commits } = linux.thread('zero-pfn-gup-loop');
const pinnedTo = commits.map(c => [c.commit, c.subject, c.release ?? '–']);
show({ columns: ['commit', 'subject', 'first in'], rows: pinnedTo });
const evidence = linux.history('gup_pinnable').map(r => [r.value, r.from, r.evidence, r.from_evidence ?? r.evidence]);
show({ columns: ['predicate', 'from', 'its rule is', 'its release is'], rows: evidence });

// %% [markdown] id=answers
// ## Answers, when you have yours
//
// 1. Go round again after "all migrated"; count the turns in which nothing was attempted. Stopping at the first would be FAIL.
// 2. Fairness helps only a task that waits for another. Kind I waits for whoever isolated the page; the zero page for nobody.
// 3. The bug of 01. In 02 a put frees what nobody counts. Here each turn gives back what it took.
