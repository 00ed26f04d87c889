/** The reader's API: a model, a run and a verdict in the hand, and what is said of a slip, by the compiler and at run time. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import { inspectSymbol, Model, Run, Verdict } from '#src/kit/index.js';
import { release } from '#src/linux/index.js';
import { guestTouches, protocol, trackedReference, zoneDeviceLeak } from '#src/stories/index.js';

const host = zoneDeviceLeak({ release: '5.3', pages: 4, zaps: 1 });
const twice = host.run([guestTouches(0), 'notifier x2', guestTouches(0)]);

test('a run: values by path and step, who owes what, and more of it', () => {
  assert.ok(twice instanceof Run);
  assert.equal(twice.value('page[0]._refcount'), 3);
  assert.equal(twice.value('page[0]._refcount', 0), 1);
  assert.equal(twice.count('page[0]._refcount') + 1, 4);
  assert.throws(() => twice.count('pgmap.state'), /pgmap\.state is LIVE, which is no number/);
  assert.deepEqual(
    twice.owed().rows.find(row => row[0] === 'page[0]._refcount' && row[1] === 'gup[0]'),
    ['page[0]._refcount', 'gup[0]', 2],
  );
  const gone = twice.more(['unbind to done']);
  assert.equal(gone.sleeper, 'unbind in dev_pagemap_cleanup');
  assert.equal(twice.sleeper, null, 'the run that was continued stays as it is');
  assert.equal(gone.holds('every get is put'), false);
  assert.deepEqual(gone.counters.slice(-1), ['pgmap.ref']);
  assert.equal(gone.ledger('pgmap.ref').table.rows.length, gone.steps.length + 1);
  assert.match(gone.lanes().text, /unbind/);
});

test('a verdict: fields, words, the run that it rests on, figures', () => {
  const v = host.explore();
  assert.ok(v instanceof Verdict && v.trace instanceof Run);
  assert.deepEqual([v.verdict, v.violated], ['violated', 'every get is put']);
  assert.equal(v.trace.steps.length, v.depth);
  assert.match(v.text, /VIOLATED/);
  assert.equal(v.headline, v.text.split('\n').slice(0, 2).join('\n'));
  assert.ok(v.taken().table.rows.length > 0);
  const held = zoneDeviceLeak({ release: '5.3', pages: 1 }).explore({
    property: 'the host gets done',
    fairness: 'weak',
  });
  assert.equal(held.verdict, 'violated');
  assert.ok(held.lasso?.stem instanceof Run);
  assert.match(protocol().explore().graph().text, /states/);
});

test('a step’s code, what it calls, and where that release of the kernel has it', () => {
  const { step, code, link, markdown } = host.source('kvm_release_pfn_clean');
  assert.equal(step, 'vcpu.kvm_release_pfn_clean');
  assert.match(code, /function kvm_release_pfn_clean\(/);
  assert.equal(link, 'https://elixir.bootlin.com/linux/v5.3/C/ident/kvm_release_pfn_clean');
  assert.match(markdown, /```js/);
  const later = trackedReference({ release: '6.12.117' }).source('kvm_release_pfn_clean');
  assert.equal(later.link, 'https://elixir.bootlin.com/linux/v6.12.117/C/ident/kvm_release_pfn_clean');
  const renamed = trackedReference({ release: '6.13' }).source('kvm_release_pfn_clean');
  assert.equal(renamed.link, 'https://elixir.bootlin.com/linux/v6.13/C/ident/kvm_release_faultin_page');
  assert.equal(protocol().source('snapshot').link, null, 'a step of ours');
});

test('printed, each is a short card and never its internals', () => {
  for (const [what, says] of [
    [host, /^the model zone-device-leak, Linux 5\.3\n.*4 page/],
    [twice, /^a run of zone-device-leak, \d+ steps\n/],
    [host.explore(), /^zone-device-leak: every safety property: VIOLATED/],
    [host.source('kvm_release_pfn_clean'), /^vcpu\.kvm_release_pfn_clean: /],
  ] as const) {
    const text = inspect(what);
    assert.match(text, says);
    assert.ok(text.split('\n').length <= 60 && text.length < 4000, text);
    assert.equal(`${what}`, text);
  }
  assert.equal(inspectSymbol, inspect.custom);
});

test('a model stays a model of the kit, whatever is done to it', () => {
  const mine = host.with('kvm_release_pfn_clean', (s, me) => {
    me.page?._refcount.put('gup', me);
    if (me.page?._refcount.is(0)) s.pgmap.ref.put('page', me.page);
    return 'tdp_page_fault';
  });
  for (const m of [mine, host.without('unbind'), host.always('nothing', () => true)]) assert.ok(m instanceof Model);
  assert.equal(mine.run([guestTouches(0)]).value('page[0]._refcount'), 1);
  const asked = protocol().sometimes('it ends', (_s, at) => at.fault?.[0] === 'done');
  assert.equal(asked.explore({ property: 'it ends' }).verdict, 'reached');
});

test('a slip does not compile; where it runs all the same, the error names what was meant', () => {
  // @ts-expect-error: "kvm_relase_pfn_clean" & DidYouMean<"kvm_release_pfn_clean">
  assert.throws(() => host.with('kvm_relase_pfn_clean', () => undefined), /did you mean 'kvm_release_pfn_clean'\?/);
  // @ts-expect-error: "vcpu to kvm_relase" & DidYouMean<"vcpu to kvm_release_pfn_clean">
  assert.throws(() => host.run(['vcpu to kvm_relase']), /did you mean 'kvm_release_pfn_clean'\?/);
  // @ts-expect-error: there is no such process
  assert.throws(() => host.run(['vpcu']), /no process 'vpcu'.*did you mean 'vcpu'\?/);
  // @ts-expect-error: "every get is putt" & DidYouMean<"every get is put">
  assert.throws(() => host.explore({ property: 'every get is putt' }), /no property 'every get is putt'/);
  // @ts-expect-error: unknown option
  assert.throws(() => host.explore({ symetry: 'off' }), /symetry/);
  // @ts-expect-error: "kvm_relase" & DidYouMean<"kvm_release_pfn_clean">
  assert.throws(() => host.source('kvm_relase'), /did you mean 'kvm_release_pfn_clean'\?/);
  // @ts-expect-error: unknown option of the story
  zoneDeviceLeak({ relese: '5.3' });
  // @ts-expect-error: "5.33" & DidYouMean<"5.3" …>
  const noRelease = () => zoneDeviceLeak({ release: '5.33' });
  assert.throws(noRelease, /5\.33 is not in data.*known: mainline 4\.3 to.*did you mean '5\.3'\?/);
  // @ts-expect-error: "5.33" & DidYouMean<"5.3" …>
  assert.throws(() => release('5.33'), /did you mean '5\.3'\?/);
  // @ts-expect-error: not a backing
  const noBacking = () => zoneDeviceLeak({ backing: 'devdaxx' });
  assert.throws(noBacking, /no backing is called 'devdaxx'.*did you mean 'devdax'\?/);
  // @ts-expect-error: "THP taill" & DidYouMean<"THP tail">
  const noKind = () => trackedReference({ kind: 'THP taill' });
  assert.throws(noKind, /expected one of.*did you mean 'THP tail'\?/);
  const releases: string[] = ['5.3', '5.4-rc8', '6.1.192'];
  assert.equal(releases.map(release => zoneDeviceLeak({ release })).length, 3, 'a text that is not known in advance');
  assert.throws(() => twice.value('page[0]._refcnt'), /did you mean 'page\[0\]\._refcount'\?/);
  const broken = host.with('kvm_release_pfn_clean', (_s, me) => {
    // @ts-expect-error: "gupp" & DidYouMean<"base" | "gup" …>
    me.page?._refcount.put('gupp', me);
  });
  assert.throws(() => broken.run([guestTouches(0)]), /no holder 'gupp\[0\]'.*did you mean 'gup/);
  const compared = host.with('kvm_release_pfn_clean', (_s, me) => {
    // @ts-expect-error: a count is no number
    if (me.page?._refcount > 1) return 'tdp_page_fault';
  });
  assert.throws(
    () => compared.run([guestTouches(0)]),
    /_refcount is a count with named holders.*\.above\(1\).*\.is\(1\)/,
  );
  const named: string[] = ['vcpu'];
  assert.equal(host.run(named).steps.length, 1, 'lines that are only known to be strings are looked at when they run');
});
