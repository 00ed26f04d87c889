/**
 * zero-pfn-loop: a long-term pin of untouched, read-only memory (thread of June 2022).
 * Verdict: `terminates` is violated on 5.19-rc2 and 6.0-rc1, even under strong fairness; it holds on 5.18, 5.19 and 6.0. After an unmap
 * the zero page is still pinned on 5.18 and 5.19 (vfio's put_pfn), not on 6.0 and later.
 * Modelled: faults, pins, predicate, drain, isolation, unpin, migration, the loop in its shapes, vfio's map and unmap; a foreign isolation
 * that ends, a second pin, brk(), SIGKILL, a guest that writes. Releases 5.10 to 7.2 by data/releases.json.
 * Left out: page tables, huge pages' own counts, the order of tries inside migrate_pages() (10 of them are one step), RLIMIT_MEMLOCK,
 * a zero page that lies in a movable zone itself.
 */

import { Model } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import { stableReleases } from '../../linux/data/releases.js';
import { PIN_KINDS } from '../../linux/gup/pages.js';
import { gupReleases } from '../../linux/gup/pin.js';
import { PIN_POLICIES, type PinPolicyName } from '../../linux/gup/policy.js';
import { wait } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { withGup } from './gup.js';
import { MAX_ENTRIES, type Setup, setUp, type ZeroPfnOptions } from './options.js';
import { zeroPfnState } from './state.js';
import { ZERO_PFN_EVENTS, ZERO_PFN_PHRASES, zeroPfnKept, zeroPfnMarks } from './told.js';

/** The model. Errors: an unknown release, kind or policy; too many pages; a combination that is not modelled. */
export function zeroPfnLoop<R extends string = string>(options: ZeroPfnOptions & Released<R> = {}): ZeroPfnModel {
  return declared(options);
}

/** The model’s type, by a name: what an editor and a cell print. */
export interface ZeroPfnModel extends ReturnType<typeof declared> {}

function declared(options: ZeroPfnOptions) {
  const setup = setUp(options);
  return withProperties(withOthers(withGup(zeroPfnState(setup), setup), setup), setup);
}

/** Everybody else. */
function withOthers(model: ReturnType<typeof withGup>, { isolatedByOthers, others, after }: Setup) {
  return model
    .process(
      'other',
      { only: isolatedByOthers.length > 0 },
      {
        putback_lru_page(s) {
          for (const id of isolatedByOthers) {
            const page = s.page[id];
            if (page !== undefined) page.PG_lru = true;
            page?._refcount.put('other');
          }
        },
      },
    )
    .process(
      'brk',
      { only: others === 'brk' },
      {
        mmap_write_lock(s) {
          if (s.mm.readers > 0) return wait;
        },
      },
    )
    .process(
      'user',
      { only: others === 'SIGKILL' },
      {
        kill(s) {
          for (const t of s.task) t.fatal_signal = true;
        },
      },
    )
    .process(
      'guest',
      { only: after === 'guest-writes' },
      {
        do_wp_page(s) {
          const page = s.page[0];
          if (page === undefined || page.dma === 'none') return wait;
          if (page.pte === 'zero') {
            page.pte = 'page';
            page._refcount.get('pte');
          }
        },
      },
    );
}

function withProperties(model: ReturnType<typeof withOthers>, setup: Setup) {
  const all = model
    .eventually('terminates', s => s.task.every(t => t.ret !== 'none'))
    .always('the zero page is never free', s => s.zero_page._refcount.above(0))
    .always('at the loop head all is given back', 'task', (s, t, at) => {
      if (at.gup?.[t.id] !== '__gup_longterm_locked') return true;
      return (
        s.zero_page._refcount.held('pin', t) === 0 &&
        s.page.every(p => p._refcount.held('pin', t) === 0 && p.isolated_by?.id !== t.id)
      );
    })
    .always('an error keeps no pin', 'task', (s, t) => {
      if (t.ret === 'none' || t.ret === 'nr_pages') return true;
      return s.zero_page._refcount.held('pin', t) === 0 && s.page.every(p => p._refcount.held('pin', t) === 0);
    })
    .always('an ended call has put back what it isolated', 'task', (s, t) => {
      return t.ret === 'none' || s.page.every(p => p.isolated_by?.id !== t.id);
    })
    .always('only what is isolated is held for it', 'page', (s, page) =>
      s.task.every(t => page.isolated_by?.id === t.id || page._refcount.held('isolate', t) <= 0),
    )
    .always('what is answered as pinned is mapped and pinned', 'task', (s, t, at) => {
      if (at.gup?.[t.id] !== 'mmap_read_unlock' || t.ret !== 'nr_pages') return true;
      return s.page.every(page => page.pte === 'zero' || (page.pte === 'page' && page._refcount.held('pin', t) === 1));
    })
    .always('what is pinned may stay', 'page', (s, page) => {
      return s.task.every(t => t.ret !== 'nr_pages') || setup.pinnable(page.pte, page.place);
    })
    .sometimes('all pages are pinned', s => s.task.some(t => t.ret === 'nr_pages'))
    .always('after the unmap only boot holds the zero page', (s, at) => {
      return at.gup?.[0] !== 'done' || s.zero_page._refcount.is(1);
    })
    .always('the device sees what the guest sees', 'page', (_s, page) => page.dma === 'none' || page.dma === page.pte)
    .eventually(
      'SIGKILL ends it',
      s => s.task.every(t => t.ret !== 'none'),
      s => s.task.some(t => t.fatal_signal),
    )
    .eventually('brk gets mmap_lock', (_s, at) => at.brk?.[0] === 'done')
    .told({
      phrases: ZERO_PFN_PHRASES,
      marks: zeroPfnMarks(setup.tasks === 1 && setup.isolatedByOthers.length === 0),
      events: ZERO_PFN_EVENTS,
      kept: zeroPfnKept,
    });
  const { others, after } = setup;
  const asked: Readonly<Record<string, boolean>> = {
    'after the unmap only boot holds the zero page': after === 'unmap',
    'the device sees what the guest sees': after === 'guest-writes',
    'SIGKILL ends it': others === 'SIGKILL',
    'brk gets mmap_lock': others === 'brk',
  };
  const here = all.properties.filter(p => asked[p.name] ?? true);
  return new Model(all.name, all.declaration, all.processes, here, all.absent, all.telling) as unknown as typeof all;
}

/** `n` letters: `special` of them are `kind`, first or alternating, the rest is `rest`. */
export function kindsOf(n: number, special: number, kind: string, rest = 'N', order = 'first'): string {
  return Array.from({ length: n }, (_, i) => {
    const isSpecial = order === 'first' ? i < special : i % 2 === 0 && i < 2 * special;
    return isSpecial ? kind : rest;
  }).join('');
}

const story = ['5.19-rc2', '5.18', '5.19', '6.0-rc1', '6.0'];

function releases(): readonly string[] {
  return [...new Set([...story, ...gupReleases(), ...stableReleases('gup')])];
}

export const zeroPfnScenario = defineScenario({
  name: 'zero-pfn-loop',
  summary: 'A long-term pin of untouched read-only memory: does it ever come back?',
  thread: 'zero-pfn-gup-loop',
  releases: releases(),
  parameters: [
    { name: 'pages', default: 2, min: 1, max: MAX_ENTRIES, meaning: 'entries of the request' },
    {
      name: 'special',
      default: MAX_ENTRIES,
      min: 0,
      max: MAX_ENTRIES,
      meaning: 'how many of them are `kind`, at most all',
    },
    {
      name: 'kind',
      default: 'Z',
      values: PIN_KINDS,
      meaning:
        'N normal, Z zero page, M movable, B in a batch, L in an mlock batch, X CMA off the LRU, I isolated by others, P held by others, H hugetlb, V device-coherent',
    },
    { name: 'rest', default: 'N', values: PIN_KINDS, meaning: 'kind of the other entries' },
    { name: 'order', default: 'first', values: ['first', 'alternating'], meaning: 'where the special entries stand' },
    {
      name: 'mapping',
      default: 'read-only',
      values: ['read-only', 'read-write'],
      meaning: 'read-write pins with FOLL_WRITE',
    },
    { name: 'vma', default: 'cow', values: ['cow', 'not-cow'], meaning: 'a private mapping, or not one' },
    {
      name: 'policy',
      default: 'release',
      values: ['release', ...PIN_POLICIES],
      meaning: 'what is done about pages that cannot be isolated; `release`: as the release does',
    },
    { name: 'patience', default: 0, min: 0, max: 16, meaning: "RETRY_N's n" },
    { name: 'tasks', default: 1, min: 1, max: 2, meaning: 'how many pin the same pages' },
    {
      name: 'others',
      default: 'nobody',
      values: ['nobody', 'brk', 'SIGKILL', 'no-memory'],
      meaning: 'who else is there',
    },
    { name: 'after', default: 'keep', values: ['keep', 'unmap', 'guest-writes'], meaning: 'what follows a success' },
  ],
  maker: zeroPfnLoop,
  model: s => {
    const pages = Number(s.pages);
    const word = (name: string) => String(s[name]);
    return zeroPfnLoop({
      release: word('release'),
      kinds: kindsOf(pages, Math.min(pages, Number(s.special)), word('kind'), word('rest'), word('order')),
      mapping: word('mapping') as 'read-only',
      vma: word('vma') as 'cow',
      ...(s.policy === 'release' ? {} : { policy: word('policy') as PinPolicyName }),
      patience: Number(s.patience),
      tasks: Number(s.tasks),
      others: word('others') as 'nobody',
      after: word('after') as 'keep',
    });
  },
});
