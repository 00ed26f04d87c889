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
  valueAt,
  wait,
} from '#src/model/index.js';
import type { Graph } from '#src/views/index.js';

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

/** The counter after each of ten faults by one vCPU after another. */
export function leakOf(puts: 0 | 1): readonly number[] {
  const faults = Array.from({ length: 10 }, (_, i) => `vcpu[${i}] to done`);
  const trace = run(faultModel('ten faults', puts, 10), faults);
  const per = trace.steps.length / faults.length;
  return [1, ...faults.map((_, i) => Number(valueAt(trace, 'page._refcount', (i + 1) * per - 1)) - 1)];
}

/** A fault that installs its SPTE without looking whether the mapping was taken away meanwhile. */
export function race(): Trace {
  const model = defineModel('no check at all', {
    sorts: { page: 1, vcpu: 1 },
    state: {
      page: { _refcount: count({ pte: held({ init: 1 }), gup: heldBy('vcpu') }) },
      mm: { pte: pointer('page', 0) },
      kvm: { spte: pointer('page') },
    },
  })
    .process(
      'fault',
      { per: 'vcpu', locals: { page: pointer('page') } },
      {
        hva_to_pfn(s, me) {
          if (s.mm.pte?._refcount.tryGet('gup', me) === true) me.page = s.mm.pte;
        },
        map_page(s, me) {
          s.kvm.spte = me.page;
        },
        kvm_release_pfn_clean(_s, me) {
          me.page?._refcount.put('gup', me);
        },
      },
    )
    .process(
      'invalidate',
      {},
      {
        range_start(s) {
          s.kvm.spte = null;
        },
        clear_pte(s) {
          s.mm.pte?._refcount.put('pte');
          s.mm.pte = null;
        },
      },
    );
  return run(model as unknown as Model, ['fault x1', 'invalidate x2', 'fault x2']);
}

interface PinCase {
  readonly zero: boolean;
  readonly movable: boolean;
}

/** The predicate of the zero-page story, without its clauses about CMA and device pages: `||` inside the negation or beside it. */
export const ZERO_PAGE_RULES: Readonly<Record<string, (p: PinCase) => boolean>> = {
  '5.18': p => !p.movable || p.zero,
  '5.19-rc2': p => !(p.movable || p.zero),
  '5.19': p => !p.movable || p.zero,
  '6.0-rc1': p => !(p.movable || p.zero),
  '6.0': p => p.zero || !p.movable,
};
export const ZERO_PAGE_CASES: Readonly<Record<string, PinCase>> = {
  'an ordinary page': { zero: false, movable: false },
  'a page in ZONE_MOVABLE': { zero: false, movable: true },
  'the zero page': { zero: true, movable: false },
  'the zero page in ZONE_MOVABLE': { zero: true, movable: true },
};

/** A buffer of n pages in the largest blocks of at most this order: one head a block. */
export function heads(n: number, order: number): number {
  const block = 2 ** order;
  let rest = n % block;
  let count = Math.floor(n / block);
  for (; rest > 0; rest &= rest - 1) count++;
  return count;
}

/** A stem of `stem` steps and a cycle of `cycle`. */
export function loop(stem: number, cycle: number): Graph {
  const names = [
    'pin_user_pages',
    'check_and_migrate',
    'pin again',
    'is_pinnable_page: no',
    'isolate: fails',
    'unpin all',
    'retry',
  ];
  const nodes = Array.from({ length: stem + cycle }, (_, i) => ({
    label: i === 0 ? 'VFIO_IOMMU_MAP_DMA' : (names[i] ?? `state ${i}`),
  }));
  return {
    nodes,
    edges: nodes.map((_, i) => ({
      from: i,
      to: i + 1 < nodes.length ? i + 1 : stem,
      label: names[i] ?? `step ${i}`,
      kind: i < stem ? ('stem' as const) : ('cycle' as const),
    })),
  };
}

/** How many states `processes` independent processes of `steps` steps have at each depth. */
export function widthAt(processes: number, steps: number): readonly number[] {
  let at = [1];
  for (let p = 0; p < processes; p++)
    at = Array.from({ length: at.length + steps }, (_, d) =>
      Array.from({ length: steps + 1 }, (_, k) => at[d - k] ?? 0).reduce((a, b) => a + b, 0),
    );
  return at;
}
