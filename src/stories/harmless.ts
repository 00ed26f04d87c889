/** Why nobody notices: the reasons that several models share. */

export const FIRST_LOOK =
  'The look without mmu_lock only saves work: kvm_tdp_mmu_map() looks again under the lock, and that look is needed.';

export const FAST_PATH = 'The fast path only saves time: hva_to_pfn_slow() finds the same page.';

export const MAPPED =
  'Ours: a guest whose page is mapped does not fault. One that did would map the same page once more.';

export const REFILLS = 'The driver’s fault handler would run once more, and fill in the same entry.';

export const NOT_FREED =
  'The page would be lost to the allocator, and nobody here waits for memory. That pages come back is asked in ttm-tail-page and virtio-gpu-blob.';

export const ONE_BIT =
  'Ours: one bit says that an invalidation runs, so one waits for the other. The kernel counts them.';
