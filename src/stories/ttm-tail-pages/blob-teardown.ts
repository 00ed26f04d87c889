/**
 * Who holds the buffer object behind a blob, and in which order the VMM lets go. Kernel: drm_gem.c, drm_prime.c, ttm_bo.c, ttm_bo_vm.c
 * (a VMA takes a reference of the GEM object since 39b1acfddfd5, 6.14).
 */

import type { RamPage } from '../../linux/mm/mm_types.js';
import { ttm_pool_free_page } from '../../linux/mm/page_alloc.js';
import { type Counter, done, type Holder, ModelError, type Next, whatThereIs } from '../../model/index.js';

/** What the VMM takes down in which order: the memslot, its mapping of the buffer, its handle of the buffer. */
export const TEARDOWNS = {
  'slot first': ['slot', 'mapping', 'handle'],
  'handle first': ['handle', 'slot', 'mapping'],
  'slot last': ['mapping', 'handle', 'slot'],
} as const;
export type BlobTeardown = keyof typeof TEARDOWNS;

/** Who holds the buffer object: a handle of the VMM's DRM file, the dma-buf, a VMA that maps it, TTM while it moves it. */
export type BufferHolders = {
  readonly handle: Holder;
  readonly dma_buf: Holder;
  readonly vma: Holder;
  readonly evict: Holder;
};

interface Machine {
  readonly page: readonly RamPage[];
  readonly bo: { readonly refcount: Counter<BufferHolders>; populated: boolean };
}

/** drm_gem_object_put(): with the last one ttm_bo_release() gives the pages back. */
export function drm_gem_object_put(s: Machine, holder: keyof BufferHolders): void {
  if (!s.bo.refcount.putTestZero(holder) || !s.bo.populated) return;
  ttm_pool_free_page(s.page, 'alloc_pages');
  s.bo.populated = false;
}

/** The step with which each part of the teardown begins. */
export const FIRST = { slot: 'kvm_invalidate_memslot', mapping: 'munmap', handle: 'drm_gem_handle_delete' } as const;
type Part = keyof typeof FIRST;

export type TeardownOrder = ReturnType<typeof teardownOrder>;

/** What starts each part of a teardown, and where it goes on. Errors: an unknown teardown. */
export function teardownOrder(teardown: BlobTeardown) {
  if (!Object.hasOwn(TEARDOWNS, teardown))
    throw new ModelError(
      `no teardown is called '${teardown}'; expected one of ${whatThereIs(teardown, Object.keys(TEARDOWNS))}`,
    );
  const order: readonly Part[] = TEARDOWNS[teardown];
  const unrefOnly = order[0] === 'handle';
  const following = (part: Part) => order[order.indexOf(part) + 1];
  const command = (part: Part) => {
    if (part === 'handle') return 'RESOURCE_UNREF';
    return part === order[0] ? 'UNMAP_BLOB' : null;
  };
  return {
    begin: FIRST[order[0] ?? 'slot'],
    /** The guest sends RESOURCE_UNREF alone, and the VMM answers at the end. */
    unrefOnly,
    /** The command that starts a part; null: it goes on by itself. */
    command,
    /** Does the VMM answer the guest at the end of this part? */
    answers(part: Part): boolean {
      const next = following(part);
      return next === undefined || command(next) !== null;
    },
    after(part: Part): Next {
      const next = following(part);
      return next === undefined ? done : FIRST[next];
    },
  } as const;
}
