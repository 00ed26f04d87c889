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

import type { Released } from '../../linux/data/release-names.js';
import { release } from '../../linux/data/releases.js';
import { ModelError } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { blobState, withGuest, withTtm, withVcpu, withVmm } from './blob-processes.js';
import { type BlobTeardown, TEARDOWNS, teardownOrder } from './blob-teardown.js';

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
export function virtioGpuBlob<R extends string = string>(o: VirtioGpuBlob & Released<R> = {}): VirtioGpuBlobModel {
  return declared(o);
}

function declared(o: VirtioGpuBlob = {}) {
  const { touch = 1, teardown = 'slot first', notifier = true } = o;
  if (touch !== 0 && touch !== 1) throw new ModelError(`virtio-gpu-blob: page ${touch}; expected 0 or 1`);
  const setup = { r: release(o.release ?? '6.13'), touch, order: teardownOrder(teardown), notifier };
  const guestAndVmm = withVmm(withGuest(blobState(setup), setup), setup);
  const model = withTtm(withVcpu(guestAndVmm, setup), setup);
  const checked = model
    .always('an SPTE leads to no free page', s => s.va.every(at => at.spte === null || !at.spte.free))
    .always('the object has its pages', s => !s.bo.populated || s.page.every(page => !page.free))
    .always('the pages go with the last holder', s => !s.bo.populated || s.bo.refcount.above(0))
    .always('nobody holds anything in the end', (s, at) => {
      const faults = at.vcpu?.[0] !== 'kvm_faultin_pfn' && at.vcpu?.[0] !== 'done';
      const moves = at.ttm?.[0] !== 'ttm_bo_unmap_virtual' && at.ttm?.[0] !== 'done';
      if (at.vmm?.[0] !== 'done' || faults || moves) return true;
      return !s.bo.refcount.above(0) && s.page.every(page => !page._refcount.above(0));
    })
    .always('no invalidation is left in progress', (s, at) => {
      const ended = (label: string | undefined) => label === 'ttm_bo_unmap_virtual' || label === 'done';
      return at.vmm?.[0] !== 'done' || !ended(at.ttm?.[0]) || !s.kvm.mmu_invalidate_in_progress;
    })
    .eventually('the teardown ends', (_s, at) => at.vmm?.[0] === 'done')
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
  maker: virtioGpuBlob,
  model: p =>
    virtioGpuBlob({
      release: String(p.release),
      touch: p.touch === 0 ? 0 : 1,
      teardown: p.teardown as BlobTeardown,
      notifier: p.notifier === 'yes',
    }),
});
