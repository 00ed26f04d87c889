/** virtio-gpu-blob: its state, and who acts on it, a process each. */

import { defineModel } from '../../kit/model.js';
import type { Release } from '../../linux/data/releases.js';
import * as kvm from '../../linux/kvm/hva-to-pfn.js';
import { backing } from '../../linux/mm/backing.js';
import { TTM_VMA, TTM_VMA_OLD, zap_pte_range } from '../../linux/mm/memory.js';
import { entryState, ramPageState } from '../../linux/mm/mm_types.js';
import { ttm_pool_alloc_page, ttm_pool_free_page } from '../../linux/mm/page_alloc.js';
import { bool, count, done, ghost, held, int, oneOf, only, pointer, restart, wait } from '../../model/index.js';
import { type BufferHolders, drm_gem_object_put, type TeardownOrder } from './blob-teardown.js';

export interface BlobSetup {
  readonly r: Release;
  readonly touch: 0 | 1;
  readonly order: TeardownOrder;
  readonly notifier: boolean;
}

/** Two pages, their entries, KVM, the virtqueue, the VMM and the buffer. No process yet. */
export function blobState({ r }: BlobSetup) {
  const block = [0, 1].map(() => ({ backing: backing('pfnmap'), owner: 0, free: true }));
  return defineModel('virtio-gpu-blob', {
    release: r,
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
  });
}

/** The VMM's answer to UNMAP_BLOB or RESOURCE_UNREF. */
function answer(s: { readonly blob: { is: string }; readonly virtqueue: { command: string } }): void {
  s.blob.is = s.virtqueue.command === 'UNMAP_BLOB' ? 'created' : 'none';
  s.virtqueue.command = 'none';
}

/** The guest driver’s commands, as they come over the virtqueue. */
export function withGuest(model: ReturnType<typeof blobState>, { order: { unrefOnly } }: BlobSetup) {
  return model.process(
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
  );
}

/** The VMM: it makes the buffer, exports and maps it, gives it a memslot, and takes all that down. */
export function withVmm(model: ReturnType<typeof withGuest>, { order, notifier }: BlobSetup) {
  const { begin, command, answers, after } = order;
  return model.process(
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
  );
}

/** The guest’s access: KVM’s fault. */
export function withVcpu(model: ReturnType<typeof withVmm>, { r, touch }: BlobSetup) {
  const c = kvm.ramConfig(r, r.value('ttm_mapping') === 'pfnmap' ? TTM_VMA : TTM_VMA_OLD);
  return model.process(
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
  );
}

/** TTM evicts the buffer. */
export function withTtm(model: ReturnType<typeof withVcpu>, { notifier }: BlobSetup) {
  return model.process(
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
}
