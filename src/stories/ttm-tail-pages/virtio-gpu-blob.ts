/**
 * virtio-gpu-blob: a host-visible blob from the guest's command to the stage-2 fault, an eviction, and back: who holds what?
 * Verdict: 6.13 holds and serves; 5.13 to 6.12 hold and refuse a tail; 5.12 violated (KVM's put frees the page under the object).
 * Without the notifier violated on every release: no reference of the object, of the VMA or of the memslot reaches an SPTE.
 * Read: the guest driver (virtgpu_vram.c), the references of the GEM object (drm_prime.c, ttm_bo_vm.c since 39b1acfddfd5; before it a
 * VMA held TTM's own count, of which the GEM object holds one: the same lifetime), the deletion of a memslot (kvm_main.c), the move
 * (ttm_bo.c), and that QEMU deletes the memory region before it unmaps and unrefs (virtio-gpu-virgl.c, as posted in 2024;
 * for a RESOURCE_UNREF alone too). Patches of 2025 map a blob into a standing memslot instead (MAP_FIXED): not modelled.
 * Inferred: the VMM's other steps, that is where the pointer comes from (export, mmap, memslot). Left out: two invalidations at once
 * (they wait for each other here), host pages mapped ahead, a second guest process, the VMM's exit after -EFAULT.
 */

import { defineModel } from '../../kit/index.js';
import { backing, release } from '../../linux/index.js';
import * as kvm from '../../linux/kvm/hva-to-pfn.js';
import { TTM_VMA, TTM_VMA_OLD, zap_pte_range } from '../../linux/mm/memory.js';
import { entryState, ramPageState } from '../../linux/mm/mm_types.js';
import { ttm_pool_alloc_page, ttm_pool_free_page } from '../../linux/mm/page_alloc.js';
import {
  bool,
  count,
  done,
  ghost,
  held,
  int,
  ModelError,
  oneOf,
  only,
  pointer,
  restart,
  wait,
} from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import {
  type BlobTeardown,
  type BufferHolders,
  drm_gem_object_put,
  TEARDOWNS,
  teardownOrder,
} from './blob-teardown.js';

export interface VirtioGpuBlob {
  /** Any release from 4.8 on. */
  readonly release?: string;
  /** Which page of the block of two the guest touches; 0 is the head. */
  readonly touch?: 0 | 1;
  /** `handle first`: the guest sends RESOURCE_UNREF and never UNMAP_BLOB, and the VMM, unlike QEMU, drops its handle at once. */
  readonly teardown?: BlobTeardown;
  /** What if: KVM registers no mmu_notifier. */
  readonly notifier?: boolean;
}

/** The model’s type, by a name: what an editor and a cell print. */
export interface VirtioGpuBlobModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release or teardown; a page that is not in the block. */
export function virtioGpuBlob(o: VirtioGpuBlob = {}): VirtioGpuBlobModel {
  return declared(o);
}

function declared(o: VirtioGpuBlob = {}) {
  const { touch = 1, teardown = 'slot first', notifier = true } = o;
  if (touch !== 0 && touch !== 1) throw new ModelError(`virtio-gpu-blob: page ${touch}; expected 0 or 1`);
  const r = release(o.release ?? '6.13');
  const c = kvm.ramConfig(r, r.value('ttm_mapping') === 'pfnmap' ? TTM_VMA : TTM_VMA_OLD);
  const { begin, unrefOnly, command, answers, after } = teardownOrder(teardown);
  const block = [0, 1].map(() => ({ backing: backing('pfnmap'), owner: 0, free: true }));
  /** The VMM's answer to UNMAP_BLOB or RESOURCE_UNREF. */
  const answer = (s: { readonly blob: { is: string }; readonly virtqueue: { command: string } }) => {
    s.blob.is = s.virtqueue.command === 'UNMAP_BLOB' ? 'created' : 'none';
    s.virtqueue.command = 'none';
  };
  const model = defineModel('virtio-gpu-blob', {
    release: r.tag,
    code: [kvm],
    sorts: { page: 2, va: 2 },
    state: {
      page: ramPageState(block),
      va: entryState(block.map(() => null)),
      kvm: { mmu_invalidate_seq: int(0, 2), mmu_invalidate_in_progress: bool(), srcu: bool() },
      virtqueue: { command: oneOf('none', 'CREATE_BLOB', 'MAP_BLOB', 'UNMAP_BLOB', 'RESOURCE_UNREF') },
      blob: { is: oneOf('none', 'created', 'mapped') },
      vmm: { vma: bool(), memslot: oneOf('none', 'valid', 'invalid') },
      bo: {
        refcount: count<BufferHolders>({ handle: held(), dma_buf: held(), vma: held(), evict: held() }),
        populated: bool(),
        moving: bool(),
        refused: ghost(bool()),
        slot_without_vma: ghost(bool()),
      },
    },
  })
    .process(
      'guest',
      {},
      {
        CREATE_BLOB(s) {
          s.virtqueue.command = 'CREATE_BLOB';
        },
        MAP_BLOB(s) {
          if (s.virtqueue.command !== 'none') return wait;
          s.virtqueue.command = 'MAP_BLOB';
          if (unrefOnly) return 'RESOURCE_UNREF';
        },
        UNMAP_BLOB: only(!unrefOnly, s => {
          if (s.virtqueue.command !== 'none') return wait;
          s.virtqueue.command = 'UNMAP_BLOB';
        }),
        RESOURCE_UNREF(s) {
          if (s.virtqueue.command !== 'none') return wait;
          s.virtqueue.command = 'RESOURCE_UNREF';
        },
      },
    )
    .process(
      'vmm',
      {},
      {
        drm_gem_handle_create(s) {
          if (s.virtqueue.command !== 'CREATE_BLOB') return wait;
          s.bo.refcount.get('handle');
          ttm_pool_alloc_page(s.page, 'alloc_pages');
          s.bo.populated = true;
          s.blob.is = 'created';
          s.virtqueue.command = 'none';
        },
        drm_gem_dmabuf_export(s) {
          if (s.virtqueue.command !== 'MAP_BLOB') return wait;
          s.bo.refcount.get('dma_buf');
        },
        mmap(s) {
          s.bo.refcount.get('vma');
          s.vmm.vma = true;
        },
        KVM_SET_USER_MEMORY_REGION(s) {
          s.vmm.memslot = 'valid';
          s.blob.is = 'mapped';
          s.virtqueue.command = 'none';
          return begin;
        },
        kvm_invalidate_memslot(s) {
          const by = command('slot');
          if (by !== null && s.virtqueue.command !== by) return wait;
          s.vmm.memslot = 'invalid';
        },
        synchronize_srcu(s) {
          if (s.kvm.srcu) return wait;
        },
        kvm_arch_flush_shadow_memslot(s) {
          for (const at of s.va) at.spte = null;
          s.vmm.memslot = 'none';
          if (answers('slot')) answer(s);
          return after('slot');
        },
        munmap(s) {
          const by = command('mapping');
          if ((by !== null && s.virtqueue.command !== by) || s.kvm.mmu_invalidate_in_progress) return wait;
          s.vmm.vma = false;
          if (notifier) kvm.invalidate_start(s);
        },
        unmap_vmas(s) {
          for (const at of s.va) zap_pte_range(at, s.page);
        },
        mmu_notifier_invalidate_range_end(s) {
          if (notifier) kvm.invalidate_end(s);
        },
        ttm_bo_vm_close: s => drm_gem_object_put(s, 'vma'),
        drm_gem_dmabuf_release(s) {
          drm_gem_object_put(s, 'dma_buf');
          if (answers('mapping')) answer(s);
          return after('mapping');
        },
        drm_gem_handle_delete(s) {
          if (s.virtqueue.command !== command('handle')) return wait;
          drm_gem_object_put(s, 'handle');
          if (answers('handle')) answer(s);
          return after('handle');
        },
      },
    )
    .process(
      'vcpu',
      {
        locals: {
          at: pointer('va'),
          pfn: pointer('page'),
          took: oneOf('none', 'gup', 'kvm'),
          mmu_seq: int(0, 2),
          write: bool(),
          map_writable: bool(),
        },
      },
      {
        kvm_faultin_pfn(s, me) {
          const at = s.va[touch];
          if (at === undefined || at.spte !== null || s.vmm.memslot !== 'valid') return wait;
          s.kvm.srcu = true;
          kvm.kvm_faultin_pfn(s, me, at);
        },
        hva_to_pfn_fast: (s, me) => kvm.hva_to_pfn_fast(c, s, me),
        hva_to_pfn_slow: (s, me) => kvm.hva_to_pfn_slow(c, s, me),
        hva_to_pfn_remapped(s, me) {
          if (!s.vmm.vma) {
            // vma_lookup(): none.
            s.bo.slot_without_vma = true;
            s.kvm.srcu = false;
            return done;
          }
          if (me.at !== null && me.at.page === null) {
            // ttm_bo_vm_reserve(): waits for who moves the buffer; then ttm_tt_populate().
            if (s.bo.moving) return wait;
            if (!s.bo.populated) ttm_pool_alloc_page(s.page, 'alloc_pages');
            s.bo.populated = true;
          }
          const next = kvm.hva_to_pfn_remapped(c, s, me);
          if (next === undefined) return;
          s.bo.refused = true;
          s.kvm.srcu = false;
          return next;
        },
        kvm_tdp_mmu_map: (s, me) => kvm.kvm_tdp_mmu_map(s, me),
        kvm_release_pfn(s, me) {
          kvm.kvm_release_pfn(c, me, s.page);
          s.kvm.srcu = false;
          return restart;
        },
      },
    )
    .process(
      'ttm',
      {},
      {
        // ttm_bo_swapout(): the walk over the LRU takes a reference of the object, unless it is 0.
        ttm_bo_unmap_virtual(s) {
          if (!s.bo.populated || s.kvm.mmu_invalidate_in_progress || !s.bo.refcount.tryGet('evict')) return wait;
          s.bo.moving = true;
          if (notifier) kvm.invalidate_start(s);
        },
        zap_pte_range(s) {
          for (const at of s.va) zap_pte_range(at, s.page);
        },
        mmu_notifier_invalidate_range_end(s) {
          if (notifier) kvm.invalidate_end(s);
        },
        ttm_tt_swapout(s) {
          ttm_pool_free_page(s.page, 'alloc_pages');
          s.bo.populated = false;
          s.bo.moving = false;
        },
        drm_gem_object_put: s => drm_gem_object_put(s, 'evict'),
      },
    );
  const checked = model
    .always('an SPTE leads to no free page', s => s.va.every(at => at.spte === null || !at.spte.free))
    .always('the object has its pages', s => !s.bo.populated || s.page.every(page => !page.free))
    .always('the pages go with the last holder', s => !s.bo.populated || s.bo.refcount.above(0))
    .told({ marks: { freed: ['the object has its pages', 'the pages go with the last holder'] } })
    .sometimes('the guest’s access is served', s => s.va.some(at => at.spte !== null))
    .sometimes(
      'the blob is gone',
      (s, at) => at.vmm?.[0] === 'done' && !s.bo.refcount.above(0) && s.page.every(page => page.free),
    );
  // The memslot keeps an address, and nothing behind it.
  const asked =
    teardown === 'slot last'
      ? checked.sometimes('a fault finds a memslot without a mapping', s => s.bo.slot_without_vma)
      : checked.always('a fault finds the mapping of its memslot', s => !s.bo.slot_without_vma);
  return asked as ReturnType<typeof checked.sometimes<MemslotProperties>>;
}

type MemslotProperties = 'a fault finds a memslot without a mapping' | 'a fault finds the mapping of its memslot';

export const virtioGpuBlobScenario = defineScenario({
  name: 'virtio-gpu-blob',
  summary: 'A virtio-gpu blob from the guest’s command to the stage-2 fault: who holds its pages?',
  thread: 'ttm-tail-pages',
  releases: ['6.13', '4.8', '5.12', '5.10.262', '5.13', '6.1.192', '6.6', '6.12.117', '7.2.13'],
  parameters: [
    { name: 'touch', default: 1, min: 0, max: 1, meaning: 'which page of the block the guest touches; 0 is the head' },
    {
      name: 'teardown',
      default: 'slot first',
      values: Object.keys(TEARDOWNS),
      meaning: 'what the VMM takes down first',
    },
    { name: 'notifier', default: 'yes', values: ['yes', 'no'], meaning: 'KVM has an mmu_notifier' },
  ],
  model: p =>
    virtioGpuBlob({
      release: String(p.release),
      touch: p.touch === 0 ? 0 : 1,
      teardown: p.teardown as BlobTeardown,
      notifier: p.notifier === 'yes',
    }),
});
