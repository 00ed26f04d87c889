/** Small models for the gallery and the tests: a leak and its fix, a double put, two counters. Not the kit's scenarios, which stand above the views. */
import {
  bool,
  count,
  defineModel,
  held,
  heldBy,
  int,
  lock,
  type Model,
  pointer,
  run,
  type Trace,
  wait,
} from '#src/model/index.js';

/** A device page that KVM gets in a fault; `puts` says how often the release puts it: 0 is the leak, 1 the fix, 2 the double put. */
export function faultModel(name: string, puts: 0 | 1 | 2, faults = 2): Model {
  return defineModel(name, {
    sorts: { vcpu: faults },
    state: {
      page: {
        _refcount: count({ base: held({ init: 1 }), pte: held({ init: 1 }), gup: heldBy('vcpu', { overdraft: 2 }) }),
      },
      kvm: { spte: bool(), mmu_lock: lock(), mmu_invalidate_seq: int(0, 2) },
    },
  })
    .process(
      'vcpu',
      { per: 'vcpu', locals: { pfn: bool() } },
      {
        hva_to_pfn(s, me) {
          s.page._refcount.get('gup', me);
          me.pfn = true;
        },
        direct_map(s) {
          s.kvm.mmu_lock.lock();
          s.kvm.spte = true;
        },
        kvm_release_pfn_clean(s, me) {
          for (let i = 0; i < puts; i++) s.page._refcount.put('gup', me);
          s.kvm.mmu_lock.unlock();
        },
      },
    )
    .process(
      'truncate',
      {},
      {
        unmap_mapping_range(s) {
          s.kvm.spte = false;
          s.kvm.mmu_invalidate_seq++;
          s.page._refcount.put('pte');
        },
        dax_layout_busy_page(s) {
          if (!s.page._refcount.is(1)) return wait;
        },
      },
    )
    .always('the page is never freed', s => s.page._refcount.above(0)) as unknown as Model;
}

const SCHEDULE = ['vcpu[0] x2', 'vcpu[1] x1', 'vcpu[0] to done', 'vcpu[1] to done', 'truncate x2'];

export const leak = (): Trace => run(faultModel('fault, release skipped', 0), SCHEDULE);
export const fix = (): Trace => run(faultModel('fault, release puts', 1), SCHEDULE);
export const doublePut = (): Trace => run(faultModel('fault, release puts twice', 2), SCHEDULE);

/** Two pages with a pin that counts 1024: holdings that cannot be drawn to scale. */
export function pinned(): Trace {
  const model = defineModel('a long-term pin', {
    sorts: { page: 2 },
    state: {
      page: { _refcount: count({ pte: held({ init: 1 }), 'pin by vfio': held({ weight: 1024 }) }) },
      vfio: { page: pointer('page') },
    },
  }).process(
    'vfio',
    {},
    {
      pin_user_pages(s) {
        s.page[0]?._refcount.get('pin by vfio');
        s.vfio.page = s.page[0] ?? null;
      },
      dma_map() {},
      unpin_user_page(s) {
        s.vfio.page?._refcount.put('pin by vfio');
        s.vfio.page = null;
      },
    },
  );
  return run(model as unknown as Model, ['vfio to done']);
}
