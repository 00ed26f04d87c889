/** Notebook 00: what is wrong is told why; what is right passes however it is written. */

import { fileAndReader, type Property } from '#src/stories/start-here/file-reader.js';
import { anonPage } from '#src/stories/start-here/index.js';
import { judged } from './judged.js';

type S = Parameters<Property>[0];
type A = Parameters<Property>[1];
const holds = (s: S) => s.page._refcount.held('reader');
const stands = (at: A) => at.reader?.[0];

judged('st-1', {
  wrong: [
    [
      (s: S, at: A) => stands(at) !== 'done' || holds(s) <= 1,
      /forgets its put, and for one that gets twice but puts once\. So it does not find either leak/,
    ],
    [(s: S) => holds(s) === 0, /false after reader get for the reader as it should be/],
    [
      () => true,
      /forgets its put, for one that gets twice but puts once, and for one that gets twice and puts neither\. So it does not find any of these/,
    ],
    [() => false, /false at the start/],
    [(s: S, at: A) => stands(at) !== 'done' || s.page._refcount.held('file') === 0, /false after reader put/],
    [
      (s: S, at: A) => stands(at) !== 'done' || holds(s) !== 1,
      /also holds for a reader that gets twice and puts neither\. So it does not find that leak/,
    ],
    [true, /has to be a function/],
  ],
  right: [
    (s: S, at: A) => !(stands(at) === 'done' && holds(s) > 0),
    (s: S, at: A) => {
      if (stands(at) !== 'done') return true;
      return holds(s) < 1;
    },
    (s: S, at: A) => (stands(at) === 'done' ? holds(s) === 0 : 1),
    (s: S, at: A) => stands(at) === 'get' || stands(at) === 'put' || holds(s) === 0,
  ],
});

judged('st-2', {
  wrong: [
    [{ pins: 1, gets: 1 }, /make 1026, not 3075/],
    [{ pins: 3, gets: 3 }, /make 3076, not 3075/],
    [{ pins: 2, gets: 1026 }, /fewer holders make that number/],
    [{ pins: 0, gets: 3074 }, /it adds up.*0 pins/i],
    [{ pin: 3, gets: 2 }, /field 'pins' is missing\. Did you write it as 'pin'\?/],
    [{ pins: '3', gets: 2 }, /it is the text '3'/],
    [{ pins: -1, gets: 4098 }, /'pins' must be a whole number of at least 0, without quotes; it is -1/],
    [{ pins: 3.001953125, gets: 0 }, /it is 3\.00/],
  ],
  right: [
    { pins: 3, gets: 2 },
    { gets: 2, pins: 3 },
    { pins: Math.floor(3074 / 1024), gets: 3074 % 1024 },
  ],
});

judged('st-3', {
  wrong: [
    [['zap_pte_range'], /Only the batch holds it, and munmap\(\) empties the batch of its own CPU first/],
    [['lru_add_drain_all', 'zap_pte_range'], /The last put freed it, because nobody held on/],
    [['zap_pte_range', 'pin_user_pages'], /pin_user_pages finds a page through its page table entry.*-EFAULT/],
    [['zap_pte_range', 'get_user_pages'], /get_user_pages finds a page through its page table entry/],
    [['lru_add_drain_all', 'put_page', 'zap_pte_range'], /put_page gives back what nobody took/],
    [['unpin_user_page', 'zap_pte_range'], /unpin_user_page gives back what nobody took/],
    [['pin_user_pages'], /still mapped/],
    [['do_anonymous_page', 'pin_user_pages'], /has run already/],
    [['zap_pte'], /no step called 'zap_pte'\. Did you mean 'zap_pte_range'\?/],
    [['pin_user_pages', 'pin_user_pages'], /'pin_user_pages' stands twice/],
    ['zap_pte_range', /has to be a list/],
  ],
  right: [
    ['get_user_pages', 'zap_pte_range'],
    ['get_user_pages', 'lru_add_drain_all', 'zap_pte_range'],
    ['pin_user_pages', 'zap_pte_range', 'lru_add_drain_all'],
    ['pin_user_pages', 'unpin_user_page', 'get_user_pages', 'zap_pte_range'],
  ],
});

const shared = fileAndReader();
type Shared = Parameters<Parameters<typeof shared.with<'reader.put'>>[1]>[0];
const putsIf = (when: (s: Shared) => boolean) =>
  shared.with('reader.put', s => {
    if (when(s)) s.page._refcount.put('reader');
  });

judged('st-4', {
  wrong: [
    [shared, /No order leaks: whenever the reader is done/],
    [shared.with('truncate.put_page', () => {}), /Here the file’s reference stays/],
    [shared.with('reader.put', () => {}), /leaks in every order, so any test would notice/],
    [
      shared.with('reader.put', s => {
        s.page._refcount.put('reader');
        s.page._refcount.put('reader');
      }),
      /gives back what they do not hold/,
    ],
    [
      shared.with('reader.get', s => {
        s.page._refcount.get('reader');
        s.page._refcount.get('reader');
        s.page._refcount.get('reader');
      }),
      /hold more references at once than this model follows/,
    ],
    [anonPage(), /has to be `shared` with another step/],
    [() => {}, /has to be an object/],
  ],
  right: [
    putsIf(s => s.page._refcount.above(1)),
    putsIf(s => s.page._refcount.is(1)),
    shared.with('reader.get', s => {
      s.page._refcount.get('reader');
      if (s.page._refcount.is(1)) s.page._refcount.get('reader');
    }),
  ],
});
