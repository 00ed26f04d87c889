/** Why nobody notices: the reasons that several models share. */

export const FIRST_LOOK =
  'The check without mmu_lock only saves work: kvm_tdp_mmu_map() checks again under the lock, and that check is needed.';

export const FAST_PATH = 'The fast path only saves time: hva_to_pfn_slow() finds the same page.';

export const MAPPED =
  'This guard is the model’s, not the kernel’s: a guest whose page is mapped does not fault. If it did, it would map the same page once more.';

export const REFILLS = 'The driver’s fault handler would run once more and fill in the same entry.';

export const NOT_FREED =
  'The page would never come back to the allocator, and nobody here waits for memory. ttm-tail-page and virtio-gpu-blob check that pages come back.';

export const ONE_BIT =
  'This guard is the model’s, not the kernel’s: one bit says that an invalidation is running, so a second one has to wait. The kernel counts them.';
