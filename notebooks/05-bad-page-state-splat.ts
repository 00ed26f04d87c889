// %% [markdown] id=claim
// # The splat names the victim, and the guilty put returned long ago
//
// A guest starts, the host's log fills with "Bad page state", and in the end the guest hangs.
//
// **50 minutes** in a room, and as long again to read on. You know C and what a page table is; notebook 00 shows how to read
// the figures.
//
// | | |
// |---|---|
// | thread | v11 of "allow mapping non-refcounted pages", July 2024 |
// | releases | right on 6.8-rc3, its base; one put too many on 6.8 and 6.9.12; 6.13 has another series, which is right |
// | modelled | KVM's fault, the copy of the zero page, both LRU batches of a CPU, the free path's tests |
// | left out | other CPUs' batches, reclaim, huge pages |

// %% id=import
import { badPageSplat, check, decoder, figures, hint, linux, predict, reveal, search, show } from 'put-page';
import { solution, splats } from 'put-page';

// %% [markdown] id=wrong-run
// ## The wrong run comes first, and it is somebody else's
//
// 31 July 2024, Alex Bennée: eight patches of David Stevens on top of 6.9.12. These are the lines of his log that bad_page()
// printed. Read them. Write down three facts before you go on.

// %% id=raw-splat
const log = splats.threadSplat();
// without the time stamps; then the report, and of the trace the names of the functions
const lines = log.split('\n').map(line => line.replace(/^\[[\d.]+\] /, ''));
const from = lines.findIndex(line => line.startsWith('BUG: Bad page state'));
console.log(lines.slice(from, from + 7).join('\n'));
console.log(lines.find(line => line.startsWith('CPU: ')));
const calls = lines.filter(line => /^\w[\w.]+\+0x/.test(line)).map(line => line.split('+')[0]);
console.log(calls.slice(0, 16).join('\n'));

// %% id=bet-says
predict('bs-says');

// %% [markdown] id=anatomy
// ## Each line says one thing, and some of them mislead
//
// The decoder reads the same log. `refcount` and `mapcount` are what the counts were *when the page was freed*; `mapping` was
// cleared just before. The free path runs six tests in this order: mapcount, mapping, refcount, flags, memcg, page_pool. Each
// overwrites the reason of the one before. Two more bets:

// %% id=bet-check
predict('bs-check');

// %% id=bet-flags
predict('bs-flags');

// %% id=annotated
const [splat] = decoder.decode(log);
if (splat === undefined) throw new Error('there is no report in this log');
show(splats.annotatedSplat(splat));
reveal('bs-says', 'what the counts were at the free');
const speaks = linux.BAD_REASONS.indexOf(splat.reason ?? ''); // only this one, and those before it, can have fired
reveal('bs-check', speaks + 1);

// %% [markdown] id=sure
// ## Each sentence says how sure it is
//
// The decoder's findings rest on fields, and say which. `certain` follows from what is printed; the rest is a reading. These
// are the first; `put-page decode` prints them all.

// %% id=findings
const findings = splat.findings.map(f => [f.certainty, f.text]);
show({ columns: ['how sure', 'finding'], rows: findings.slice(0, 8) });

// %% [markdown] id=words
// ## Eight raw words are the page itself
//
// `struct page` is 64 bytes. Word 6 holds both counts: `_mapcount` starts at -1, so its 0 means *mapped once*. A healthy page
// would show 1 in the upper half. The poison in words 1 and 2 is `list_del()`'s: the page came off a list, the LRU's or, when it
// was handed out, the allocator's.

// %% id=words-table
const words = splat.words.map((w, i) => [`w${i}`, w.word, w.name, w.text]);
show({ columns: ['', 'word', 'field', 'says'], rows: words });

// %% [markdown] id=flags
// ## The flags word holds more than flags
//
// Bit numbers move between releases; the decoder takes those of 6.9. `mappedtodisk` does not mean a file: on a mapped
// anonymous page the same bit is `PG_anon_exclusive`.

// %% id=flags-figure
const names = decoder.flagLayouts.find(l => l.id === 'flags-6.6')?.flags ?? [];
const upper = [
  { name: 'node', from: 54, to: 63 },
  { name: 'zone', from: 51, to: 53 },
  { name: 'last cpupid', from: 30, to: 50 },
];
show(figures.flagBits({ value: splat.flags.value ?? 0, names: { ...names }, fields: upper }));
const forbidden = (flag: string) => decoder.PAGE_FLAGS_CHECK_AT_FREE.some(f => f === flag);
reveal('bs-flags', (splat.flags.names ?? []).filter(forbidden).length);

// %% [markdown] id=worked
// ## Worked exercise: the tests have no else
//
// `page_bad_reason()` runs its tests in a row, and each overwrites the reason. Run this; then put an `else` before one of
// them, and run it again.

// %% id=bs-1
const rule: splats.ReasonRule = p => {
  let bad: string | null = null;
  if (p.mapcount !== 0) bad = 'nonzero mapcount';
  if (p.mapping === 'file') bad = 'non-NULL mapping';
  if (p.refcount !== 0) bad = 'nonzero _refcount';
  if (p.flags.includes('locked')) bad = 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set';
  if (p.memcg) bad = 'page still charged to cgroup';
  if (p.page_pool) bad = 'page_pool leak';
  return bad;
};
check('bs-1', rule);

// %% [markdown] id=so-far
// ## So far: an anonymous page, fresh, mapped, and counted 0
//
// From `index`: virtual address 0x7fa8117c3000, in QEMU's mappings; that it is guest RAM is *inferred*. Freed by the drain of
// a batch, inside `folio_add_lru()` for **another** page. The task at the top is the messenger. Taint `B`: it was not
// the first.

// %% [markdown] id=model
// ## A fault that invalidates itself
//
// The guest reads a fresh page (the host maps the zero page), then writes it. `wp_page_copy()` replaces the entry, so it calls
// the mmu notifier: KVM's own sequence moves *during KVM's own fault*. From 6.8 on, KVM notices before it takes
// `mmu_lock`, releases the page, and retries.

// %% id=bet-count
predict('bs-count');

// %% id=ledger
const world = badPageSplat({ release: '6.9.12+v11', pages: 31 });
const page0 = 'page[0]._refcount';
const first = world.run(['vcpu to kvm_finish_page_fault', 'vcpu']); // up to the last step, and that step
show(first.ledger(page0, { title: 'v11 on 6.9.12: one fresh page' }));
reveal('bs-count', first.value(page0));

// %% [markdown] id=two-puts
// ## Two puts for one get
//
// v11 puts gup's reference at once, in `kvm_follow_refcounted_pfn`, so KVM owes nothing. Then the check sees that the sequence
// has moved, and calls `kvm_release_pfn_clean`, which puts once more. Nobody notices. The page table and the batch hold one
// reference each; the count says 1.

// %% id=lanes
const last = first.steps.findIndex(s => s.step === 'kvm_release_pfn_clean');
show(first.lanes({ steps: [last - 5, last + 1], title: 'From the copy to the second put' }));

// %% [markdown] id=drain
// ## The page dies 30 faults later, in the drain of its batch
//
// Page 30 fills the batch of 31. `folio_batch_move_lru()` puts all of them on the LRU and gives the batch's references back.
// For page 0 that was the last one: 0, while it is mapped.

// %% id=drain-run
const dead = first.more(['vcpu to free_unref_page_prepare']);
const changes: (string | number)[][] = [];
let before = '0,0';
for (const [i, s] of dead.steps.entries()) {
  const counts = [Number(dead.value(page0, i + 1)), Number(dead.value('page[0].mapcount', i + 1))];
  if (String(counts) !== before) changes.push([s.step, ...counts]); // only steps that change a count of page 0
  before = String(counts);
}
show({ columns: ['step', '_refcount', 'mapcount'], rows: changes });
const faults = dead.steps.filter(s => s.step === 'folio_add_lru').length;
console.log(`the second put came in fault 1; the drain ran in fault ${faults}`);

// %% [markdown] id=same-splat
// ## The model prints the log's own words
//
// The page as the model left it, written in the format of 6.9.12, and read back by the decoder. `pfn` and `index` are taken from
// the log, and so is that it is a fresh anonymous page; the counts, `referenced` and the reason are the model's.

// %% id=same-splat-run
const [ours] = decoder.decode(splats.splatOfRun(dead, 'page[0]', '6.9.12+v11'));
const compared = ['refcount', 'mapcount', 'reason', 'rawWords', 'flagBits'] as const;
const inLog = compared.map(f => String(splat[f]).replaceAll(',', ' '));
const inModel = compared.map(f => String(ours?.[f]).replaceAll(',', ' '));
const rows = compared.map((f, i) => [f, inLog[i] ?? '', inLog[i] === inModel[i] ? 'the same' : 'differs']);
show({ columns: ['field', 'in the log', 'in the model'], rows });

// %% [markdown] id=wait-who
// ## do_wp_page is in the trace: is it not the copy's fault, then?
//
// The copy in the trace is for a page that is fine; its `folio_add_lru()` happened to fill the batch. The dead page was added up
// to 30 faults earlier, and had already lost a reference. The trace of a drain says who came last, not who did wrong.

// %% [markdown] id=staircase
// ## The patches did not change; the kernel under them did
//
// v11 was written on 6.8-rc3, where KVM retries as well, but only under `mmu_lock`, and there it releases nothing: v11 has put
// already. The check before `mmu_lock`, `d02c357e5bfa`, came on 10 March 2024, the day of v6.8, with a release of its own.

// %% id=bet-base
predict('bs-base');

// %% id=staircase-run
const kernels = ['6.9', '6.8-rc3+v11', '6.9.12+v11'];
const stairs = kernels.map(name => ({ name, values: splats.countAlong(name) }));
const title = 'One page, from its copy to the drain';
show(figures.staircase({ title, unit: '_refcount', labels: splats.FAULT_MOMENTS, stairs }));
const right = ['6.8-rc3', '6.8', '6.9.12'].filter(base => splats.countAlong(`${base}+v11`).at(-1) === 1); // the page table's
reveal('bs-base', right.join(', '));

// %% [markdown] id=conflict
// ## No text conflict, and two halves that contradict
//
// One side says that after gup the reference is gone. The other says that it is released here. The two need not touch the same
// line of text.
// **For reviewers**: when a series changes *who owns* a reference, list every release of it again after each rebase. A compiler
// cannot; a type that carries the page can.

// %% id=matrix
const releases = ['6.1.192', '6.8-rc3+v11', '6.8', '6.8+v11', '6.9.12+v11', '6.9.12+v11-remedy', '6.12.117', '6.13'];
const kinds = ['read, then written', 'written first'];
const cell = (kind: string, release: string) => {
  const { overdraft } = splats.cowRun({ release, cow: kind !== 'written first', faults: 100 });
  return { text: overdraft === 0 ? 'balanced' : 'put twice', tone: overdraft === 0 ? 'good' : 'bad' } as const;
};
show(figures.releaseMatrix({ title: 'The books after 100 fresh pages', kinds, releases, cell }));

// %% [markdown] id=how-many
// ## Not every page dies in the same place
//
// Now 62 pages, two batches. Each is read, then written; each is put once too often. A page that is marked *accessed* while it is
// on the LRU goes into another batch, the activate batch, and that one holds it, too.

// %% id=bet-dead
predict('bs-dead');

// %% id=bet-write
predict('bs-write');

// %% id=how-many-run
const deaths: (string | number)[][] = [];
for (const faults of [62, 1000])
  for (const lru of ['classic', 'mglru'] as const) {
    const r = splats.cowRun({ faults, lru, goes_on: true }); // as if the guest went on after a refused access
    const by = splats.deathsBy(r);
    const places = [by['lru_add drain'] ?? 0, by['activate drain'] ?? 0, by['KVM’s put'] ?? 0];
    deaths.push([faults, lru, ...places, r.alive]);
  }
const where = ['in lru_add drains', 'in activate drains', 'in KVM’s put'];
show({ columns: ['fresh pages', 'LRU', ...where, 'alive'], rows: deaths });
reveal('bs-dead', splats.deathsBy(splats.cowRun({ faults: 62 }))['lru_add drain']);
reveal('bs-write', splats.cowRun({ faults: 62, cow: false }).deaths.length);

// %% [markdown] id=how-many-note
// The page that fills a batch loses its batch reference at once, so it is *on* the LRU when KVM marks it: the activate batch
// holds it, and it dies when that one is drained.
//
// Fast gup marks the page as well (*read*: 6.1 and 6.12), so a page may stand in that batch twice.

// %% [markdown] id=limiter
// ## The log falls silent; the damage goes on
//
// Suppose the guest went on, for 1000 fresh pages, at 100 faults a second. `bad_page()` has a limiter, like most that print.

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
// `bad_page()` counts what it does not print, and says how many when it speaks again. And it needs its tests: without
// `CONFIG_DEBUG_VM` or a hardening option the page is freed silently, while QEMU and the guest still use it.

// %% [markdown] id=backwards
// ## Read it backwards: which histories end like this?
//
// Turn the question round. Given the end (refcount 0, mapcount 1, found by a drain), let the machine list **every** shortest
// history that leads there, for three suspects: KVM's retry; an unmap that forgets the mapcount; a driver that puts what it
// never got.

// %% id=bet-ways
predict('bs-ways');

// %% id=backwards-run
const suspects = [
  ['KVM’s retry, with v11', '6.9.12+v11', 'nobody'],
  ['an unmap without rmap', '6.9', 'lost rmap'],
  ['a stray put', '6.9', 'stray put'],
] as const;
const found = suspects.map(([who, release, suspect]) => {
  // a batch of 2 tells the same story in fewer steps
  const { traces, length } = search.shortestWays(badPageSplat({ release, suspect, batch: 2 }), splats.DIES_IN_DRAIN);
  const parties = new Set(traces.flatMap(t => t.steps.map(s => s.process))); // each process once
  return [who, length, traces.length, [...parties].join(', ')];
});
show({ columns: ['suspect', 'steps', 'shortest ways', 'who takes part'], rows: found });

// %% id=backwards-reveal
const alone = found.filter(row => row[3] === 'vcpu');
console.log(`stock 6.9, nobody else: ${badPageSplat({ release: '6.9', batch: 2 }).explore().verdict}`);
reveal('bs-ways', alone.length);

// %% [markdown] id=fit
// ## What else must fit
//
// The reporter says that the same trace came for many pages. The other two suspects would need a second party within each
// batch, again and again. The kernel's name says 8 commits on 6.9.12, and v11 has 8. `referenced` fits, but would fit others
// too; that `workingset` is missing points to the classic LRU *(inferred)*. In stock 6.9 no order of steps ends like this.

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
const v68 = { date: '2024-03-10', label: 'v6.8 with d02c357e5bfa', evidence: 'read' as const };
show(figures.timeline([...mails, v68], { title: 'From the series to its successor' }));

// %% [markdown] id=ex-2
// ## Exercise 2: read a word by hand
//
// Another page of a 6.9 kernel. Which bits are set, which node, which zone, and may such a page be freed without a report?
// `hint('bs-2')` helps, three times.

// %% id=bs-2
console.log(splats.FLAGS_WORD);
const word: splats.WordRead = { bits: [], node: 0, zone: 0, clean: true };
check('bs-2', word);

// %% [markdown] id=ex-3
// ## Exercise 3: fix v11 in one step
//
// This is the release on the way to the retry, as it stands. Change it so that in every order each get has one put, and every
// page is served. The step ends where the fault begins again.

// %% id=bs-3
const retry: splats.RetryStep = (_s, me) => {
  me.page?._refcount.put('gup'); // me: this fault, and the page it found
  return 'kvm_faultin_pfn'; // the step that comes next
};
check('bs-3', retry);

// %% [markdown] id=read-on
// ## Read on: the fifty minutes end here
//
// What follows takes as long again: bit numbers of other releases, the other report of the same bug, why the guest hangs, and
// three exercises: four other reports, a count of -1, and how loud a test is. Then a decoder for your own logs.

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
// April 2024, Dmitry Osipenko: the same patches on 6.8. No bad page in his mail, but a warning in `try_grab_page()` and *kvm
// run failed: Bad address*. A page that is already dead, and still mapped, meets the next gup.

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
// The page that fills the activate batch dies in KVM's own put, before its retry. The retry's fast gup refuses a count of 0, the
// slow one warns and fails, and `KVM_RUN` returns `-EFAULT`: the vCPU stops. Alex's mail says only that the guest hung. This
// is what the model adds; nobody confirmed it.

// %% [markdown] id=ex-4
// ## Exercise 4: four other reports
//
// Printed by the model for four other mistakes, in the format of four releases. For each: which test made it, and which story?
// Say it before you decode. `decode(tellHistory('A').splat)` would tell.

// %% id=four-splats
for (const letter of splats.FREE_HISTORIES) {
  const text = splats.tellHistory(letter).splat.split('\n');
  // all lines but those that say too much or nothing
  const shown = text.filter(line => !/dumped because|^Modules|^Disabling|dump_stack|bad_page/.test(line));
  console.log([`--- ${letter}`, ...shown].join('\n'));
}
console.log(`tests: ${linux.BAD_REASONS.join('; ')}`);
console.log(`stories: ${splats.STORIES.join('; ')}`);

// %% id=bs-4
const blank = { reason: 'nonzero mapcount', story: 'double put after a retry' } as const;
const readings: splats.Readings = { A: blank, B: blank, C: blank, D: blank };
check('bs-4', readings);

// %% [markdown] id=ex-5
// ## Exercise 5: one report, then a count of -1
//
// Write a run in which KVM's own put kills page 0 while it is in the batch, and the drain then brings the count to -1 without
// a second report. Processes: `vcpu`, `other` (an invalidation is `'other x2'`), `drain`.

// %% id=bs-5
check('bs-5', ['vcpu to kvm_release_pfn_clean']);

// %% [markdown] id=ex-6
// ## Exercise 6: how loud is a test?
//
// A test lets a guest touch 100 fresh pages and counts the dead ones at its end. How many on 6.8, on 6.9.12, and on 6.9.12 if the
// guest writes without reading first? And if it touches only 30 on 6.9.12?

// %% id=bs-6
check('bs-6', { '6.8+v11': 100, '6.9.12+v11': 100, 'written first': 100, 'only 30': 30 });

// %% [markdown] id=own-log
// ## Your own log
//
// `npx put-page decode FILE`, or `dmesg | npx put-page decode -`, explains every report in a log, from 2.6 to today: fields,
// flags, raw words, the test that fired, who is innocent in the trace, and how sure each sentence is.

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
// - A run of the series on the release that it is rebased to, with a guest that reads before it writes, over a whole batch of pages.
// - `CONFIG_DEBUG_VM`: without the tests there is no splat, only corruption.
// - A recording of `page_ref_*` tracepoints: each change with its function, so the second put has a name.
// - A get and its put in one function. 6.13 carries the page beside the pfn.

// %% [markdown] id=tools
// ## And what would not
//
// `page_owner` says who *allocated* the page, not who put it. A look at `/proc/vmstat` says nothing: the leaked pages are few. The
// unpatched kernel is fine, so a bisection of mainline finds nothing either.

// %% [markdown] id=questions
// ## Three questions to take with you
//
// 1. Why does the trace of a drain say nothing about the guilty put, and which lines of the report do?
// 2. Why does a page that is written first never show this bug?
// 3. The limiter printed 60 reports. What can you say about the number of bad pages?

// %% [markdown] id=sources
// ## Sources
//
// `recorded`: a real kernel did it. `read`: source or mail. `inferred`: follows from what was read. The log is Alex Bennée's,
// under `data/splats`; the rows below stand in `data/`.

// %% id=sources-table
const commits = story.commits.map(c => [c.commit, c.subject, c.release ?? '–']);
show({ columns: ['commit', 'subject', 'release'], rows: commits });
show({ columns: ['date', 'who', 'what'], rows: story.mails.map(m => [m.date, m.from, m.what]) });
const used = ['lru_batch', 'kvm_retry_unlocked', 'kvm_fault_put'] as const;
const pinned = used.flatMap(b => linux.history(b).map(r => [b, r.value, r.from, r.commit ?? '–', r.evidence]));
show({ columns: ['behaviour', 'value', 'from', 'commit', 'evidence'], rows: pinned });

// %% [markdown] id=answers
// ## Answers, when you have yours
//
// 1. A drain only lets go of what a batch held; the put too many returned faults ago. `refcount:0 mapcount:1` tells of it: mapped,
//    and one reference short.
// 2. A first write copies nothing and takes no entry away, so no notifier runs and no fault retries.
// 3. At least 60. More within the minute are counted, and told with the next report, if there is one.
