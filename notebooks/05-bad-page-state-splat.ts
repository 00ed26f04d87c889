// %% [markdown] id=claim
// # The host logs "Bad page state", and the guest hangs
//
// A guest starts, and the host's log fills with reports, page after page. In the end the guest hangs. Who put too
// often? If you come from [notebook 04](04-knowing-what-you-hold.ipynb), you have met the suspect; here you find it from
// the log alone.
//
// **45 minutes** up to "Read on", and as long again after it. You should know C and page tables; [notebook
// 00](00-start-here.ipynb) explains the figures.
//
// | | |
// |---|---|
// | thread | v11 of "allow mapping non-refcounted pages", July 2024 |
// | releases | 6.8-rc3, for which v11 was written; 6.8 and 6.9.12, to which it was rebased; never merged |
// | modelled | KVM's fault, the copy of the [zero page](../docs/glossary.md#zero-page), two [LRU](../docs/glossary.md#lru) [batches](../docs/glossary.md#batch) of a CPU, the free path's tests |
// | left out | other CPUs' batches, reclaim, huge pages |

// %% id=import
import { badPageSplat, check, decoder, figures, hint, linux, predict, reveal, show } from 'put-page';
import { interact, solution, splats } from 'put-page';

// %% [markdown] id=wrong-run
// ## The wrong run comes first, and it is somebody else's
//
// On 31 July 2024 Alex Bennée reported what David Stevens' eight patches did on 6.9.12. This is his report, shortened:
// no time stamps, modules or `?` entries, and its trace ends at KVM. Read it before you bet. The free path
// runs six tests, in this order: [mapcount](../docs/glossary.md#mapcount), mapping, refcount, flags, memcg, page_pool.
// Each that fires overwrites the reason.

// %% id=raw-splat
const log = splats.threadSplat();
console.log(splats.reportLines(log).join('\n'));

// %% id=bet-who
predict('bs-who');
predict('bs-check');

// %% [markdown] id=anatomy
// ## What a line says, and what it does not
//
// Click a line that has a triangle. The counts are those *at the free*.

// %% id=annotated
const [splat] = decoder.decode(log);
if (splat === undefined) throw new Error('there is no report in this log');
show(splats.annotatedLog(splat, splats.reportLines(log)));
reveal('bs-check', linux.BAD_REASONS.indexOf(splat.reason ?? '') + 1);

// %% [markdown] id=worked
// ## Exercise 1, worked: the tests have no else
//
// `page_bad_reason()` runs its tests in a row. Run both cells. Then write `else` before the second `if` or a
// later one, and run them again.

// %% id=bs-1
const rule: splats.ReasonRule = p => {
  let bad = p.mapcount !== 0 ? 'nonzero mapcount' : null;
  if (p.mapping === 'file') bad = 'non-NULL mapping'; // an anonymous page's was cleared before the tests
  if (p.refcount !== 0) bad = 'nonzero _refcount';
  if (p.flags.includes('locked')) bad = 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set';
  if (p.memcg) bad = 'page still charged to cgroup';
  return p.page_pool ? 'page_pool leak' : bad;
};

// %% id=bs-1-check
check('bs-1', rule);

// %% [markdown] id=ex-2
// ## Exercise 2: read a flags word by hand
//
// The flags word of another page, of a 6.9 kernel. Bits 0 to 29 are flags, 54 to 63 the node, 51 to 53 the zone. Write
// the set bits; the check names them. `clean`: may the page be freed without a report?

// %% id=bs-2
console.log(splats.FLAGS_WORD);
const word: splats.WordRead = { bits: [], node: 0, zone: 0, clean: true };
check('bs-2', word);

// %% [markdown] id=model
// ## A fault that invalidates itself
//
// So the log's page is anonymous (`swapbacked`, no mapping), mapped, and counted 0. It was freed when a *batch* was
// [drained](../docs/glossary.md#drain): a short per-CPU list of pages bound for the LRU (`lru_add`). The batch holds a
// reference to each.

// %% [markdown] id=model-more
// The guest has read a fresh page, so the host mapped the zero page. The run starts when it writes. `wp_page_copy()`
// replaces the entry, and so calls the [mmu notifier](../docs/glossary.md#mmu-notifier): KVM's [sequence
// count](../docs/glossary.md#sequence-count), which counts invalidations, moves *during KVM's own fault*. From 6.8 on
// KVM sees this before it takes [`mmu_lock`](../docs/glossary.md#mmu_lock), and retries.

// %% id=bet-count
predict('bs-count');

// %% id=ledger
const world = badPageSplat({ release: '6.9.12+v11', pages: 31 });
const page0 = 'page[0]._refcount';
const first = world.run(['vcpu to kvm_finish_page_fault', 'vcpu']); // up to the last step, and that step
show(first.score(page0, { title: 'v11 on 6.9.12: one fault on one fresh page' }));
reveal('bs-count', first.value(page0));

// %% [markdown] id=two-puts
// ## Two puts for one get
//
// v11 puts [gup](../docs/glossary.md#gup)'s reference at once, in `kvm_follow_refcounted_pfn()`, since the notifier
// keeps the [SPTE](../docs/glossary.md#spte) right. So KVM owes nothing. But 6.8's new check in `kvm_faultin_pfn()`
// calls `kvm_release_pfn_clean()` before it retries, which puts whenever the [pfn](../docs/glossary.md#pfn) has a
// counted page *(read)*. The page table and the batch hold one reference each, and the count says 1. The model's step:

// %% id=two-puts-source
const one = badPageSplat({ release: '6.9.12+v11', pages: 1 }); // one page is enough to search
const guilty = one.explore().trace?.steps.at(-1)?.step; // the search ends at the put that nobody owed
reveal('bs-who', splats.inTrace(splat, guilty));
world.source('kvm_release_pfn_clean');

// %% [markdown] id=drain
// ## The page dies 30 faults later
//
// Page 30, the 31st, fills the batch. `folio_batch_move_lru()` **moves** them all to the LRU, and the batch drops its
// references. Page 0 had no other left.

// %% id=drain-run
const dead = world.run(['vcpu to free_unref_page_prepare', 'vcpu']);
const end = dead.steps.length;
show(dead.score(page0, { title: 'Page 30 is added, page 0 dies', steps: [end - 6, end] }));
console.log(`this is fault ${dead.steps.filter(s => s.step === 'folio_add_lru').length}`);

// %% [markdown] id=wait-who
// `do_wp_page` is in the trace, but innocent. It copies a page that is fine, and its `folio_add_lru()` happens to fill
// the batch. Printed as 6.9.12 does, with the log's address, the model's page equals the log's:

// %% id=same-splat-run
const [ours] = decoder.decode(splats.splatOfRun(dead, 'page[0]', '6.9.12+v11'));
const compared = ['refcount', 'mapcount', 'reason', 'rawWords', 'flagBits'] as const;
const same = compared.map(f => [f, String(splat[f]) === String(ours?.[f]) ? 'the same' : 'differs']);
show({ columns: ['field', 'in the log and in the model'], rows: same });

// %% [markdown] id=staircase
// ## The same eight patches on three kernels
//
// v11 was written on 6.8-rc3. Others applied it to 6.8 and to 6.9.12. The thick step is the guilty put.

// %% id=staircase-run
show(splats.v11Along(['6.8-rc3', '6.8', '6.9.12']));

// %% [markdown] id=base-why
// On 6.8-rc3 KVM retries, too, but only under `mmu_lock`, and there v11 had replaced the release by a mark. The check
// before `mmu_lock` is d02c357e5bfa, merged on 10 March 2024, the day of 6.8, and it releases the page itself. v11 and
// that check need not touch the same line.

// %% [markdown] id=ex-3
// ## Exercise 3: fix v11 in one step
//
// This is the release on the way to the retry. Change it so that each get has one put in every order, and every page is
// served. The search tries your step.

// %% id=bs-3
const retry: splats.RetryStep = (_s, me) => {
  me.page?._refcount.put('gup'); // me: this fault, and the page it found
  return 'kvm_faultin_pfn'; // the step that comes next
};
check('bs-3', retry);

// %% [markdown] id=how-many
// ## Not every page dies in the same place
//
// Now 62 fresh pages, two batches. A page on the LRU that is marked [*accessed*](../docs/glossary.md#accessed) a second
// time goes into the [activate batch](../docs/glossary.md#activate-batch), which holds it too. The newer
// [MGLRU](../docs/glossary.md#mglru) does without that reference.

// %% id=bet-dead
predict('bs-dead');
predict('bs-write');

// %% id=how-many-run
show(splats.deathTable([62, 1000]));
reveal('bs-dead', splats.deathsBy(splats.cowRun({ faults: 62 }))['lru_add drain']);
reveal('bs-write', splats.cowRun({ faults: 62, cow: false }).deaths.length);

// %% id=turn
// At which number of fresh pages do the first ones die, and how many die together? (As if the guest went on in any case.)
interact({ faults: [15, 30, 31, 61, 62, 93] }, p => splats.deathTable([p.faults]));

// %% [markdown] id=ex-4
// ## Exercise 4: how loud is a test?
//
// A test lets a guest touch 100 fresh pages and counts the dead. How many on 6.8 (batches of 15), and on 6.9.12? And on
// 6.9.12, if the guest writes first, or touches only 30?

// %% id=bs-4
check('bs-4', { '6.8+v11': 100, '6.9.12+v11': 100, 'written first': 100, 'only 30': 30 });

// %% [markdown] id=backwards
// ## Read it backwards: which histories end like this?
//
// Given the end (refcount 0, mapcount 1, found by a drain), the search lists **every** shortest history of three
// suspects: KVM's retry, an unmap that forgets the mapcount, a driver's stray put.

// %% id=backwards-run
show(splats.suspectsTable(splats.suspects()));

// %% [markdown] id=backwards-note
// Only the retry needs nobody but the vCPU, and it comes with each fault. That fits a log full of the same trace.

// %% [markdown] id=live
// ## What to do with such a log
//
// *How do I see it?* Decode the log. With `CONFIG_DEBUG_PAGE_REF`, also record who gets and who puts (tried on a driver
// that forgets pages: [docs/ledger.md](../docs/ledger.md), which also has a way without that option):
//
// ```sh
// dmesg | npx put-page decode -          # each report: what is certain, what is likely, who is innocent
// trace-cmd record -e page_ref -T -- sleep 5
// trace-cmd report | npx put-page ledger # an overdraft has a name: the function that put
// ```

// %% [markdown] id=what-then
// *What then?* Save the log first: `bad_page()` prints a burst, then falls silent. Reported pages are leaked, and QEMU
// still maps them; shut the guest down and reboot the host.

// %% [markdown] id=who-attacks
// The tests run with `CONFIG_DEBUG_VM`, or with a hardening option such as `init_on_alloc=1`. Without them there is no
// report: the page is freed while the guest can write to it. Then any guest can attack its host: it reads its own
// memory, then writes it *(inferred)*.

// %% [markdown] id=affected-note
// *Is my kernel affected?* No release has v11. Who made the same kind of mistake? v9: its last patch forgot a put
// (notebook 04).

// %% id=affected
const builds = ['6.8-rc3+v11', '6.8+v11', '6.9.12+v11', '6.9.12', '6.13']; // put yours here
const double = builds.map(b => linux.affected(b).answers.find(a => a.bug === 'v11-double-put'));
show({
  columns: ['kernel', 'answer', 'why'],
  rows: double.map((a, i) => [builds[i] ?? '', a?.answer ?? '–', a?.why ?? '–']),
});

// %% [markdown] id=read-on
// ## Read on: the forty-five minutes end here
//
// Look at the three questions near the end before you go. What follows takes as long again: the decoder's sentences,
// raw words and flags, the limiter, the other report of the same bug, how guest and QEMU end, and two exercises.

// %% [markdown] id=how-many-note
// ## The page that fills its batch dies elsewhere
//
// It loses its batch reference at once, so it is *on* the LRU when KVM marks it: the activate batch holds it, and it
// dies when that one is drained.
//
// Fast gup marks the page as well (*read*: 6.1 and 6.12), so a page may stand in that batch twice.

// %% [markdown] id=sure
// ## Each sentence says how sure it is
//
// The decoder's findings rest on fields, and say which. `certain` follows from what is printed; the rest is a reading.
// These are the first.

// %% id=findings
const findings = splat.findings.map(f => [f.certainty, f.text]);
show({ columns: ['how sure', 'finding'], rows: findings.slice(0, 8) });

// %% [markdown] id=words
// ## Eight raw words are the page itself
//
// `struct page` is 64 bytes. Word 6 holds both counts: `_mapcount` starts at -1, so its 0 means *mapped once*. Mapped
// once, a healthy page reads `00000001 00000000`; at its free, `00000000 ffffffff`. The poison in words 1 and 2 is
// `list_del()`'s: the page came off a list, the LRU's or, when it was handed out, the allocator's.

// %% id=words-table
const words = splat.words.map((w, i) => [`w${i}`, w.word, w.name, w.text]);
show({ columns: ['', 'word', 'field', 'says'], rows: words });

// %% [markdown] id=flags
// ## The flags word holds more than flags
//
// Bit numbers move between releases; the decoder takes 6.9's, unchanged since 6.6. `mappedtodisk` does not mean a file:
// on a mapped anonymous page the same bit is `PG_anon_exclusive`.

// %% id=flags-figure
show(splats.flagsFigure(splat));

// %% [markdown] id=where-from
// ## Where was it, and was it the first?
//
// `index` gives the virtual address 0x7fa8117c3000, in QEMU; that it is guest RAM is *inferred*. Taint `B`: an earlier
// page was bad.

// %% [markdown] id=conflict
// ## Two halves that contradict
//
// One side says that after gup the reference is gone. The other says that it is released here. **For reviewers**: when
// a series changes *who owns* a reference, list every release of it again after each rebase. A compiler cannot do that.
// A type that carries the page can.

// %% id=matrix-cell
const releases = ['6.1.192', '6.8-rc3+v11', '6.8', '6.8+v11', '6.9.12+v11', '6.9.12+v11-remedy', '6.12.117', '6.13'];
const kinds = ['read, then written', 'written first'];
const cell = (kind: string, release: string): figures.Cell => {
  const rules = { release, cow: kind !== 'written first' };
  const run = badPageSplat({ ...rules, pages: 1 }).run(['vcpu to done']); // behind the cell: one page of the hundred
  const bad = splats.cowRun({ ...rules, faults: 100 }).overdraft > 0;
  return bad ? { text: 'put twice', tone: 'bad', run } : { text: 'balanced', tone: 'good', run };
};

// %% id=matrix
show(figures.releaseMatrix({ title: 'Gets and puts after 100 fresh pages', kinds, releases, cell }));

// %% [markdown] id=limiter
// ## What the log says when many pages die
//
// Suppose the guest went on, for 1000 fresh pages, at 100 faults a second. `bad_page()` limits its reports.

// %% id=bet-printed
predict('bs-printed');

// %% id=limiter-run
const long = splats.cowRun({ faults: 1000, goes_on: true });
const reports = splats.reportsOf(long, 100); // faults a second; one for each death, in order
const x = long.deaths.map(d => d.fault);
const died = { name: 'pages dead', x, y: x.map((_, i) => i + 1) };
const told = { name: 'reports printed', x, y: x.map((_, i) => reports.slice(0, i + 1).filter(r => r.printed).length) };
const axes = { xTitle: 'fault', yTitle: 'pages', steps: true };
show(figures.curve({ title: 'Dead pages, and reports of them', series: [died, told], ...axes }));
reveal('bs-printed', told.y.at(-1));

// %% [markdown] id=limiter-note
// `bad_page()` counts what it does not print, and says how many when it speaks again.

// %% [markdown] id=fit
// ## What else must fit
//
// The reporter says that the same trace came for many pages. The unmap and the stray put would need a second party
// within each batch, again and again. The kernel's name says 8 commits on 6.9.12, and v11 has 8. MGLRU sets
// `workingset` at the second mark, and it is missing: that points to the classic LRU *(inferred)*. In stock 6.9 no
// order of steps ends like this.

// %% [markdown] id=known
// ## What is known about the root cause, and what is inferred
//
// | | level |
// |---|---|
// | v11 on 6.8 warns in try_grab_page and fails with Bad address (4 April) | read |
// | the reference is released and no longer taken: mark instead (15 April) | read, by the author |
// | Alex's case is *likely* the same (6 August) | read, by the author |
// | v12 works for Alex (27 August) | read |
// | "v11 with the one line works for Alex" | nobody posted it |
// | each fault does it; the batch delays it; two reports, one bug | inferred, by this model |
// | fast gup marks the page too: it may stand in the activate batch twice | read (6.1, 6.12) |

// %% id=dates
const story = linux.thread('bad-page-state-splat');
const short = (what: string) => what.split(/[:;,]/)[0]; // the first words of what the mail says
const mails = story.mails.map(m => ({ date: m.date, label: `${m.from}: ${short(m.what)}`, evidence: 'read' as const }));
const v68 = { date: '2024-03-10', label: 'd02c357e5bfa is merged; v6.8', evidence: 'read' as const };
show(figures.timeline([...mails, v68], { title: 'From the series to its successor' }));

// %% [markdown] id=layouts
// ## A bit number means nothing without a release
//
// None of these flags stayed where it was. With the wrong header you read the flags of another page.

// %% id=layouts-table
const watched = ['referenced', 'uptodate', 'writeback', 'swapbacked'];
const moves = decoder.flagLayouts.map(l => [l.id.replace('flags-', ''), ...watched.map(name => l.flags.indexOf(name))]);
show({ columns: ['from', ...watched], rows: moves });

// %% [markdown] id=two-faces
// ## One bug, two faces
//
// April 2024, Dmitry Osipenko: the same patches on 6.8. His mail has no bad page, but a warning in `try_grab_page()` and
// *kvm run failed: Bad address*. A page that is already dead, and still mapped, meets the next gup.

// %% id=bet-face
predict('bs-face');

// %% id=two-faces-run
const face = (release: string, lru: 'classic' | 'mglru') => {
  const r = splats.cowRun({ release, lru, faults: 1000 });
  return [release, lru, r.deaths[0]?.fault ?? null, r.refused];
};
const both = ['6.8+v11', '6.9.12+v11'].flatMap(k => [face(k, 'classic'), face(k, 'mglru')]);
show({ columns: ['kernel', 'LRU', 'first bad page in fault', 'first Bad address in fault'], rows: both });
reveal('bs-face', splats.cowRun({ faults: 1000 }).refused);

// %% [markdown] id=hang
// ## Why the guest hangs in the end *(inferred)*
//
// The page that fills the activate batch dies in KVM's own put, before its retry. The retry's fast gup refuses a count of
// 0, the slow one warns and fails, and `KVM_RUN` returns `-EFAULT`: the vCPU stops. Alex's mail says only that the guest
// hung. This is what the model adds; nobody confirmed it.

// %% [markdown] id=qemu-ends
// ## How QEMU ends, with dead pages still mapped
//
// A reported page stays in QEMU's page table and in the guest's. Up to 6.10 `bad_page()` resets the mapcount *(read)*.
// So when QEMU exits and unmaps the page, its mapcount turns negative, and the log reports it again, as "Bad page map".

// %% [markdown] id=qemu-count
// Its count goes from 0 to -1; a put tests for 0, so it is not freed again *(inferred)*. A log that has both kinds of
// report for one pfn has one bug, not two.

// %% [markdown] id=ex-5
// ## Exercise 5: four other reports
//
// The model printed these for four other mistakes, as four releases would. For each, say which test fired and which
// story it tells, before you decode (`decoder.decode(splats.tellHistory('A').splat)`).

// %% id=four-splats
for (const letter of splats.FREE_HISTORIES) {
  const text = splats.tellHistory(letter).splat.split('\n');
  // all lines but those that say too much or nothing
  const shown = text.filter(line => !/dumped because|^Modules|^Disabling|dump_stack|bad_page/.test(line));
  console.log([`--- ${letter}`, ...shown].join('\n'));
}
console.log(`tests: ${linux.BAD_REASONS.join('; ')}`);
console.log(`stories: ${splats.STORIES.join('; ')}`);

// %% id=bs-5
const blank = { reason: 'nonzero mapcount', story: 'double put after a retry' } as const;
const readings: splats.Readings = { A: blank, B: blank, C: blank, D: blank };
check('bs-5', readings);

// %% [markdown] id=ex-6
// ## Exercise 6: one report, then a count of -1
//
// Write a run in which KVM's own put frees page 0 while the batch holds it, and the drain then takes the count to -1
// without a second report. Processes: `vcpu`, `other` (an invalidation is `'other x2'`), `drain`.

// %% id=bs-6
check('bs-6', ['vcpu to kvm_release_pfn_clean']);

// %% [markdown] id=misconceptions
// ## What one might think
//
// | one might think | but |
// |---|---|
// | the function on top of the trace is guilty | it met the page; the put too many returned long before |
// | `mapcount:1 refcount:0`: the rmap is wrong | the page is mapped once, as it says; the count is one short |
// | "Bad page state": the page was freed | it is leaked; with the tests off it is freed, and nothing is said |
// | `mappedtodisk`: a page of a file | on a mapped anonymous page the bit is `PG_anon_exclusive` |
// | `mapping` is NULL: not anonymous | the free path clears it before it tests |
// | a retry needs a race | KVM's own gup copies the page, and so invalidates its own fault |

// %% [markdown] id=caught
// ## What would have caught it
//
// - A run of the series on the release that it is rebased to, with a guest that reads before it writes, over a whole
//   batch of pages.
// - `CONFIG_DEBUG_VM`, or `init_on_alloc=1`: without the tests there is only corruption.

// %% [markdown] id=caught-more
// - `page_ref` tracepoints with stacks (`-T`): they name the function of each change, so the second put has a name.
//   They need `CONFIG_DEBUG_PAGE_REF`.
// - A type. 6.13 carries the page beside the pfn, and what has no page cannot be put.
// - An assertion at the end of a fault: this vCPU has put as often as it got.

// %% [markdown] id=tools
// ## And what would not
//
// `page_owner` says who *allocated* the page, not who put it. A look at `/proc/vmstat` says nothing: the leaked pages are
// few. The unpatched kernel is fine, so a bisection of mainline finds nothing either.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. Why does the trace of a drain say nothing about the guilty put, and which line of the report does?
// 2. Why does a page that is written first never show this bug?
// 3. What does the number of reports in the log say about the number of bad pages?

// %% [markdown] id=sources
// ## Sources
//
// - [v11, 29 February 2024](https://lore.kernel.org/r/20240229025759.1187910-1-stevensd@google.com); the other mails are
//   in its thread *(read)*
// - [The check before mmu_lock, d02c357e5bfa](https://git.kernel.org/torvalds/c/d02c357e5bfa) *(read)*
// - [v12, 26 July 2024](https://lore.kernel.org/r/20240726235234.228822-1-seanjc@google.com), which took its place *(read)*
// - The log is Alex Bennée's, of 31 July 2024; it lies in `data/splats` *(recorded)*
//
// Levels: *recorded*, a real kernel did it; *read*, it stands in source or in a mail; *inferred*, it follows from what was
// read.

// %% id=sources-table
const commits = story.commits.map(c => [c.commit, c.subject, c.release ?? '–']);
show({ columns: ['commit', 'subject', 'release'], rows: commits });
show({ columns: ['date', 'who', 'what'], rows: story.mails.map(m => [m.date, m.from, m.what]) });
const used = (['lru_batch', 'kvm_retry_unlocked', 'kvm_fault_put'] as const).flatMap(b => linux.history(b));
const rests = used.map(r => [r.value, r.from, r.commit ?? '–', r.evidence, r.from_evidence ?? r.evidence]);
const behaviours = used.map((r, i) => [r.behaviour, ...(rests[i] ?? [])]);
const columns = ['behaviour', 'value', 'from', 'commit', 'the rule is', 'the release is'];
show({ columns, rows: behaviours });

// %% [markdown] id=answers
// <details><summary><b>Answers, when you have yours</b></summary>
//
// 1. A drain only drops the batch's references; the extra put returned faults ago. `refcount:0 mapcount:1` shows it:
//    mapped, and one reference short.
// 2. A first write copies nothing and takes no entry away, so no notifier runs and no fault retries.
// 3. Only that there are at least as many. What the limiter holds back is told with the next report, if any.
//
// </details>

// %% [markdown] id=answers-more
// This was the last thread. `npx put-page decode` and `npx put-page ledger` ask its question of your own machine. On to
// [notebook 06](06-write-the-contract.ipynb), where you write the rule yourself.
