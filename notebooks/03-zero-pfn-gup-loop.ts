// %% [markdown] id=claim
// # Nothing is broken, and it never ends
//
// QEMU starts with a device assigned by [vfio](../docs/glossary.md#vfio), and hangs: one thread is busy for ever.
//
// **50 minutes**, and as long again to read on. You should know C and page tables; [notebook 00](00-start-here.ipynb)
// explains the figures.
//
// | | |
// |---|---|
// | thread | Re-allow pinning of zero pfns, June 2022 |
// | releases | hangs on 5.19-rc1 to rc3, and again on 6.0-rc1 and rc2 |
// | modelled | faults, pins, the predicate, isolation, migration, the retry, vfio's map and unmap |
// | left out | page tables, counts of huge pages, RLIMIT_MEMLOCK |

// %% id=import
import { check, figures, hint, interact, linux, predict, reveal, show, slider } from 'put-page';
import { solution, zeroPfn, zeroPfnLoop } from 'put-page';

// %% [markdown] id=wrong-run
// ## The wrong run comes first: vfio maps pc.rom
//
// `pc.rom` is 128 KiB of guest memory, read-only and still untouched. vfio asks [gup](../docs/glossary.md#gup)
// (`pin_user_pages_remote()`) for a [long-term](../docs/glossary.md#long-term-pin) [pin](../docs/glossary.md#pin) of
// its 32 pages. gup faults each page in for reading, so one and the same page stands behind all 32 entries: the
// [**zero page**](../docs/glossary.md#zero-page). Its count is 1 at boot; each pin adds 1024.

// %% id=bet-end
predict('zp-end');
predict('zp-peak');

// %% id=run-end
const rom = 'Z'.repeat(linux.PC_ROM.pages); // one letter a page: Z is an untouched page
const hang = zeroPfn.pinRun({ release: '5.19-rc2', kinds: rom });
show(figures.score(hang.trace, { counters: 'zero_page._refcount', title: '5.19-rc2: vfio maps pc.rom' }));
reveal('zp-end', zeroPfn.kernelLog(hang));
reveal('zp-peak', hang.peak);

// %% [markdown] id=the-loop
// ## gup goes round until every page may stay
//
// This is the loop of 5.13 to 6.0, shortened. `check_and_migrate_movable_pages()` asks of each page: *may it stay for
// ever?* A page that may not is [*isolated*](../docs/glossary.md#isolate): taken off its
// [LRU](../docs/glossary.md#lru) list, onto the call's own. If any page may not stay, all pins are dropped, and
// isolated pages are [migrated](../docs/glossary.md#migrate).
//
// ```c
// do {    /* __gup_longterm_locked() */
//         n = __get_user_pages_locked(...);          /* pin */
//         if (n <= 0)
//                 break;
//         n = check_and_migrate_movable_pages(...);  /* >0: all may stay */
// } while (!n);                                      /* 0: pins dropped, again */
// ```

// %% [markdown] id=the-scan
// In the figure a pass is 32 pins, the scan, the unpin. The scan
//
// - skips an entry with the same page as the one before;
// - at the first refused page that is on no list, [drains](../docs/glossary.md#drain) the batches of all CPUs: the page
//   may be waiting in one;
// - adds 1 to `isolation_error_count` for each page that it cannot isolate.

// %% [markdown] id=isolate
// ## Nothing was migrated, and it still says "again"
//
// `folio_isolate_lru()` of 5.19 clears `PG_lru` and takes the [folio](../docs/glossary.md#folio) off its list. If `PG_lru` was not set, it
// returns -EBUSY *(read)*. The zero page was never on an LRU list. So `check_and_migrate_movable_pages()` has nothing to
// migrate and returns 0, just as after a migration.

// %% [markdown] id=change-it
// ## Change the decision, and search again
//
// In the model the step `list_empty` decides after the scan. This one gives an errno, as Jason Gunthorpe proposed. Run
// it: does the call end, and does every *safety* [property](../docs/glossary.md#property) hold (nothing bad ever happens)? Then set `refused`
// to `me.isolated`, which accepts what cannot be isolated. That breaks *what is pinned may stay*,
// which asks 5.19-rc2's own predicate: wrong about the zero page.

// %% id=change-it-run
const fails = zeroPfnLoop({ release: '5.19-rc2', kinds: 'Z' }).with('list_empty', (_s, me) => {
  const refused = me.isolated + me.isolation_error_count;
  me.i = 0; // the next step begins at page 0 again
  me.rc = refused === 0 ? 'nr_pages' : me.isolation_error_count > 0 ? '-EINVAL' : '0';
  return refused === 0 ? 'while_rc' : 'unpin_user_pages';
});
console.log(fails.explore({ property: 'terminates', fairness: 'none' }).headline);
console.log(fails.explore().headline);

// %% [markdown] id=ex-1
// ## Exercise 1: count by hand
//
// 5.19-rc2, 32 entries: a zero [PTE](../docs/glossary.md#pte) (an entry that maps the zero page), an ordinary page, a
// zero PTE, and so on. It is pass 7, at the end of the scan. What are the zero page's count, the error count and the
// length of the list? And since the start: how many drains, pins acquired, pins released?

// %% id=zp-1
// -1 stands for a blank
const seventh = { count: -1, isolation_error_count: -1, list: -1, drains: -1, acquired: -1, released: -1 };
check('zp-1', seventh);

// %% [markdown] id=lasso
// ## We ask whether the call ever ends
//
// A run that breaks the property `terminates` is a [**lasso**](../docs/glossary.md#lasso): a stem, then a cycle that repeats for ever. The
// numbers are the zero page's count. Two moments share a node only if the whole state is the same: at the first loop head the
// page table entries are still empty.

// %% id=lasso-figure
show(figures.stateGraph(zeroPfn.pinLasso({ kinds: rom }), { title: '5.19-rc2, 32 zero PTEs: stem and cycle' }));

// %% [markdown] id=predicate
// ## One predicate, version by version
//
// `is_pinnable_page()`, later `is_longterm_pinnable_page()`: may this page be long-term pinned? *movable* means
// [ZONE_MOVABLE](../docs/glossary.md#zone_movable), *cma* a block of [CMA](../docs/glossary.md#cma), *isolated_block* one that is being emptied,
// [*device_coherent*](../docs/glossary.md#device-coherent) device memory.
//
// ```c
// /* A, 5.13     */ return !(movable || cma) || zero;
// /* B, 5.19-rc1 */ if (cma || isolated_block) return false;
//                   return !(movable || zero);
// /* C, 5.19-rc4 */ /* same first line */
//                   return !movable || zero;
// /* D, 6.0-rc1  */ /* same first line */
//                   return !(device_coherent || movable || zero);
// ```

// %% id=bet-inputs
predict('zp-inputs');

// %% id=truth
const versions = zeroPfn.predicateGrid(['A', 'B', 'C', 'D', 'E']); // E: fixed again, 6.0-rc3
show(figures.truthTable({ title: 'May it be long-term pinned?', ...versions }));
const differ = linux.pinnableTable().filter(row => row.answers.B !== row.answers.C);
reveal('zp-inputs', differ.length > 0 && differ.every(row => row.page.is_zero_pfn) ? 'some zero pages' : 'others');

// %% [markdown] id=algebra
// ## Exercise 2, worked: the slip as algebra
//
// Version A with one negation: *refused is what is movable or CMA, and not the zero page*. Run it. Then write
// `|| p.is_zero_pfn` inside, as B did. Which rows change?

// %% id=zp-2
const versionA = (p: linux.PinFacts) => !((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn);
check('zp-2', versionA);

// %% [markdown] id=static
// ## A check without any loop would have caught both slips
//
// Each kind of page must be accepted, or be able to leave, or get an error. If none holds, it is stuck.

// %% id=kinds
const kindRows = linux.PIN_KINDS.map(k => [k, linux.pinKind(k).what, linux.pinKind(k).isolates]);
show({ columns: ['kind', 'what it is', 'can be isolated'], rows: kindRows });

// %% id=bet-windows
predict('zp-windows');

// %% id=static-run
const releases = ['5.10', '5.18', '5.19-rc1', '5.19-rc4', '6.0-rc1', '6.0-rc3', '7.2'];
show(figures.releaseMatrix({ title: 'Refused, and cannot leave?', ...zeroPfn.stuckGrid(releases) }));
reveal('zp-windows', linux.staticCheck(['7.2'])[0]?.stuck.length);

// %% [markdown] id=still-x
// This asks only the predicate: up to 5.10.37, and in 6.14, kind X was pinned. The commit that restored the endless
// retry knows of no in-tree user *(read)*.

// %% [markdown] id=ex-3
// ## Exercise 3: fill the gap in the test
//
// A test pins one page of each of these kinds, and B and D pass it. Change the list: B and D must fail; A, C and E must
// pass.

// %% id=zp-3
const tested: linux.PinKindName[] = ['N', 'M', 'B'];
check('zp-3', tested);

// %% [markdown] id=held
// ## How to see it on a live machine
//
// gup holds `mmap_lock` for reading, so a `brk()` of the process waits for ever.
//
// ```sh
// top -H                          # a thread of QEMU is busy
// cat /proc/PID/task/TID/stack    # as root, several times: empty while it is on a CPU
// grep nr_foll_pin /proc/vmstat   # twice: both grow (5.10.38 and later 5.10.y: neither)
// ```
//
// Look for `__gup_longterm_locked()`. 6.5 stopped counting pins of the zero page there.
//
// Does `kill -9` help? 5.10.262 and 7.2 accept the zero page, so there we pin kind X. 5.10.262's loop
// scans again without going back to gup.

// %% id=bet-kill
predict('zp-kill');

// %% id=kill-run
const pins = { '5.10.262': 'X', '5.19-rc2': 'Z', '7.2': 'X' };
const ended = Object.entries(pins).map(([release, kinds]) => {
  const v = zeroPfnLoop({ release, kinds, others: 'SIGKILL' }).explore({ property: 'SIGKILL ends it' });
  return [release, kinds, v.verdict === 'holds' ? 'yes' : 'no'];
});
show({ columns: ['release', 'kind', 'SIGKILL ends it'], rows: ended });
reveal('zp-kill', ended.find(row => row[2] === 'no')?.[0]);

// %% [markdown] id=affected
// ## Is my kernel affected, and what then?
//
// From 5.10.38 on only a reboot helps in 5.10.y; elsewhere `kill -9`, then an update.

// %% id=affected-run
const yours = '5.10.200'; // what uname -r prints
show(linux.affectedBy('zero-pfn-gup-loop', yours, '5.18', '5.19-rc2', '5.19', '6.0-rc2', '6.1.192'));
show(linux.affectedBy('cma-rescan', yours, '5.10.37', '5.10.262', '6.1.192'));

// %% [markdown] id=attacker
// The attacker is not the guest but anyone who may open a vfio device. The gain: one busy CPU, and LRU drains on all the
// others *(inferred)*.

// %% [markdown] id=triangle
// ## Accept, retry, or fail: each is wrong somewhere
//
// Somebody else (reclaim, compaction, another pin) has isolated the page for T passes. ACCEPT pins it where it is, FAIL
// gives an errno, RETRY waits. RETRY_N, which no kernel has, gives up after n passes in a row that isolated nothing.

// %% id=bet-triangle
predict('zp-triangle');

// %% id=triangle-figure
const times = [0, 1, 2, 3, 5]; // T
const n = 3;
show(figures.truthTable({ title: `Four policies; RETRY_N with n = ${n}`, ...zeroPfn.policyGrid(times, n) }));
const waits = zeroPfn.pinRun({ release: '6.0', kinds: 'I', isolatedFor: 5, policy: 'RETRY' });
reveal('zp-triangle', zeroPfn.pinCell(waits).text);

// %% [markdown] id=ex-4
// ## Exercise 4: design your own bound
//
// Your function is asked after every pass that refused a page. It may look at `pass.unpinnable`, `pass.isolated`,
// `pass.failed` (could not be isolated) and `pass.stuck` (passes in a row that isolated nothing). It returns
// `'retry'`, `'accept'` or an errno: `'-EINVAL'`, `'-EBUSY'`, `'-ETIMEDOUT'`, `'-ENOMEM'`, `'-EINTR'`.

// %% [markdown] id=ex-4-more
// It must outlast 3 passes in which somebody else has the page, pin no refused page, and end
// within 100 passes. Choose an errno that misleads nobody: on -EBUSY QEMU tries again.

// %% id=zp-4
const mine: linux.PinPolicy = pass => {
  if (pass.failed > 100) return '-EINVAL';
  return 'retry';
};
check('zp-4', mine);

// %% [markdown] id=read-on
// ## Read on: the fifty minutes end here
//
// Look at the three questions near the end before you go. The rest can be read in any order, and takes as long again:
// fairness, the policy's history, measures of progress, the count, who else pins like this, what a write does, and three
// more bugs.

// %% [markdown] id=wait-broken
// ## Which rule was broken, then?
//
// No count is wrong, and no page is used after its free. That would break *safety*: nothing bad ever happens. A hang breaks
// *liveness*: something good happens in the end. No assertion about one moment can see it.

// %% [markdown] id=fairness
// ## Is it only bad luck?
//
// Some lassos are, because the scheduler never runs some task. [*Fairness*](../docs/glossary.md#fairness) rules that out. Weak fairness: a
// process that stays runnable eventually runs. Strong: so does one that becomes runnable again and again. Here are two
// lassos: of the zero page, and of a page that somebody else has isolated and will put back.

// %% id=bet-fair
predict('zp-fair');

// %% id=explore-loop
const levels = ['none', 'weak', 'strong'] as const;
const ends = Object.entries({ zero: 'Z', isolated: 'I' }).map(([page, kinds]) => {
  const asked = levels.map(fairness => zeroPfnLoop({ kinds }).explore({ property: 'terminates', fairness }));
  return [page, ...asked.map(v => v.verdict)];
});
show({ columns: ['terminates, page', ...levels.map(level => `fairness: ${level}`)], rows: ends });
const helped = ends.filter(row => row.at(-1) === 'holds').map(([page]) => page);
reveal('zp-fair', helped.length === 1 ? `the ${helped[0]} page’s` : helped.length === 2 ? 'both' : 'neither');

// %% [markdown] id=not-a-leak
// ## Every pass gives back what it took
//
// The first pass differs: it has the faults. From then on only statistics grow: pins ever taken, and drains of every
// CPU's LRU batches. A page that waits in such a batch could be isolated after a drain. The zero page never is in one.

// %% id=net
const moments = zeroPfn.pinMoments(hang.trace);
const numbers = ['zero', 'isolation_error_count', 'list', 'drains', 'acquired', 'released', 'faults'] as const;
const rows = moments.map(m => [m.pass, m.moment, ...numbers.map(n => m[n])]);
show({ columns: ['pass', 'moment', 'zero page’s count', ...numbers.slice(1)], rows });
const eight = zeroPfn.pinRun({ release: '5.19-rc2', kinds: rom, passes: 8 }); // watched for 8 passes
console.log(`8 passes: ${eight.acquired} pins acquired, ${eight.released} released, ${eight.drains} drains`);

// %% [markdown] id=draft
// ## The same patch had a second slip, and a test robot caught that one
//
// A draft of B took the migratetype, an enum, for bit flags: `mt & (CMA | ISOLATE)`. It refused more blocks than it should.
// syzbot hit a warning, and the draft was fixed before the merge. Nothing warned of the negation.

// %% id=draft-run
const refused = (Object.keys(linux.MIGRATE) as linux.MigrateName[]).filter(linux.draftRejects);
console.log(`refused by the draft: ${refused.join(', ')}`);

// %% [markdown] id=brk
// ## Held all the while: mmap_lock and vfio's iommu lock
//
// A `brk()` of the same process waits for the lock, and later readers queue behind it. A waiter in uninterruptible
// sleep can trigger the hung-task warning; `brk()` itself waits killably, which khungtaskd skips. `ps -f` may hang,
// too: it reads `/proc/PID/cmdline` under `mmap_lock` *(read)*.

// %% id=brk-run
const brk = zeroPfnLoop({ others: 'brk' }).explore({ property: 'brk gets mmap_lock', fairness: 'strong' });
console.log(`brk gets mmap_lock on 5.19-rc2: ${brk.verdict}`);
for (const release of ['5.18', '5.19', '6.0']) {
  const v = zeroPfnLoop({ release }).explore({ property: 'terminates', fairness: 'none' });
  console.log(`terminates on ${release}: ${v.verdict}`);
}

// %% [markdown] id=policy-history
// ## The kernel has tried two of the three
//
// FAIL was proposed more than once, and no release read here has it. ACCEPT came back in 6.14 as *fix infinite loop*.
// 6.16 reverted it (rc4, *inferred*), because it could pin pages that were off their LRU list only for a moment.
//
// Each cell below is a run. Others keep kinds I and H ([hugetlb](../docs/glossary.md#hugetlb)) for 2 passes. 5.10 asks about CMA only, and kind V exists from 6.0 on.

// %% id=corners
const nine = ['5.10', '5.13', '5.19-rc2', '5.19', '6.0-rc1', '6.1', '6.14', '6.16', '7.2'];
show(figures.releaseMatrix({ title: 'One page of each kind, long-term pinned', ...zeroPfn.outcomeGrid(nine) }));

// %% id=policy-rows
const policies = linux
  .history('gup_unpinnable')
  .map(r => [r.from, r.value, r.commit ?? '–', r.subject ?? '–', r.evidence]);
show({ columns: ['from', 'policy', 'commit', 'subject', 'evidence'], rows: policies });

// %% [markdown] id=policy-stable
// Stable kernels took ACCEPT over, and gave it up again, each at its own version:

// %% id=policy-stable-rows
show(linux.stableTable('gup_unpinnable'));

// %% [markdown] id=mix
// ## Each pass that migrates a page makes progress
//
// Eight entries on 5.19-rc2, some zero, some movable, the rest ordinary. Movable pages are isolated and migrated in the
// first pass, and what they leave behind is pinnable.

// %% id=bet-mix
predict('zp-mix');

// %% id=mix-run
const shares = zeroPfn.mixGrid([0, 1, 2, 4, 8], 8);
show(figures.truthTable({ title: '5.19-rc2: passes, by what is among 8 entries', ...shares }));
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
const mixed = zeroPfn.refusedPages({ name: '1 zero, 31 movable', kinds: zeroPfn.kindsOf(32, 1, 'Z', 'M'), passes });
const away = zeroPfn.refusedPages({ name: 'isolated by others', kinds: 'I', isolatedFor: 5, passes });
const measured = [zeros, mixed, away].map(({ name, y }) => [name, ...y]);
const inPass = Array.from({ length: passes }, (_, i) => `${i + 1}`);
show({ columns: ['pages refused in pass', ...inPass], rows: measured });
reveal('zp-measure', zeros.y[0]);

// %% [markdown] id=price
// ## n is a price: what it survives, what it wastes
//
// The figure shows RETRY_N alone: T against n. A larger n survives longer isolations; the last row is what it wastes on a page that
// never comes.

// %% id=bet-price
predict('zp-price');

// %% id=price-figure
show(figures.truthTable({ title: 'RETRY_N: passes, by T and n', ...zeroPfn.patienceGrid(times, [1, 2, 3, 4, 6]) }));
const outlasted = times.filter(T => zeroPfn.policyOutcomes(T, 4).RETRY_N.result === 'nr_pages');
reveal('zp-price', Math.max(...outlasted));

// %% id=turn
// Others hold the page for T passes. How many does RETRY take for each T, and what does RETRY_N pay to take fewer?
interact({ policy: ['RETRY', 'RETRY_N'], T: slider(0, 5, 1, 3) }, ({ policy, T }) => {
  const run = zeroPfn.pinRun({ release: '6.0', kinds: 'I', isolatedFor: T, policy, patience: 3 });
  return figures.score(run.trace, { title: `${policy}, T = ${T}: ${zeroPfn.pinCell(run).text}` });
});

// %% [markdown] id=saw
// ## The count of the zero page is a sawtooth
//
// Whoever looks at the zero page's count sees it climb and fall, pass after pass, in both bad kernels. How it falls
// tells them apart: 5.19 subtracts once for a run of equal folios, 6.0 unpins page by page.

// %% id=saw-figure
const saw = ['5.19-rc2', '6.0-rc1'].map(release => zeroPfn.zeroCount({ release, kinds: rom, passes: 2 }));
const axis = { xTitle: 'steps', yTitle: 'zero page’s count', steps: true };
show(figures.curve({ title: 'Two passes over 32 zero PTEs', series: saw, ...axis }));

// %% [markdown] id=setups
// ## FOLL_WRITE decides who may meet the zero page
//
// The thread begins by asking who can work with such a pin. vfio asks for `FOLL_WRITE` where the region is writable, as guest
// RAM is, and never for `FOLL_FORCE`. RDMA added both for memory that is only read, until 6.2. io_uring's fixed buffers always write.

// %% [markdown] id=setups-more
// Others meet the loop, too: a long-term pin by the driver tt-kmd spun on 6.8 for 65 minutes, until `kill -9`. Its kind of
// page is not known *(read)*.

// %% id=bet-ram
predict('zp-ram');

// %% id=setups-run
const ram = zeroPfn.pinRun({ release: '5.19-rc2', kinds: rom, mapping: 'read-write' });
reveal('zp-ram', zeroPfn.pinCell(ram).text);
const pinners = zeroPfn.setupGrid(['5.18', '5.19-rc2', '5.19', '6.2', '6.12']);
const holds = 'What a long-term pin of untouched memory holds; stale: after a write';
show(figures.releaseMatrix({ title: holds, ...pinners }));

// %% [markdown] id=stale
// ## pc.rom is pinned, then written
//
// pc.rom is pinned on 5.19, where the slip is fixed, and the IOMMU is told the frame of the page behind each entry. The
// guest cannot write to pc.rom, but QEMU does, when it loads the ROM (the model calls that process `guest`).

// %% id=bet-stale
predict('zp-stale');

// %% id=stale-run
const sees = 'the device sees what the guest sees';
const old = zeroPfnLoop({ release: '5.19', kinds: 'Z', after: 'guest-writes' }).explore({ property: sees });
const later = zeroPfnLoop({ release: '6.2', kinds: 'Z', after: 'guest-writes' }).explore({ property: sees });
console.log(`“${sees}” on 5.19: ${old.verdict}; on 6.2: ${later.verdict}`);
const end = old.trace?.steps.length ?? 0;
const title = '5.19: pc.rom is pinned, then QEMU writes to it';
if (old.trace !== undefined) show(old.trace.score('zero_page._refcount', { title, steps: [end - 3, end] }));
reveal('zp-stale', old.verdict === 'violated' ? 'zeros' : 'what QEMU wrote');

// %% [markdown] id=stale-note
// A pin holds a page, not an address. That is harmless as long as no device reads pc.rom *(inferred)*. From 6.2 on gup
// [unshares](../docs/glossary.md#unshare) first: a read-only long-term pin gets a private page, at the price of real memory.

// %% [markdown] id=recorded
// ## Two real kernels, on either side of that rule
//
// Recorded: 8 zero PTEs, long-term pinned for reading. 6.1.192 keeps the zero page and counts nothing (since 6.5, and by
// backport); 6.12.117 gives a page of its own: 1 for its PTE, 1 for an LRU batch, 1024 for the pin.

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
// 6.14 accepts the pages if it could isolate none. Two tasks pin one movable page: `gup[0]` and `gup[1]`, for two vfio
// containers, since one container maps one region at a time. Write a list of turns: `'gup[0] to try_grab_folio'` lets the
// first run until it stands *before* that step, `'gup[1] to done'` lets the second run to its end. The steps that follow:
// `check_and_migrate_movable_pages`, `folio_is_longterm_pinnable`, `folio_isolate_lru`, `list_empty`, `unpin_user_pages`,
// `migrate_pages`, `while_rc`.

// %% id=zp-6
check('zp-6', []);

// %% [markdown] id=contrast
// ## A backport can be wrong where its original is right
//
// 6.1.130 took *don't count pins of the zero page* from upstream. There the function that takes the pin returned 0 for
// success; in 6.1 it is still a bool, and 0 is failure. We map the same untouched pc.rom.

// %% id=bet-contrast
predict('zp-contrast');

// %% id=contrast-run
const results = ['5.19-rc2', '6.1.130', '6.1.192'].map(release => {
  const { result } = zeroPfn.pinRun({ release, kinds: rom });
  return [release, zeroPfn.ioctlAnswer(result, rom), linux.qemuAnswer(result).says];
});
show({ columns: ['release', 'the ioctl returns', 'QEMU says, in our words'], rows: results });
reveal('zp-contrast', results[1]?.[1]);

// %% [markdown] id=leak
// ## vfio maps pc.rom, and unmaps it
//
// The hang leaks nothing. Where the predicate is right, in 5.18 too, vfio pins the zero page once for each of the 32
// entries. Then it unmaps.

// %% id=bet-leak
predict('zp-leak');

// %% id=leak-run
const left = ['5.18', '5.19', '6.0', '6.2'].map(release => {
  const r = zeroPfn.pinRun({ release, kinds: rom, after: 'unmap' });
  return [release, r.acquired, r.released, r.zero];
});
show({ columns: ['release', 'acquired', 'released', 'zero page’s count after the unmap'], rows: left });
reveal('zp-leak', left[1]?.[3]);

// %% id=overflow
const [many, maps] = [linux.pinsUntilOverflow(), linux.mappingsUntilOverflow(linux.PC_ROM.pages)];
console.log(`overflow: ${many} pins (${(many * 4096) / 2 ** 30} GiB), or ${maps} mappings of pc.rom`);

// %% [markdown] id=leak-note
// Up to 6.0-rc4 vfio takes the zero page, which is reserved, for a page that is not its own (CVE-2022-48700, rejected since). 6.0-rc5
// unpins it; from 6.2 on vfio meets none.

// %% [markdown] id=leak-after
// Somebody who may open a vfio device, and maps and unmaps in a loop, turns the count negative. From then on gup refuses
// the zero page with a warning and -ENOMEM, for every process. A guest whose vCPU reads untouched memory gets no page
// then, and `KVM_RUN` returns -EFAULT *(inferred)*.

// %% [markdown] id=kept
// ## An error must keep nothing: 6.11 did
//
// In 6.11 the same code first allocated an array of folios. If that failed, it returned -ENOMEM and kept all pins; 6.12
// needs no array. Here *safety* breaks, so a search finds it in a few steps.

// %% id=kept-run
for (const release of ['6.10', '6.11', '6.12']) {
  const model = zeroPfnLoop({ release, kinds: 'N', others: 'no-memory' });
  const v = model.explore({ property: 'an error keeps no pin' });
  console.log(`${release}: ${v.verdict}${v.trace === undefined ? '' : ` in ${v.trace.steps.length} steps`}`);
}

// %% [markdown] id=field
// ## /proc/vmstat can show it, where no log line does
//
// Two counters: pins taken, and pins released. We read them once in each pass, while its pins are held. These are the
// model's numbers, not a recording.

// %% id=bet-gap
predict('zp-gap');

// %% id=field-figure
const signature = zeroPfn.vmstatSeries({ kinds: rom, passes: 8 });
const look = { title: '5.19-rc2: /proc/vmstat, read in mid-pass', xTitle: 'pass', yTitle: 'since the start' };
show(figures.curve({ ...look, series: signature }));
const [acquired, released] = signature;
const gaps = new Set(acquired?.y.map((n, i) => n - (released?.y[i] ?? 0)));
reveal('zp-gap', gaps.size === 1 ? `stays ${[...gaps][0]}` : 'grows by 32 a pass');

// %% [markdown] id=field-note
// Both rise, and nothing is migrated: that is the sign. 6.5 stopped counting pins of zero pages; for kind X it is still
// there.

// %% [markdown] id=mail
// ## What the mail got right, and what can be added today
//
// Alex Williamson's mail of 23 June 2022 found the loop:
//
// - Right: the loop, the place, 32 pages, 0 for ever. To add: the errors rise by 1 for a run of equal pages; each turn drains.
// - Its guess, a read-only region that no device uses, fits all that was read *(inferred)*.
// - vfio was said not to force a write *in most cases*. It sets `FOLL_WRITE` for writable regions, `FOLL_FORCE` never.

// %% id=runs-not-pages
for (const order of ['first', 'alternating']) {
  // the zero PTEs first; or a zero PTE, an ordinary page, and so on
  const half = zeroPfn.pinRun({ kinds: zeroPfn.kindsOf(32, 16, 'Z', 'N', order) });
  const scan = zeroPfn.pinMoments(half.trace).find(m => m.moment === 'scanned');
  console.log(`16 zero PTEs of 32, ${order}: in pass 1 errors ${scan?.isolation_error_count}, drains ${scan?.drains}`);
}

// %% [markdown] id=mail-2
// - No zero page in shared mappings: true for anonymous memory and shmem. Holes of fs-dax files map it in shared
//   mappings too, but there long-term pins are refused.
// - The unsharing that David Hildenbrand hoped for came in 6.2.
// - Did the fix remove the infinite loop? It fixed the predicate. The loop is still there, on purpose.

// %% [markdown] id=caught
// ## What would have caught it
//
// - A KUnit test of the predicate over all its inputs: what it refuses must be able to leave. It needs no loop.
// - A `WARN_ON_ONCE()` in the loop, after a hundred passes that isolated nothing.
// - A zero page in a selftest, with a time limit. Today `cow.c` has a read-only long-term pin of the zero page *(read)*. In
//   a kernel tree, as root, on a kernel with `CONFIG_GUP_TEST`:
//
// ```sh
// make headers && make -C tools/testing/selftests/mm && cd tools/testing/selftests/mm && timeout 60 ./cow
// ```

// %% [markdown] id=unverified
// ## Not verified
//
// `mm/gup.c` of 5.19 was not read as one file, but put together from its patches and from 6.1. That QEMU fills `pc.rom`
// only after vfio has mapped it is inferred. Whether a bound on the loop was merged after spring 2026 is not known here.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. The check returns 0 both after a migration and when nothing could be isolated. What could the caller do with two
//    answers?
// 2. Neither the zero page nor a page that others have isolated can be isolated now. Who is waited for in each case?
// 3. Would a leak detector have found this bug?

// %% [markdown] id=sources
// ## Sources
//
// - [The fix as posted, 10 June 2022](https://lore.kernel.org/r/165490039431.944052.12458624139225785964.stgit@omen);
//   the mail that finds the loop is in its thread *(read)*
// - [The slip, 1c563432588d](https://git.kernel.org/torvalds/c/1c563432588d), [its
//   fix](https://git.kernel.org/torvalds/c/034e5afad921), [the same slip again](https://git.kernel.org/torvalds/c/f25cbb7a95a2),
//   [its fix](https://git.kernel.org/torvalds/c/fcab34b433e2) *(read)*
// - [tt-kmd issue 295](https://github.com/tenstorrent/tt-kmd/issues/295) *(read)*
//
// Levels: *recorded*, a real kernel did it; *read*, it stands in source or in a mail; *inferred*, it follows from what was
// read.

// %% id=sources-rows
show(linux.commitsTable('zero-pfn-gup-loop'));
show(linux.historyTable('gup_pinnable'));

// %% [markdown] id=answers
// <details><summary><b>Answers, when you have yours</b></summary>
//
// 1. Go round again after a migration, and count the passes in which nothing could be isolated. An errno at the first of
//    them would be FAIL, and refuse pages that come back.
// 2. The second waits for whoever isolated the page, the first for nobody. So fairness helps the second only.
// 3. No. Each pass gives back what it took.
//
// </details>

// %% [markdown] id=answers-more
// On to [notebook 04](04-knowing-what-you-hold.ipynb): what KVM remembers so that it need not guess.
