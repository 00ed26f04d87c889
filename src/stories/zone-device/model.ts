/**
 * zone-device-leak: KVM gets device pages and never puts them; the unbind of their device sleeps for ever.
 * Verdict: violated on 4.5 to 5.4-rc7 (`every get is put`), holds on 5.4-rc8 to 5.17. From 5.18 on an unbind of devdax
 * does not wait for references: `no reference outlives the memmap` is violated, leak or no leak, where the memmap goes with the device.
 * With map: early-put breaks `a mapped page stays`; the merged fix keeps it.
 * Modelled: a fault with gup's three steps, mmu_notifier, the release, kvm_vcpu_map, unbind, truncate, another's reference.
 * Left out: huge pages (thp-shift), ranges of an invalidation, two devices, the VMM's own unmapping order.
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import { release } from '../../linux/data/releases.js';
import * as dax from '../../linux/dax/dax.js';
import * as map from '../../linux/dax/host-map.js';
import * as zone from '../../linux/dax/memremap.js';
import * as mmu from '../../linux/dax/mmu.js';
import * as notifier from '../../linux/dax/mmu_notifier.js';
import type { Machine, Page } from '../../linux/dax/structs.js';
import { config, kvmState, pageState, pgmapState, type Sizes } from '../../linux/dax/structs.js';
import { backing } from '../../linux/mm/backing.js';
import { bool, done, ghost, int, ModelError, only, pointer, restart, wait } from '../../model/index.js';
import type { ZoneDeviceLeak } from './options.js';
import { ZONE_DEVICE_EVENTS, ZONE_DEVICE_MARKS, ZONE_DEVICE_PHRASES } from './told.js';

/** The model’s type, by a name: what an editor and a cell print. */
export interface ZoneDeviceModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release, backing or fix; a parameter that does not go with the release. */
export function zoneDeviceLeak<R extends string = string>(o: ZoneDeviceLeak & Released<R> = {}): ZoneDeviceModel {
  return declared(o);
}

function declared(o: ZoneDeviceLeak = {}) {
  const setup = setUp(o);
  const kvm = withNested(withVcpu(zoneDeviceState(setup), setup), setup);
  return withProperties(withHost(withUsers(kvm, setup), setup), setup);
}

function setUp(o: ZoneDeviceLeak) {
  const { pages = 2, vcpus = 1, faults = 3, zaps = 0, host = 'unbind' } = o;
  const kinds = typeof o.backing === 'string' ? [o.backing] : (o.backing ?? ['devdax']);
  const backed = (id: number) => backing(kinds[Math.min(id, kinds.length - 1)] ?? '');
  const r = release(o.release ?? '5.3');
  const c = config(r, o.fix);
  const size: Sizes = { pages, faults, vcpus, zaps };
  if (o.map === true && c.kvm_vcpu_map === 'none')
    throw new ModelError(`zone-device-leak: ${o.release} has no kvm_vcpu_map(): it came in 5.2`);
  const all = Array.from({ length: pages }, (_, id) => backed(id));
  const found = (how: 'gup' | 'walk') => all.some(b => b.found_by === how);
  const device = all.some(b => b.is_zone_device_page && b.found_by === 'gup') && c.gup_takes_pgmap;

  const putsEarly = c.rules.fix === 'early-put' && device;
  return { o, r, c, size, backed, found, device, putsEarly, zaps, host };
}

type Setup = ReturnType<typeof setUp>;

/** Pages, the device behind them, KVM. No process yet. */
function zoneDeviceState({ r, c, size, backed }: Setup) {
  const { pages, vcpus } = size;
  return defineModel('zone-device-leak', {
    release: r,
    code: [mmu, map, notifier, zone, dax],
    sorts: { page: pages, vcpu: vcpus },
    state: {
      page: pageState(c, backed, size),
      pgmap: pgmapState(c, backed, size),
      kvm: kvmState(size),
      mm: { vma: bool(true) },
      fs: { warned: ghost(bool()) },
    },
  });
}

/** A guest’s accesses. */
function withVcpu(model: ReturnType<typeof zoneDeviceState>, { o, c, size, found, device, putsEarly }: Setup) {
  const { zaps } = size;
  return model.process(
    'vcpu',
    {
      per: 'vcpu',
      locals: { page: pointer('page'), refcounted_page: pointer('page'), mmu_seq: int(0, zaps + 3) },
    },
    {
      tdp_page_fault: (s, me, pick) => mmu.tdp_page_fault(c, s, me, pick),
      kvm_get_pfn: only(found('walk'), (s, me) => mmu.kvm_get_pfn(c, s, me)),
      get_dev_pagemap: only(device, (s, me) => mmu.get_dev_pagemap(s, me)),
      try_get_page: only(found('gup'), (s, me) => mmu.try_get_page(c, s, me)),
      put_dev_pagemap: only(device, (s, me) => mmu.put_dev_pagemap(c, s, me)),
      put_page: only(putsEarly, (s, me) => mmu.early_put_page(c, s, me)),
      mmu_set_spte: (s, me) => mmu.mmu_set_spte(s, me),
      direct_pte_prefetch: only(o.prefetch === true, (s, me) => mmu.direct_pte_prefetch(c, s, me)),
      kvm_release_pfn_clean: (s, me) => mmu.kvm_release_pfn_clean(c, s, me),
    },
  );
}

/** A nested guest, whose page KVM maps for itself. */
function withNested(model: ReturnType<typeof withVcpu>, { o, c, putsEarly }: Setup) {
  return model.process(
    'nested',
    { only: o.map === true, locals: { page: pointer('page') } },
    {
      kvm_vcpu_map: (s, me, pick) => map.kvm_vcpu_map(c, s, me, pick),
      put_page: only(putsEarly, (s, me) => map.early_put_map(c, s, me)),
      vcpu_enter_guest: (s, me) => map.vcpu_enter_guest(s, me),
      kvm_vcpu_unmap: (s, me) => map.kvm_vcpu_unmap(c, s, me),
    },
  );
}

/** Who else touches these pages: invalidations, the VMM’s exit, a device that does I/O on them. */
function withUsers(model: ReturnType<typeof withNested>, { o, c, zaps }: Setup) {
  return model
    .process(
      'notifier',
      { only: zaps > 0 },
      {
        mmu_notifier_invalidate_range_start: s => {
          if (s.kvm.zaps_left === 0) return wait;
          s.kvm.zaps_left--;
          notifier.invalidate_range_start(c, s);
        },
        mmu_notifier_invalidate_range_end: s => {
          notifier.invalidate_range_end(s);
          return restart;
        },
      },
    )
    .process(
      'vmm',
      { only: o.exit === true },
      {
        exit_mmap: s => notifier.invalidate_range_start(c, s),
        zap_pte_range: s => {
          notifier.zap_pte_range(c, s);
          s.mm.vma = false;
        },
        mmu_notifier_invalidate_range_end: s => notifier.invalidate_range_end(s),
      },
    )
    .process(
      'rdma',
      { only: o.io === true },
      {
        // From 5.6 on pin_user_pages(), in the same steps.
        get_user_pages: s => {
          const page = s.page[0];
          const dying = page?.backing.is_zone_device_page === true && c.gup_takes_pgmap && s.pgmap.state !== 'LIVE';
          if (page === undefined || !page.pte || dying || !page._refcount.tryGet('io')) return done;
          zone.get_zone_device_page(c, s, page);
        },
        put_page: s => {
          const page = s.page[0];
          if (page !== undefined) zone.put_page(c, s, page, 'io');
        },
      },
    );
}

/** What the host wants to do: truncate the file, or unbind the device. */
function withHost(model: ReturnType<typeof withUsers>, { o, c, size, host }: Setup) {
  const { pages } = size;
  return model
    .process(
      'truncate',
      { only: host === 'truncate' },
      {
        dax_layout_busy_page: s => dax.dax_layout_busy_page(c, s),
        zap_pte_range: s => notifier.zap_pte_range(c, s),
        mmu_notifier_invalidate_range_end: s => notifier.invalidate_range_end(s),
        ext4_break_layouts: s => dax.ext4_break_layouts(c, s),
        dax_disassociate_entry: s => dax.dax_disassociate_entry(c, s),
      },
    )
    .process(
      'unbind',
      { only: host === 'unbind', locals: { i: int(0, Math.max(1, pages - 1)) } },
      {
        kill_dev_dax: s => notifier.invalidate_range_start(c, s),
        zap_pte_range: s => notifier.zap_pte_range(c, s),
        mmu_notifier_invalidate_range_end: s => notifier.invalidate_range_end(s),
        dev_pagemap_kill: s => zone.dev_pagemap_kill(c, s),
        put_page: only(c.era === 'B', (s, me) => zone.memunmap_put_page(c, s, me)),
        percpu_ref_put_many: only(c.era === 'C' || c.era === 'D', s => zone.percpu_ref_put_many(s)),
        dev_pagemap_cleanup: s => zone.dev_pagemap_cleanup(s),
        arch_remove_memory: s => zone.arch_remove_memory(s, o.memmap),
      },
    );
}

function withProperties(model: ReturnType<typeof withHost>, { c, host }: Setup) {
  const idle = (label: string | undefined, first: string) => label === undefined || label === first || label === 'done';
  const gone = (s: { pgmap: { state: string } }) => s.pgmap.state === 'REMOVED' || s.pgmap.state === 'KEPT';
  const taken = (s: Machine, page: Page) =>
    s.vcpu.reduce((n, v) => n + page._refcount.held('gup', v), page._refcount.held('map') + page._refcount.held('io'));
  return model
    .always(
      'every get is put',
      'page',
      (s, page, at) =>
        s.vcpu.every(v => !idle(at.vcpu?.[v.id], 'tdp_page_fault') || page._refcount.held('gup', v) === 0) &&
        (!idle(at.nested?.[0], 'kvm_vcpu_map') || page._refcount.held('map') === 0),
    )
    .always('a counted page holds its device', 'page', (s, page) => {
      if (!page.backing.is_zone_device_page) return true;
      const holds = s.pgmap.ref.held('page', page);
      if (c.era === 'A') return holds === taken(s, page);
      return c.era !== 'B' || page._refcount.above(0) === holds > 0;
    })
    .always('no SPTE without a PTE', 'page', (_s, page) => !page.spte || page.pte)
    .always('a mapped page stays', 'page', (_s, page) => !page.used_after_free)
    .always(
      'no reference outlives the memmap',
      'page',
      (s, page) => s.pgmap.state !== 'REMOVED' || !page.backing.is_zone_device_page || taken(s, page) === 0,
    )
    .always('the zone is asked of held pages only', 'page', (_s, page) => !page.zone_asked_unpinned)
    .always('device pages are not marked', 'page', (_s, page) => !page.marked || !page.backing.is_zone_device_page)
    .always('no block is given away under a reference', s => !s.fs.warned)
    .sometimes('a page is mapped', s => s.page.some(page => page.spte))
    .sometimes('the host is done', (s, at) => gone(s) || at.truncate?.[0] === 'done' || host === 'nothing')
    .eventually(
      'the host gets done',
      (s, at) => gone(s) || at.truncate?.[0] === 'done',
      (s, at) => s.pgmap.state === 'DYING' || at.truncate?.[0] === 'ext4_break_layouts',
    )
    .told({ phrases: ZONE_DEVICE_PHRASES, marks: ZONE_DEVICE_MARKS, events: ZONE_DEVICE_EVENTS });
}
