/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A driver's block of order 3: mapped in ten ways, used by gup, and freed while somebody holds it. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cases.h"

const char *const inserts[] = {
	"VM_PFNMAP vmf_insert_pfn",	    "VM_PFNMAP|VM_IO vmf_insert_pfn", "VM_MIXEDMAP vmf_insert_mixed",
	"VM_MIXEDMAP|VM_IO vmf_insert_mixed", "VM_MIXEDMAP vm_insert_page",
};
const char *const whos[] = { "head", "tail1" };

int open_block(unsigned int order, int comp, enum cp_insert insert, unsigned long *pfn)
{
	struct cp_block block = { .order = order, .comp = comp, .insert = insert };
	int file = open("/dev/countprobe", O_RDWR);

	if (ioctl(file, CP_BLOCK, &block))
		perror("CP_BLOCK");
	*pfn = block.pfn;
	return file;
}

static void both_by_pfn(const char *step, unsigned long pfn)
{
	for (int i = 0; i < 2; i++)
		row(step, whos[i], by_pfn(pfn + i), "%s", "");
}

void case_block_mapped(int comp, enum cp_insert insert)
{
	static const struct {
		const char *step;
		enum cp_gup_call call;
	} ways[] = {
		{ "pin_user_pages", CP_PIN },
		{ "pin_user_pages_fast", CP_PIN_FAST },
		{ "get_user_pages_fast", CP_GET_FAST },
	};
	char name[128], *memory;
	unsigned long pfn;
	int file = open_block(BLOCK_ORDER, comp, insert, &pfn);

	snprintf(name, sizeof(name), "ttm-map %s %s", inserts[insert], comp ? "__GFP_COMP" : "non-compound");
	of = name;
	both_by_pfn("alloc_pages(order 3)", pfn);
	memory = mmap(NULL, BLOCK_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	for (int i = 0; i < 2; i++) {
		int signal = touch(memory + i * PAGE, true), handle, ret;
		struct cp_page page = at(memory + i * PAGE);

		row("touch (user write)", whos[i], page.present ? page : by_pfn(pfn + i), "\"signal\":%d", signal);
		for (size_t k = 0; k < sizeof(ways) / sizeof(*ways); k++) {
			ret = gup(memory + i * PAGE, 1, CP_WRITE, ways[k].call, &handle);
			row(ways[k].step, whos[i], by_pfn(pfn + i), "\"ret\":%d", ret);
			if (ret > 0)
				give_back(handle);
		}
	}
	munmap(memory, BLOCK_PAGES * PAGE);
	both_by_pfn("munmap", pfn);
	ioctl(file, CP_FREE_BLOCK, 0);
	both_by_pfn("__free_pages(order 3)", pfn);
	close(file);
}

/* The driver frees its block while gup holds the head. */
void case_block_freed_held(int comp, bool pin)
{
	char name[128], *memory;
	unsigned long pfn;
	int file = open_block(BLOCK_ORDER, comp, CP_INSERT_PAGE, &pfn), handle, ret;

	snprintf(name, sizeof(name), "driver frees a block of order 3 %s while its head is %s",
		 comp ? "__GFP_COMP" : "non-compound", pin ? "pinned" : "got");
	of = name;
	memory = mmap(NULL, BLOCK_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	touch(memory, true);
	row("mapped", "head", at(memory), "%s", "");
	ret = gup(memory, 1, CP_WRITE, pin ? CP_PIN_FAST : CP_GET_FAST, &handle);
	row("held", "head", at(memory), "\"ret\":%d", ret);
	munmap(memory, BLOCK_PAGES * PAGE);
	both_by_pfn("munmap", pfn);
	ioctl(file, CP_FREE_BLOCK, 0);
	both_by_pfn("__free_pages", pfn);
	give_back(handle);
	both_by_pfn("put", pfn);
	close(file);
}

void case_block_tail_pinned(void)
{
	unsigned long pfn;
	int file = open_block(BLOCK_ORDER, 1, CP_INSERT_PAGE, &pfn), handle, ret;
	char *memory = mmap(NULL, BLOCK_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	of = "driver frees a compound block while a tail is pinned";
	touch(memory + PAGE, true);
	ret = gup(memory + PAGE, 1, CP_WRITE, CP_PIN_FAST, &handle);
	row("pinned", "tail1", at(memory + PAGE), "\"ret\":%d", ret);
	row("pinned", "head", by_pfn(pfn), "%s", "");
	munmap(memory, BLOCK_PAGES * PAGE);
	row("munmap", "head", by_pfn(pfn), "%s", "");
	ioctl(file, CP_FREE_BLOCK, 0);
	both_by_pfn("__free_pages", pfn);
	give_back(handle);
	row("unpin", "head", by_pfn(pfn), "%s", "");
	close(file);
}

/* One page in two mappings, and both in a child. */
void case_page_mapped_twice(void)
{
	unsigned long pfn;
	int file = open_block(0, 0, CP_INSERT_PAGE, &pfn), to_child[2], from_child[2];
	char *first = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char *second = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char go;

	of = "vm_insert_page: two mappings, then fork";
	touch(first, true);
	row("first mapping", "page", at(first), "%s", "");
	touch(second, true);
	row("second mapping", "page", at(second), "%s", "");
	if (pipe(to_child) || pipe(from_child))
		return;
	if (!fork()) {
		row("forked: child", "page", at(first), "%s", "");
		if (write(from_child[1], "k", 1) != 1 || read(to_child[0], &go, 1) != 1)
			_exit(1);
		_exit(0);
	}
	if (read(from_child[0], &go, 1) != 1)
		return;
	row("forked: parent", "page", at(first), "%s", "");
	if (write(to_child[1], "k", 1) != 1)
		return;
	wait(NULL);
	munmap(second, PAGE);
	row("one unmapped", "page", at(first), "%s", "");
	munmap(first, PAGE);
	row("both unmapped", "page", by_pfn(pfn), "%s", "");
	close(file);
}
