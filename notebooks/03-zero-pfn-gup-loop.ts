// %% [markdown] id=claim
// # Nothing is broken, and it never ends
//
// QEMU starts with a device assigned by vfio, and hangs: one thread busy for ever, no splat, no errno.
//
// **50 minutes** in a room. You know C and what a page table is; notebook 00 shows how to read the figures.
//
// | | |
// |---|---|
// | thread | Re-allow pinning of zero pfns, June 2022 |
// | releases | hangs on 5.19-rc1 to rc3, and again on 6.0-rc1 and rc2 |
// | modelled | faults, pins, the predicate, isolation, migration, the retry, vfio's map and unmap |
// | left out | page tables, counts of huge pages, RLIMIT_MEMLOCK |

// %% id=import
import { check, curve, draftRejects, explore, gupReleases, history, kindsOf, MIGRATE } from 'put-page';
import { type MigrateName, mappingsUntilOverflow, PC_ROM, PIN_KINDS, PIN_POLICIES } from 'put-page';
import { type PinFacts, type PinKindName, type PinPolicy, pinCell, pinInputs, pinKind } from 'put-page';
import { pinLasso, pinMoments, pinnableTable, pinnedZeroPtes, pinRun, pinSetups } from 'put-page';
import { pinsUntilOverflow, policyOutcomes, predict, qemuAnswer, releaseMatrix, reveal, show } from 'put-page';
import { showTable, stateGraph, staticCheck, stuckCell, swimLanes, thread, truthTable } from 'put-page';
import { verdictText, vfioBatches, vmstatSeries, zeroCount, zeroPfnLoop } from 'put-page';

// %% [markdown] id=wrong-run
// ## The wrong run comes first: vfio maps pc.rom
//
// `pc.rom` lies at 0xc0000 in the guest, 128 KiB, read-only. Nobody has touched it yet. vfio pins it for DMA: a read fault
// on each entry maps the one **shared zero page**. Then gup asks of each page: *may it stay here for ever?*
//
// Place a bet, in the second place of the call. A blank is fine.

// %% id=bet-end
predict('zp-end');

// %% id=run-end
const rom = 'Z'.repeat(PC_ROM.pages);
const hang = pinRun({ release: '5.19-rc2', kinds: rom });
console.log(`${PC_ROM.pages} pages, in calls of gup of ${vfioBatches(PC_ROM.pages)}: ${hang.result}`);
console.log(`after pass ${hang.passes} all that decides is as it was before it`);
reveal('zp-end', hang.result === 'never' ? 'it never returns' : hang.result);

// %% [markdown] id=one-pass
// ## One pass takes 32 pins, looks, and gives 32 back
//
// A pin adds 1024 to a page's count. The scan wants to take what may not stay off the LRU list, to migrate it; what cannot be
// taken is counted in `isolation_error_count`. If either happened, all pins are dropped, the list is migrated, and unless
// that failed all begins again.

// %% id=bet-pass
predict('zp-peak');
predict('zp-errors');

// %% id=one-pass-table
const moments = pinMoments(hang.trace);
const numbers = ['zero', 'isolation_error_count', 'list', 'drains', 'acquired', 'released', 'faults'] as const;
const rows = moments.map(m => [m.pass, m.moment, ...numbers.map(n => m[n])]);
showTable({ columns: ['pass', 'moment', 'zero page’s count', ...numbers.slice(1)], rows });
reveal('zp-peak', hang.peak);
reveal('zp-errors', moments.find(m => m.moment === 'scanned')?.isolation_error_count);

// %% [markdown] id=not-a-leak
// ## Every pass gives back what it took
//
// The first pass differs: it has the faults. From then on only statistics grow: pins ever taken, drains of every CPU's
// batches. What decides is the same again and again.

// %% id=bet-net
predict('zp-net');

// %% id=net
const eight = pinRun({ release: '5.19-rc2', kinds: rom, passes: 8 });
console.log(`8 passes: ${eight.acquired} pins acquired, ${eight.released} released, ${eight.drains} drains`);
reveal('zp-net', eight.acquired - eight.released);

// %% [markdown] id=wait-who
// ## wait: who tries again, QEMU or vfio?
//
// Neither. One ioctl, one call of gup; the loop is inside mm, in `__gup_longterm_locked`. That was the open question of the
// thread, and its answer.

// %% id=who-loops
for (const label of ['vfio_dma_do_map', '__gup_longterm_locked'])
  console.log(`${label}: ${eight.trace.steps.filter(s => s.step === label).length}`);

// %% [markdown] id=lasso
// ## The machine finds the cycle by itself
//
// We ask for the property `terminates`: the call ends, sooner or later. A run that never does is a stem and a cycle. Some
// cycles are only bad luck: the scheduler never lets somebody run. *Fairness* forbids such luck: under weak fairness who can
// always run does run; under strong, who can run again and again.

// %% id=bet-fair
predict('zp-fair');

// %% id=explore-loop
const asked = ['none', 'weak', 'strong'] as const;
const loop = asked.map(fairness => explore(zeroPfnLoop(), { property: 'terminates', fairness }));
for (const v of loop) console.log(`terminates on 5.19-rc2, fairness ${v.fairness}: ${v.verdict}`);
reveal('zp-fair', loop.every(v => v.verdict === 'violated') ? 'none of them' : 'strong');

// %% [markdown] id=lasso-words
// Two pages are enough to see it whole. Each line is one step, named after the kernel function that does it.

// %% id=explore-words
const [, , strong] = loop;
if (strong !== undefined) console.log(verdictText(strong));

// %% [markdown] id=lasso-graph
// All 32 pages, by the four moments of a pass. Two moments are one node only where the *whole* state is the same.

// %% id=lasso-figure
show(stateGraph(pinLasso({ kinds: rom }), { title: '5.19-rc2, 32 zero PTEs: a stem, then a cycle' }));

// %% [markdown] id=wait-broken
// ## wait: which rule was broken, then?
//
// None. Counts add up, no page is used after its end, an error keeps no pin. Such rules say that nothing bad happens; they
// are *safety*. This bug breaks the other kind: something good must happen, *liveness*. No assertion at any line can see it.

// %% id=safety
const safety = explore(zeroPfnLoop({ kinds: 'ZMN' }));
console.log(`safety on 5.19-rc2: ${safety.verdict} in ${safety.states} states`);
for (const release of ['5.18', '5.19', '6.0']) {
  const v = explore(zeroPfnLoop({ release }), { property: 'terminates', fairness: 'none' });
  console.log(`terminates on ${release}: ${v.verdict}`);
}

// %% [markdown] id=predicate
// ## One clause went inside a negation
//
// A: not (movable or CMA), **or zero page**. B is to refuse isolated blocks as well: early out for them and CMA, then not
// (movable **or zero page**). C repairs it. D, one release later, adds device-coherent memory inside the negation, and takes
// the zero page in again. E has one condition a line.

// %% id=bet-inputs
predict('zp-inputs');

// %% id=truth
const table = pinnableTable();
const versions = ['A', 'B', 'C', 'D', 'E'] as const;
const answer = (row: string, v: string) => table.find(r => r.name === row)?.answers[v as 'A'] ?? null;
const rowsOf = table.map(r => r.name);
show(truthTable({ title: 'May it be pinned for long?', rows: rowsOf, columns: versions, cell: answer }));
reveal('zp-inputs', table.filter(r => r.answers.B !== r.answers.C).length);

// %% [markdown] id=algebra
// ## Worked exercise: the slip as algebra
//
// A in one negation is below: *refused is: movable or CMA, and not the zero page*. Run it. Then break it the way B did:
// write `|| p.is_zero_pfn` inside, and read which rows change. For z = 0 nothing does.

// %% id=zp-1
const versionA = (p: PinFacts) => !((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn);
check('zp-1', versionA);

// %% [markdown] id=draft
// ## The same patch had a second slip, and a test robot caught that one
//
// A draft of B took the migratetype, an enum, for bit flags: `mt & (CMA | ISOLATE)`. It refuses more blocks than it should.
// syzbot met a warning; it was mended before the merge. Nothing warned of the negation.

// %% id=draft-run
const refused = (Object.keys(MIGRATE) as MigrateName[]).filter(draftRejects);
console.log(`refused by the draft: ${refused.join(', ')}`);

// %% [markdown] id=static
// ## A check without any loop would have caught both
//
// The retry ends only if every page that is refused can leave, or at least be tried and fail: an errno ends it, too (kinds P
// and V). So, for each kind of page: *pinnable, or able to be tried sooner or later*. That needs no zero page in a test
// machine, no vfio, no patience.

// %% id=kinds
const kindRows = PIN_KINDS.map(k => [k, pinKind(k).what, pinKind(k).isolates]);
showTable({ columns: ['kind', 'what it is', 'can be isolated'], rows: kindRows });

// %% id=bet-windows
predict('zp-windows');

// %% id=static-run
const releases = ['5.10', '5.13', '5.18', '5.19-rc1', '5.19-rc4', '5.19', '6.0-rc1', '6.0-rc3', '6.0', '7.2'];
const statics = { title: 'Pinnable, or able to leave?', kinds: PIN_KINDS, releases, cell: stuckCell };
show(releaseMatrix(statics));
const bad = staticCheck(gupReleases()).map(c => c.stuck.includes('Z'));
console.log(`${bad.length} releases and candidates checked, ${bad.filter(b => b).length} fail on the zero page`);
reveal('zp-windows', bad.filter((b, i) => b && bad[i - 1] !== true).length);

// %% [markdown] id=still-x
// Kind X, a driver's CMA page that was never on an LRU, is stuck in every column. The unbounded loop is deliberate, and no
// release listed here bounds it; only the kinds that reach it change.

// %% [markdown] id=mix
// ## Progress once is no proof of an end
//
// Eight entries on 5.19-rc2, some zero, some movable, the rest ordinary. Movable pages are isolated and migrated in the first
// pass.

// %% id=bet-mix
predict('zp-mix');

// %% id=mix-run
const amounts = [0, 1, 2, 4, 8];
const mixed = (z: number, m: number) => 'Z'.repeat(z) + 'M'.repeat(m) + 'N'.repeat(8 - z - m);
const passes = (row: string, column: string) => {
  const [z, m] = [Number.parseInt(row, 10), Number.parseInt(column, 10)];
  return z + m > 8 ? null : pinCell(pinRun({ kinds: mixed(z, m) }));
};
const axes = { rows: amounts.map(n => `${n} zero`), columns: amounts.map(n => `${n} movable`) };
show(truthTable({ title: '5.19-rc2: passes, by what is among 8 entries', ...axes, cell: passes }));
const one = pinRun({ kinds: kindsOf(32, 1, 'Z', 'M') });
reveal('zp-mix', pinCell(one).text);

// %% [markdown] id=mix-lasso
// With 31 movable pages beside it the stem is one pass longer, because that pass did something. The cycle is the same.

// %% id=mix-figure
show(stateGraph(pinLasso({ kinds: kindsOf(32, 1, 'Z', 'M') }), { title: 'One zero PTE, 31 movable pages' }));

// %% [markdown] id=saw
// ## The count of the zero page is a saw
//
// Whoever looks at the zero page's count sees it climb and fall, pass after pass, in both bad kernels. How it falls tells
// them apart.

// %% id=bet-fall
predict('zp-fall');

// %% id=saw-figure
const saw = ['5.19-rc2', '6.0-rc1'].map(release => zeroCount({ release, kinds: rom, passes: 2 }));
const axis = { xTitle: 'steps', yTitle: 'zero page’s count', steps: true };
show(curve({ title: 'Two passes over 32 zero PTEs', series: saw, ...axis }));
const falls = saw.map(({ y }) => y.filter((n, i) => n < (y[i - 1] ?? n)).length / 2);
reveal('zp-fall', falls.join(' and '));

// %% [markdown] id=held
// ## Held all the while: mmap_lock and vfio's iommu lock
//
// gup may not drop `mmap_lock` here, so a `brk` or `mmap` of the same process waits for ever, and later readers queue behind
// it. There is no soft lockup: the loop offers to reschedule, and looks for a fatal signal at every page.

// %% id=bet-kill
predict('zp-kill');

// %% id=kill-run
const brk = explore(zeroPfnLoop({ others: 'brk' }), { property: 'brk gets mmap_lock', fairness: 'strong' });
console.log(`brk gets mmap_lock on 5.19-rc2: ${brk.verdict}`);
const killed = { '5.10.262': 'X', '5.19-rc2': 'ZZ', '7.2': 'X' };
const survives = Object.entries(killed).filter(([release, kinds]) => {
  const v = explore(zeroPfnLoop({ release, kinds, others: 'SIGKILL' }), { property: 'SIGKILL ends it' });
  console.log(`${release}, kinds ${kinds}: SIGKILL ends it: ${v.verdict}`);
  return v.verdict === 'violated';
});
reveal('zp-kill', survives.map(([release]) => release).join());

// %% [markdown] id=setups
// ## Who can work with a long-term pin on the zero page at all?
//
// That was the first question of the mail. Guest RAM is mapped for writing, so gup faults for writing, and never meets a zero
// page. RDMA used `FOLL_FORCE` to the same end until 6.2. vfio never did.

// %% id=bet-ram
predict('zp-ram');

// %% id=setups-run
const ram = pinRun({ kinds: rom, mapping: 'read-write' });
reveal('zp-ram', pinCell(ram).text);
const set = ['5.18', '5.19-rc2', '6.2', '6.12'].flatMap(release =>
  pinSetups(release).map(s => [release, s.user, s.flags, s.outcome, s.right === null ? '–' : s.right ? 'yes' : 'NO']),
);
showTable({
  columns: ['release', 'user, untouched memory', 'flags', 'pins', 'device still right after a guest write'],
  rows: set,
});

// %% [markdown] id=stale
// ## Pinned read-only, then written: the device keeps the old page
//
// A write through the page table gives the guest a new page. The IOMMU was told the old one. From 6.2 on gup *unshares*
// first: a read-only long-term pin gets a private page of its own, at the price of real memory.

// %% id=bet-stale
predict('zp-stale');

// %% id=stale-run
const sees = 'the device sees what the guest sees';
const old = explore(zeroPfnLoop({ release: '5.19', kinds: 'Z', after: 'guest-writes' }), { property: sees });
const today = explore(zeroPfnLoop({ release: '6.2', kinds: 'Z', after: 'guest-writes' }), { property: sees });
console.log(`5.19: ${old.verdict}; 6.2: ${today.verdict}`);
if (old.trace !== undefined) show(swimLanes(old.trace, { title: '5.19: the guest writes, the device reads zeros' }));
reveal('zp-stale', old.verdict === 'violated' ? 'zeros' : 'what the guest wrote');

// %% [markdown] id=recorded
// ## Two real kernels, on either side of that rule
//
// Recorded: 8 zero PTEs, pinned read-only for long. 6.1.192 keeps the zero page and counts nothing (since 6.5, and by
// backport); 6.12.117 gives an own page: 1 for its PTE, 1 for an LRU batch, 1024 for the pin.

// %% id=recorded-run
const real = pinnedZeroPtes('pin_user_pages(R|LONGTERM)');
const both = real.map(r => [r.kernel, r.recorded.page, r.recorded.count, r.model.page, r.model.count]);
showTable({ columns: ['kernel', 'recorded: behind entry 0', 'its count', 'model', 'its count'], rows: both });

// %% [markdown] id=triangle
// ## Accept, retry, or fail: each is wrong somewhere
//
// Suppose a page that may not stay is isolated by *somebody else* for T passes: reclaim, compaction, another pin. ACCEPT pins
// it where it is. FAIL gives an errno. RETRY waits. RETRY_N gives up in the n-th pass in vain; here n is 3.

// %% id=bet-triangle
predict('zp-triangle');

// %% id=triangle-figure
const times = [0, 1, 2, 3, 5, undefined];
const named = times.map(T => (T === undefined ? 'for ever (kind X)' : `T = ${T} passes`));
const runs = new Map(times.map((T, i) => [named[i] ?? '', policyOutcomes(T, 3)]));
const policyCell = (row: string, policy: string) => {
  const outcomes = runs.get(row);
  return outcomes === undefined ? null : pinCell(outcomes[policy as 'RETRY']);
};
const triangle = { rows: named, columns: PIN_POLICIES, rowTitle: 'isolated by others' };
show(truthTable({ title: 'Four policies, one movable page', ...triangle, cell: policyCell }));
reveal('zp-triangle', pinCell(policyOutcomes(5, 3).RETRY).text);

// %% [markdown] id=price
// ## n is a price: what it survives, what it wastes
//
// RETRY_N alone, T against n. A larger n survives longer isolations; the last row is what it wastes on a page that never
// comes.

// %% id=bet-price
predict('zp-price');

// %% id=price-figure
const ns = new Map([1, 2, 3, 4, 6].map(n => [`n = ${n}`, n]));
const byName = new Map(times.map((T, i) => [named[i] ?? '', T]));
const bounded = (row: string, column: string) => policyOutcomes(byName.get(row), ns.get(column) ?? 0).RETRY_N;
const cell = (row: string, column: string) => pinCell(bounded(row, column));
const grid = { rows: named, columns: [...ns.keys()], rowTitle: 'isolated by others' };
show(truthTable({ title: 'RETRY_N: passes, by T and n', ...grid, cell }));
const survived = named.filter(row => bounded(row, 'n = 4').result === 'nr_pages');
reveal('zp-price', byName.get(survived[survived.length - 1] ?? ''));

// %% [markdown] id=policy-history
// ## The kernel has stood on two corners
//
// FAIL was proposed more than once and not merged. ACCEPT came back in 6.14, with a title much like this notebook's, and was
// reverted: it pinned pages that were off the LRU only for a moment. Each cell below is a run, kinds as in the table above;
// a foreign isolation lasts 2 passes here.

// %% id=bet-corners
predict('zp-corners');

// %% id=corners
const nine = ['5.10', '5.13', '5.19-rc2', '5.19', '6.0-rc1', '6.1', '6.14', '6.16', '7.2'];
const coherent = (tag: string) => !['5.10', '5.13', '5.19-rc2', '5.19'].includes(tag);
const ends = (kind: string, tag: string) =>
  kind === 'V' && !coherent(tag) ? null : pinCell(pinRun({ release: tag, kinds: kind, isolatedFor: 2 }));
show(releaseMatrix({ title: 'One page of each kind, pinned for long', kinds: PIN_KINDS, releases: nine, cell: ends }));
reveal('zp-corners', nine.filter(tag => ends('X', tag)?.text === 'never ends').length);

// %% id=policy-rows
const policies = history('gup_unpinnable').map(r => [r.from, r.value, r.commit ?? '–', r.subject ?? '–', r.evidence]);
showTable({ columns: ['from', 'policy', 'commit', 'subject', 'evidence'], rows: policies });
const shapes = history('gup_loop').map(r => [r.from, r.value, r.evidence]);
showTable({ columns: ['from', 'shape of the loop', 'evidence'], rows: shapes });

// %% [markdown] id=contrast
// ## The same trigger, an error in place of a hang
//
// 6.1.130 took a backport: *don't count pins of the zero page*. Upstream's function returned 0 for success; in 6.1 it is
// still a bool, and 0 is failure.

// %% id=bet-contrast
predict('zp-contrast');

// %% id=contrast-run
const results = ['5.19-rc2', '6.1.130', '6.1.192'].map(release => {
  const { result } = pinRun({ release, kinds: rom });
  return [release, result, qemuAnswer(result).tries, qemuAnswer(result).says];
});
showTable({ columns: ['release', 'the ioctl', 'QEMU tries', 'QEMU says'], rows: results });
reveal('zp-contrast', results[1]?.[1]);

// %% [markdown] id=leak
// ## After success there is a real leak, elsewhere
//
// The hang leaks nothing. But where the predicate is right, before the slip too, vfio pins zero pages, and at unmap takes them
// for pages that it does not own. 6.0-rc5 unpins them; from 6.2 on it meets none.

// %% id=bet-leak
predict('zp-leak');

// %% id=leak-run
const left = ['5.18', '5.19', '6.0', '6.2'].map(release => {
  const r = pinRun({ release, kinds: rom, after: 'unmap' });
  return [release, r.acquired, r.released, r.zero];
});
showTable({ columns: ['release', 'acquired', 'released', 'zero page’s count after the unmap'], rows: left });
const gib = (pinsUntilOverflow() * 4096) / 2 ** 30;
console.log(`overflow: ${pinsUntilOverflow()} pins (${gib} GiB), or ${mappingsUntilOverflow(32)} mappings of pc.rom`);
reveal('zp-leak', left[1]?.[3]);

// %% [markdown] id=kept
// ## An error must keep nothing: 6.11 did
//
// The same code took an array of folios first in 6.11. Without memory for it, it answered -ENOMEM and kept all pins; 6.12
// needs no array. Here *safety* breaks, so a search finds it in a few steps.

// %% id=kept-run
for (const release of ['6.10', '6.11', '6.12']) {
  const v = explore(zeroPfnLoop({ release, kinds: 'N', others: 'no-memory' }), { property: 'an error keeps no pin' });
  console.log(`${release}: ${v.verdict}${v.trace === undefined ? '' : ` in ${v.trace.steps.length} steps`}`);
}

// %% [markdown] id=field
// ## In the field: two lines that rise side by side
//
// No log line tells of this loop. `/proc/vmstat` does, until 6.5 stopped counting zero pages.

// %% id=bet-gap
predict('zp-gap');

// %% id=field-figure
const signature = vmstatSeries({ kinds: rom, passes: 8 });
show(
  curve({
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
// - Right: the loop, the place, 32 pages, 0 for ever. To add: the error counter rises by 1 for a run of equal pages, and
//   every turn drains all CPUs.
// - The guess of a read-only region that no device uses fits all that was read *(inferred)*.
// - Does vfio force a write, as the thread supposed? It sets `FOLL_WRITE` for writable regions, `FOLL_FORCE` never.

// %% id=runs-not-pages
for (const order of ['first', 'alternating']) {
  const half = pinRun({ kinds: kindsOf(32, 16, 'Z', 'N', order) });
  const scan = pinMoments(half.trace).find(m => m.moment === 'scanned');
  console.log(
    `16 zero PTEs of 32, ${order}: errors ${scan?.isolation_error_count}, drains ${scan?.drains}, ${half.result}`,
  );
}

// %% [markdown] id=mail-2
// - No zero page in shared mappings: true for anonymous memory and shmem. Holes of fs-dax files map it in shared
//   mappings too, but there long-term pins are refused.
// - The unsharing that David hoped for came in 6.2.
// - The fix removed the infinite loop? It mended the predicate. The loop is still there, on purpose.

// %% [markdown] id=ex-2
// ## Exercise 2: fill the gap in the test
//
// A test pins one page of each of these kinds. Versions B and D pass it: such a test does not see the slip. Change the list so
// that B and D fail, and A, C, E pass.

// %% id=zp-2
const tested: PinKindName[] = ['N', 'M', 'B'];
check('zp-2', tested);

// %% [markdown] id=ex-3
// ## Exercise 3: count by hand
//
// 32 zero PTEs, 5.19-rc2, pass 7, at the end of the scan. Fill in six numbers, without a look at the table above.

// %% id=zp-3
const seventh = { count: 1025, isolation_error_count: 32, list: 32, drains: 1, acquired: 32, released: 32 };
check('zp-3', seventh);

// %% [markdown] id=ex-4
// ## Exercise 4: mend the third attempt
//
// A first suggestion for mending D was: device-coherent or movable is refused, else return whether it is the zero page. What
// does that say about an ordinary page? Make it equal to E.

// %% id=zp-4
const attempt = (p: PinFacts) => {
  if (p.migratetype !== 'other') return false;
  if (p.is_device_coherent || p.is_zone_movable) return false;
  return p.is_zero_pfn;
};
console.log(`${pinInputs().filter(attempt).length} of ${pinInputs().length} inputs may be pinned`);
check('zp-4', attempt);

// %% [markdown] id=ex-5
// ## Exercise 5: make ACCEPT pin what may not stay
//
// 6.14, one movable page, two tasks that pin it: `gup[0]` and `gup[1]`. Write a schedule; `'gup[0] to try_grab_page'` runs one
// until it stands before that step.

// %% id=zp-5
check('zp-5', ['gup[0] to done']);

// %% [markdown] id=ex-6
// ## Exercise 6: design your own bound
//
// `pass` tells of one pass: `unpinnable`, `isolated`, `failed`, and `stuck`, the passes in a row that isolated nothing (it
// counts to 100). Answer `'retry'`, `'accept'` or an errno. It must wait for 3 passes of foreign isolation, pin nothing wrongly, and always
// end. Which errno? QEMU tries twice on `-EBUSY`.

// %% id=zp-6
const mine: PinPolicy = pass => (pass.failed > 100 ? '-EINVAL' : 'retry');
check('zp-6', mine);

// %% [markdown] id=caught
// ## What would have caught it
//
// - The static check: every kind that the predicate refuses must be able to leave.
// - A zero page in the test: no input without one tells A from B.
// - A bound on every retry, or at least a proof that each turn makes some measure smaller.

// %% [markdown] id=unverified
// ## Not verified
//
// `mm/gup.c` of 5.19 was not read as one file, but put together from its patches and from 6.1. The exact -rc of two commits
// (873aefb376bb, 517f496e1e61) is from mails. That QEMU fills `pc.rom` only after vfio has mapped it is inferred. Whether a
// bound on the loop was merged after spring 2026 is not known here.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. The callee answered 0 both for "all migrated" and for "nothing attempted". What could the caller do with two answers?
// 2. The lasso survives strong fairness, kind I does not. Who is waited for in each?
// 3. Which of notebooks 01 to 03 would a leak detector have found?

// %% [markdown] id=sources
// ## Sources
//
// `recorded`: a real kernel did it. `read`: source or mail. `inferred`: follows from what was read. Hashes and releases
// stand in `data/`; a test keeps them complete.

// %% id=sources-rows
const { commits } = thread('zero-pfn-gup-loop');
const pinnedTo = commits.map(c => [c.commit, c.subject, c.release ?? '–']);
showTable({ columns: ['commit', 'subject', 'first in'], rows: pinnedTo });
const evidence = history('gup_pinnable').map(r => [r.value, r.from, r.evidence, r.from_evidence ?? r.evidence]);
showTable({ columns: ['predicate', 'from', 'its rule is', 'its release is'], rows: evidence });
