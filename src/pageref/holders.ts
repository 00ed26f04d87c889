/** Who takes or gives back a reference, by the functions on the stack: a table, so that a get and its put bear one name. */

interface Rule {
  readonly holder: string;
  readonly functions: RegExp;
}

/** Users of get_user_pages() and pin_user_pages(): their functions stand further out on the stack. */
const users: readonly Rule[] = [
  {
    holder: 'KVM',
    functions: /^(?:kvm_|__kvm_|hva_to_pfn|direct_page_fault|kvm_tdp_|tdp_mmu|ept_page_fault|paging64_)/,
  },
  { holder: 'VFIO', functions: /^(?:vfio_|vaddr_get_pfn|put_pfn$)/ },
  { holder: 'iommufd', functions: /^(?:iommufd_|iopt_|pfn_reader_)/ },
  { holder: 'io_uring', functions: /^(?:io_sqe_|io_uring_|io_register|io_rsrc|io_pin_pages|__io_uring)/ },
  { holder: 'RDMA', functions: /^(?:ib_umem_|__ib_umem|rdma_|ib_uverbs)/ },
  {
    holder: 'direct I/O',
    functions:
      /^(?:bio_iov_iter|__bio_iov|bio_release_pages|__bio_release|iomap_dio|blkdev_direct|do_direct_IO|dio_|iov_iter_(?:get|extract)_pages)/,
  },
  { holder: 'futex', functions: /^(?:get_futex_key|futex_)/ },
  { holder: 'vmsplice', functions: /^(?:vmsplice|iter_to_pipe|__do_sys_vmsplice)/ },
  { holder: 'AF_XDP', functions: /^(?:xdp_umem|xsk_)/ },
  { holder: 'process_vm', functions: /^process_vm_/ },
  { holder: 'ptrace', functions: /^(?:access_process_vm|__access_remote_vm|access_remote_vm|ptrace_)/ },
  { holder: 'a GPU driver', functions: /^(?:drm_|ttm_|i915_|amdgpu_|nouveau_)/ },
];

const gup =
  /^(?:try_grab_(?:folio|page)|internal_get_user_pages_fast|gup_(?!hugetlb_)|follow_page|__get_user_pages|get_user_pages|pin_user_pages|__gup_longterm|unpin_user_page|unpin_folio|gup_put_folio|memfd_pin_folios)/;

/** In this order: the first rule of which a function stands anywhere on the stack. */
const rules: readonly Rule[] = [
  {
    holder: 'LRU batch',
    functions:
      /^(?:folio_batch_move_lru|folio_batch_add_and_move|__folio_batch_add_and_move|pagevec_lru_move_fn|__pagevec_lru_add|folio_add_lru|lru_cache_add|folio_activate|activate_page|lru_add_fn|mlock_folio|munlock_folio|mlock_drain|lru_add_drain|folio_rotate|folio_deactivate)/,
  },
  {
    holder: 'migration',
    functions:
      /^(?:migrate_|do_migrate|move_to_new_folio|isolate_migratepages|compact_|putback_movable|isolate_lru|folio_isolate)/,
  },
  { holder: 'reclaim', functions: /^(?:shrink_|__remove_mapping|reclaim_|evict_folios|isolate_folios|pageout$)/ },
  { holder: 'khugepaged', functions: /^(?:collapse_|khugepaged|hpage_collapse|__collapse)/ },
  { holder: 'network', functions: /^(?:skb_|__skb|sk_|tcp_|udp_|napi_|page_pool_|__page_pool)/ },
  { holder: 'pipe', functions: /^(?:pipe_|anon_pipe|generic_pipe|page_cache_pipe|splice_)/ },
  {
    holder: 'buffer heads',
    functions:
      /^(?:attach_page_private|folio_attach_private|drop_buffers|try_to_free_buffers|create_empty_buffers|folio_detach_private|detach_page_private)/,
  },
  {
    holder: 'swap cache',
    functions: /^(?:add_to_swap|__read_swap_cache|swapin_|delete_from_swap|free_swap_cache|swap_cache)/,
  },
  {
    holder: 'page table',
    functions:
      /^(?:do_anonymous_page|do_fault|do_cow_fault|do_shared_fault|do_read_fault|finish_fault|do_set_pte|set_pte_range|filemap_map_pages|wp_page_copy|do_wp_page|do_swap_page|copy_(?:pte|page|present|p4d|pud|pmd)|zap_|unmap_|tlb_flush_mmu|tlb_finish_mmu|free_pages?_and_swap_cache|free_folio_and_swap_cache|exit_mmap|insert_page|vm_insert_page|do_huge_pmd|__split_huge_pmd|try_to_unmap|remove_migration|mfill_|mcopy_)/,
  },
  {
    holder: 'page cache',
    functions:
      /^(?:filemap_|__filemap|add_to_page_cache|page_cache_|pagecache_|find_(?:get|lock)_|delete_from_page_cache|truncate_|invalidate_|shmem_|read_pages|generic_file_|grab_cache_page|write_cache_pages|read_cache|do_read_cache)/,
  },
];

/** Functions that only carry out a change of the count, or that stand below everything. */
const carriers =
  /^(?:trace_event_raw_|perf_trace_|__traceiter_|__bpf_trace|bpf_|__page_ref_|page_ref_|folio_(?:get|put|ref|try_get)|__folio_(?:get|put)|put_page|__put_page|get_page|try_get_(?:page|folio|compound)|try_grab_|put_page_testzero|release_pages|folios_put|free_unref|set_page_(?:count|refcounted)|post_alloc_hook|prep_new_page|get_page_from_freelist|__?alloc_pages|alloc_pages|__alloc_|__folio_alloc|folio_alloc|vma_alloc|__free_pages|free_pages|ret_from|do_syscall|entry_|__x64_sys|__arm64_sys|__se_sys|__do_sys|ksys_|vfs_|el0|el1|asm_|exc_|do_user_addr|handle_mm_fault|__handle_mm_fault|syscall_|x64_sys_call|invoke_syscall)/;

/** The functions of a stack, innermost first, out of the lines of any of the formats. */
export function functionsOf(stack: string): string[] {
  const found: string[] = [];
  for (const line of stack.split('\n')) {
    const m = /^\s*(?:=> ?|[0-9a-f]{8,16}\s+)?([A-Za-z_][\w.$]*)/.exec(line);
    if (m?.[1] !== undefined) found.push(m[1].replace(/\.(?:isra|constprop|part|cold|llvm)\b.*$/, ''));
  }
  return found;
}

/** The holder that a stack belongs to; an unknown stack is named after its own functions. Null without a stack. */
export function holderOf(functions: readonly string[]): string | null {
  if (functions.length === 0) return null;
  const own = rules.find(r => r.functions.test(functions.find(f => r.functions.test(f)) ?? ''));
  const user = users.find(u => functions.some(f => u.functions.test(f)));
  const byGup = functions.some(f => gup.test(f));
  // A batch or a page table is itself also where its caller is a user of gup.
  if (own !== undefined && !byGup) return own.holder;
  if (byGup || user !== undefined) return user === undefined ? 'gup' : `gup by ${user.holder}`;
  const rest = ownFunctions(functions);
  if (rest.length > 0) return rest.slice(0, 2).join(' < ');
  // The functions between were inlined: a fault takes a page for the page table.
  if (functions.some(f => /^(?:__)?handle_mm_fault$/.test(f))) return 'page table';
  // A stack that is cut: the outermost that there is says most.
  return functions.at(-1) ?? null;
}

/** Of a stack what is neither gup nor a mere carrier: whose get or put it is. Innermost first. */
export function ownFunctions(functions: readonly string[]): readonly string[] {
  return functions.filter(f => !carriers.test(f) && !gup.test(f));
}
