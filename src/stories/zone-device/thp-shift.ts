/**
 * thp-shift: a fault on a 4K page inside a huge one; the reference is moved to the head's pfn.
 * Verdict: a THP is balanced in every release. A device page, if it were taken for huge: on 5.3 it could not come here (reserved);
 * with the reserved test gone and no fence it is woken as idle while KVM maps it; 5.4's fence and 5.6's mask hold.
 * Modelled: gup, the two halves of the shift, the final release. Left out: everything else of the fault.
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import { release } from '../../linux/data/releases.js';
import * as thp from '../../linux/kvm/thp-adjust.js';
import { bool } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { SHIFT_EVENTS, SHIFT_PHRASES } from './told.js';

export interface ThpShift {
  readonly release?: string;
  readonly backing?: 'thp' | 'devdax';
  /** `release`: as the release does; `none`: 5.4's new predicate without its fence. */
  readonly fence?: 'release' | 'none';
  /** What if the test for huge pages said yes to a device page. */
  readonly taken_for_huge?: boolean;
}

/** The model’s type, by a name: what an editor and a cell print. */
export interface ThpShiftModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release. */
export function thpShift<R extends string = string>(o: ThpShift & Released<R> = {}): ThpShiftModel {
  return declared(o);
}

function declared(o: ThpShift = {}) {
  const { backing = 'thp', fence = 'release' } = o;
  const r = release(o.release ?? '5.4');
  const device = backing === 'devdax';
  const reserved = device && r.value('kvm_owns_page') === 'reserved';
  const rule = r.value('thp_adjust');
  const c: thp.ThpConfig = {
    compound: !device,
    device,
    rule: fence === 'none' && rule === 'shift-not-device' ? 'shift' : rule,
    taken_for_huge: o.taken_for_huge === true && !reserved,
  };
  // Of a reserved page the put is left out: zone-device-leak asks what comes of it.
  return defineModel('thp-shift', { release: r, sorts: { page: 2 }, state: { page: thp.thpPageState() } })
    .process(
      'vcpu',
      { locals: { moved: bool() } },
      {
        try_get_page: s => thp.try_get_page(c, s),
        transparent_hugepage_adjust: () => thp.transparent_hugepage_adjust(c),
        kvm_release_pfn_clean: s => thp.shift_release(c, s),
        kvm_get_pfn: (s, me) => {
          thp.shift_get(c, s);
          me.moved = true;
        },
        mmu_set_spte: () => {},
        release: (s, me) => {
          if (!reserved) thp.final_release(c, s, me.moved);
        },
      },
    )
    .always('no page is idle while KVM maps it', 'page', (_s, page) => !page.woken)
    .always('no bare get of a device page', 'page', (_s, page) => !page.bare_get)
    .always(
      'each get is put',
      'page',
      (_s, page, at) => reserved || at.vcpu?.[0] !== 'done' || page._refcount.held('kvm') <= 0,
    )
    .sometimes('the fault ends', (_s, at) => at.vcpu?.[0] === 'done')
    .told({ phrases: SHIFT_PHRASES, events: SHIFT_EVENTS });
}

export const thpShiftScenario = defineScenario({
  name: 'thp-shift',
  summary: 'A 4K pfn inside a huge page: may its reference be moved to the head?',
  thread: 'zone-device-leak',
  releases: ['5.4', '5.3', '5.6'],
  parameters: [
    { name: 'backing', default: 'thp', values: ['thp', 'devdax'], meaning: 'a real THP, or device pages' },
    {
      name: 'fence',
      default: 'release',
      values: ['release', 'none'],
      meaning: 'as the release does, or as if it did not exclude ZONE_DEVICE',
    },
    {
      name: 'huge',
      default: 'as tested',
      values: ['as tested', 'yes'],
      meaning: 'yes: pretend that a device page passes for huge',
    },
  ],
  maker: thpShift,
  model: p =>
    thpShift({
      release: String(p.release),
      backing: p.backing as 'thp' | 'devdax',
      fence: p.fence as 'release' | 'none',
      taken_for_huge: p.huge === 'yes',
    }),
});
