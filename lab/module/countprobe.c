// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * countprobe: reads struct page and page tables, takes references by gup, and plays a driver that maps blocks of its own, for a program that
 * compares what a kernel does with what a model says. For a disposable virtual machine; it takes root at its word.
 */
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/memremap.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pfn_t.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include "countprobe.h"

/* Not exported; found by name. */
static void (*drain_all)(void);
static unsigned long *huge_zero_pfn_of;

/* ---- pages ---- */

static void look_at_large(struct cp_page *out, struct folio *folio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	out->pincount = atomic_read(&folio->_pincount);
	out->folio_mapcount = atomic_read(&folio->_large_mapcount) + 1;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	out->pincount = atomic_read(&folio->_pincount);
	out->folio_mapcount = folio_entire_mapcount(folio);
#else
	out->pincount = atomic_read(folio_pincount_ptr(folio));
	out->folio_mapcount = folio_entire_mapcount(folio);
#endif
}

static bool in_huge_zero_page(unsigned long pfn)
{
	unsigned long first = huge_zero_pfn_of ? READ_ONCE(*huge_zero_pfn_of) : ~0UL;

	return pfn >= first && pfn < first + HPAGE_PMD_NR;
}

static void look_at_pfn(struct cp_page *out, unsigned long pfn)
{
	struct page *page;
	struct folio *folio;

	out->pfn = pfn;
	out->present = pfn_valid(pfn);
	if (!out->present)
		return;
	page = pfn_to_page(pfn);
	folio = page_folio(page);
	out->ref = page_ref_count(page);
	out->folio_ref = folio_ref_count(folio);
	out->mapcount = atomic_read(&page->_mapcount) + 1;
	out->folio_mapcount = out->mapcount;
	out->pincount = -1;
	if (folio_test_large(folio))
		look_at_large(out, folio);
	out->maybe_pinned = folio_maybe_dma_pinned(folio);
	out->reserved = PageReserved(page);
	out->anon = folio_test_anon(folio);
	out->lru = folio_test_lru(folio);
	out->zero = is_zero_pfn(pfn);
	out->huge_zero = in_huge_zero_page(pfn);
	out->zone_device = is_zone_device_page(page);
	out->head = PageHead(page);
	out->tail = PageTail(page);
	out->order = folio_order(folio);
}

/* The leaf entry of an address, without a reference: nobody else runs. */
static void look_at_address(struct cp_page *out, unsigned long address)
{
	struct mm_struct *mm = current->mm;
	pgd_t *pgd;
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	mmap_read_lock(mm);
	pgd = pgd_offset(mm, address);
	if (pgd_none(*pgd) || pgd_bad(*pgd))
		goto out;
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		goto out;
	pud = pud_offset(p4d, address);
	if (pud_none(*pud) || pud_bad(*pud))
		goto out;
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd) || !pmd_present(*pmd))
		goto out;
	if (pmd_val(*pmd) & _PAGE_PSE) {
		out->level = 2;
		out->write = !!pmd_write(*pmd);
		out->devmap = !!(pmd_val(*pmd) & _PAGE_DEVMAP);
		look_at_pfn(out, pmd_pfn(*pmd) + ((address & ~PMD_MASK) >> PAGE_SHIFT));
		goto out;
	}
	pte = pte_offset_kernel(pmd, address);
	if (!pte_present(*pte))
		goto out;
	out->level = 1;
	out->write = !!pte_write(*pte);
	out->special = !!pte_special(*pte);
	out->devmap = !!(pte_val(*pte) & _PAGE_DEVMAP);
	look_at_pfn(out, pte_pfn(*pte));
out:
	mmap_read_unlock(mm);
}

static long look(unsigned int command, void __user *user)
{
	struct cp_page page;
	u64 in;

	if (copy_from_user(&page, user, sizeof(page)))
		return -EFAULT;
	in = page.in;
	memset(&page, 0, sizeof(page));
	page.in = in;
	if (command == CP_LOOK_AT)
		look_at_address(&page, in);
	else
		look_at_pfn(&page, command == CP_ZERO_PAGE ? my_zero_pfn(0) : in);
	return copy_to_user(user, &page, sizeof(page)) ? -EFAULT : 0;
}

/* ---- KVM's releases ---- */

static struct cp_releases releases;
static DEFINE_SPINLOCK(releases_lock);
static int old_rule;
static bool watching;

static notrace noinline void gives_nothing_back(void)
{
	asm volatile("");
}
NOKPROBE_SYMBOL(gives_nothing_back);

static int release_called(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long pfn = regs->di, flags;
	struct page *page = pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
	bool skip = old_rule == CP_RESERVED_NOT_RELEASED && page && PageReserved(page);
	struct cp_release *release;

	spin_lock_irqsave(&releases_lock, flags);
	if (releases.n < CP_RELEASES) {
		release = &releases.release[releases.n++];
		release->pfn = pfn;
		release->ref = page ? page_ref_count(page) : -1;
		release->folio_ref = page ? page_count(page) : -1;
		release->skipped = skip;
	} else {
		releases.lost++;
	}
	spin_unlock_irqrestore(&releases_lock, flags);
	if (!skip)
		return 0;
	/* Runs another function in its place. */
	regs->ip = (unsigned long)gives_nothing_back;
	return 1;
}
NOKPROBE_SYMBOL(release_called);

static struct kprobe release_probe = {
	.symbol_name = "kvm_release_pfn_clean",
	.pre_handler = release_called,
};

static long watch(bool on)
{
	int error = 0;

	if (on == watching)
		return 0;
	if (on) {
		release_probe.addr = NULL;
		release_probe.flags = 0;
		error = register_kprobe(&release_probe);
	} else {
		unregister_kprobe(&release_probe);
	}
	if (!error)
		watching = on;
	return error;
}

/*
 * Up to 5.12, hva_to_pfn_remapped() took a reference of what it found even where the count was 0. So where __gfn_to_pfn_memslot() refuses a page
 * of the block that was mapped last, the reference is taken after all. With one block at a time there is no other.
 */
static unsigned long block_start, block_end, block_pfn;

struct refused {
	unsigned long hva;
	bool *writable;
};

static int lookup_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct refused *refused = (void *)instance->data;
	struct kvm_memory_slot *slot = (void *)regs->di;

	if (!slot)
		return 1;
	refused->hva = slot->userspace_addr + ((regs->si - slot->base_gfn) << PAGE_SHIFT);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	/* The seventh argument. */
	refused->writable = *(bool **)(regs->sp + 8);
#else
	refused->writable = (bool *)regs->r9;
#endif
	return refused->hva < block_start || refused->hva >= block_end;
}
NOKPROBE_SYMBOL(lookup_begins);

static int lookup_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct refused *refused = (void *)instance->data;
	unsigned long pfn = block_pfn + ((refused->hva - block_start) >> PAGE_SHIFT);

	if (regs->ax != KVM_PFN_ERR_FAULT)
		return 0;
	page_ref_inc(pfn_to_page(pfn));
	if (refused->writable)
		*refused->writable = true;
	regs->ax = pfn;
	return 0;
}
NOKPROBE_SYMBOL(lookup_ends);

static struct kretprobe lookup_probe = {
	.kp.symbol_name = "__gfn_to_pfn_memslot",
	.entry_handler = lookup_begins,
	.handler = lookup_ends,
	.data_size = sizeof(struct refused),
	.maxactive = 8,
};

static long set_old_rule(unsigned long rule)
{
	int error = 0;

	if (old_rule == CP_TAKEN_AT_COUNT_0 && rule != CP_TAKEN_AT_COUNT_0)
		unregister_kretprobe(&lookup_probe);
	if (rule == CP_TAKEN_AT_COUNT_0 && old_rule != CP_TAKEN_AT_COUNT_0) {
		lookup_probe.kp.addr = NULL;
		lookup_probe.kp.flags = 0;
		error = register_kretprobe(&lookup_probe);
	}
	old_rule = error ? CP_NO_OLD_RULE : rule;
	return error;
}

static long releases_of(void __user *user)
{
	struct cp_releases *copy = kmalloc(sizeof(*copy), GFP_KERNEL);
	long error;

	if (!copy)
		return -ENOMEM;
	spin_lock_irq(&releases_lock);
	*copy = releases;
	memset(&releases, 0, sizeof(releases));
	spin_unlock_irq(&releases_lock);
	error = copy_to_user(user, copy, sizeof(*copy)) ? -EFAULT : 0;
	kfree(copy);
	return error;
}

/* ---- gup, and the driver: what an open file has ---- */

struct held {
	struct page **pages;
	int n;
	u32 call;
};
#define HANDLES 32

struct own {
	struct held held[HANDLES];
	struct page *block;
	struct cp_block of;
};

static void put_held(struct held *held)
{
	int i;

	if (!held->pages)
		return;
	if (held->call == CP_GET_FAST)
		for (i = 0; i < held->n; i++)
			put_page(held->pages[i]);
	else
		unpin_user_pages(held->pages, held->n);
	kvfree(held->pages);
	held->pages = NULL;
}

static int call_gup(const struct cp_gup *gup, unsigned int flags, struct page **pages)
{
	int ret;

	if (gup->call == CP_PIN_FAST)
		return pin_user_pages_fast(gup->address, gup->pages, flags, pages);
	if (gup->call == CP_GET_FAST)
		return get_user_pages_fast(gup->address, gup->pages, flags, pages);
	mmap_read_lock(current->mm);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	ret = pin_user_pages(gup->address, gup->pages, flags, pages);
#else
	ret = pin_user_pages(gup->address, gup->pages, flags, pages, NULL);
#endif
	mmap_read_unlock(current->mm);
	return ret;
}

static long take(struct own *own, struct cp_gup __user *user)
{
	struct cp_gup gup;
	struct held *held;
	unsigned int flags = 0;

	if (copy_from_user(&gup, user, sizeof(gup)))
		return -EFAULT;
	if (!gup.pages || gup.pages > 4096 || gup.call > CP_GET_FAST)
		return -EINVAL;
	for (gup.handle = 0; gup.handle < HANDLES && own->held[gup.handle].pages; gup.handle++)
		;
	if (gup.handle == HANDLES)
		return -ENOSPC;
	held = &own->held[gup.handle];
	held->pages = kvcalloc(gup.pages, sizeof(struct page *), GFP_KERNEL);
	if (!held->pages)
		return -ENOMEM;
	if (gup.flags & CP_WRITE)
		flags |= FOLL_WRITE;
	if (gup.flags & CP_LONGTERM)
		flags |= FOLL_LONGTERM;
	gup.ret = call_gup(&gup, flags, held->pages);
	held->n = gup.ret;
	held->call = gup.call;
	if (gup.ret <= 0) {
		kvfree(held->pages);
		held->pages = NULL;
	}
	return copy_to_user(user, &gup, sizeof(gup)) ? -EFAULT : 0;
}

static vm_fault_t block_fault(struct vm_fault *vmf)
{
	struct own *own = vmf->vma->vm_private_data;
	struct page *page;

	if (!own->block || vmf->pgoff >= (1UL << own->of.order))
		return VM_FAULT_SIGBUS;
	page = own->block + vmf->pgoff;
	switch (own->of.insert) {
	case CP_PFN:
	case CP_PFN_IO:
		return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
	case CP_MIXED:
	case CP_MIXED_IO:
		return vmf_insert_mixed(vmf->vma, vmf->address, pfn_to_pfn_t(page_to_pfn(page)));
	default:
		return vm_insert_page(vmf->vma, vmf->address, page) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
	}
}

static const struct vm_operations_struct block_operations = { .fault = block_fault };

static int map_block(struct file *file, struct vm_area_struct *vma)
{
	static const unsigned long kinds[] = {
		[CP_PFN] = VM_PFNMAP,
		[CP_PFN_IO] = VM_PFNMAP | VM_IO,
		[CP_MIXED] = VM_MIXEDMAP,
		[CP_MIXED_IO] = VM_MIXEDMAP | VM_IO,
		[CP_INSERT_PAGE] = VM_MIXEDMAP,
	};
	struct own *own = file->private_data;
	unsigned long flags;

	if (!own->block)
		return -EINVAL;
	flags = kinds[own->of.insert] | VM_DONTEXPAND | VM_DONTDUMP;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
	block_start = vma->vm_start;
	block_end = vma->vm_end;
	block_pfn = page_to_pfn(own->block);
	vma->vm_private_data = own;
	vma->vm_ops = &block_operations;
	return 0;
}

static long allocate(struct own *own, struct cp_block __user *user)
{
	struct cp_block block;

	if (copy_from_user(&block, user, sizeof(block)))
		return -EFAULT;
	if (block.order > 9 || block.insert > CP_INSERT_PAGE)
		return -EINVAL;
	if (own->block)
		return -EBUSY;
	own->block = alloc_pages(GFP_HIGHUSER | __GFP_ZERO | (block.comp ? __GFP_COMP : 0), block.order);
	if (!own->block)
		return -ENOMEM;
	block.pfn = page_to_pfn(own->block);
	own->of = block;
	return copy_to_user(user, &block, sizeof(block)) ? -EFAULT : 0;
}

static void free_block(struct own *own)
{
	if (own->block)
		__free_pages(own->block, own->of.order);
	own->block = NULL;
}

/* ---- the device ---- */

static long command(struct file *file, unsigned int command, unsigned long argument)
{
	struct own *own = file->private_data;
	void __user *user = (void __user *)argument;

	switch (command) {
	case CP_LOOK_AT:
	case CP_LOOK_PFN:
	case CP_ZERO_PAGE:
		return look(command, user);
	case CP_GUP:
		return take(own, user);
	case CP_PUT:
		if (argument >= HANDLES)
			return -EINVAL;
		put_held(&own->held[argument]);
		return 0;
	case CP_DRAIN:
		if (!drain_all)
			return -ENOSYS;
		drain_all();
		return 0;
	case CP_BLOCK:
		return allocate(own, user);
	case CP_FREE_BLOCK:
		free_block(own);
		return 0;
	case CP_WATCH:
		return watch(argument != 0);
	case CP_RELEASES_OF:
		return releases_of(user);
	case CP_OLD_RULE:
		return set_old_rule(argument);
	}
	return -ENOTTY;
}

static int opened(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(sizeof(struct own), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int closed(struct inode *inode, struct file *file)
{
	struct own *own = file->private_data;
	int i;

	for (i = 0; i < HANDLES; i++)
		put_held(&own->held[i]);
	free_block(own);
	kfree(own);
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = opened,
	.release = closed,
	.unlocked_ioctl = command,
	.mmap = map_block,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "countprobe",
	.fops = &operations,
	.mode = 0600,
};

/* kallsyms_lookup_name() is not exported, but a kprobe tells where it is. */
static void find_hidden(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);

	if (register_kprobe(&probe))
		return;
	lookup = (void *)probe.addr;
	unregister_kprobe(&probe);
	drain_all = (void *)lookup("lru_add_drain_all");
	huge_zero_pfn_of = (void *)lookup("huge_zero_pfn");
}

static int __init countprobe_init(void)
{
	find_hidden();
	if (!drain_all)
		pr_warn("countprobe: no lru_add_drain_all()\n");
	return misc_register(&device);
}

static void __exit countprobe_exit(void)
{
	watch(false);
	misc_deregister(&device);
}

module_init(countprobe_init);
module_exit(countprobe_exit);
MODULE_DESCRIPTION("Reads page counts and page tables for put-page's lab");
MODULE_LICENSE("Dual MIT/GPL");
