/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A guest on anonymous memory, on huge pages, and on a driver's block. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "cases.h"

void run_case_of(const char *name, char *memory, int pages, int i, unsigned long pfn, const char *who)
{
	char *address = memory + i * PAGE, releases[2048];
	struct cp_page page = at(address);
	struct guest guest;
	int error;

	of = name;
	row("before VM", who, page.present || !pfn ? page : by_pfn(pfn), "\"zeroRef\":%d", zero_refs());
	error = make_guest(&guest, memory, pages * PAGE);
	if (error) {
		note("make_guest", "\"ret\":%d", error);
		return;
	}
	releases_of(NO_PFN, releases, sizeof(releases));
	page = at(address);
	row("memslot set", who, page.present || !pfn ? page : by_pfn(pfn), "\"zeroRef\":%d", zero_refs());
	for (int write = 0; write < 2; write++) {
		int exit_reason = run_guest(&guest, i * PAGE, write, &error);

		page = at(address);
		if (!page.present && pfn)
			page = by_pfn(pfn);
		releases_of(page.pfn, releases, sizeof(releases));
		drain();
		row(write ? "KVM_RUN guest write" : "KVM_RUN guest read", who, page,
		    "\"exit\":%d,\"errno\":%d,\"folioRefAfterLruDrain\":%d,\"zeroRef\":%d,%s", exit_reason, error,
		    by_pfn(page.pfn).folio_ref, zero_refs(), releases);
	}
	pfn = page.pfn;
	destroy_guest(&guest);
	releases_of(pfn, releases, sizeof(releases));
	page = at(address);
	row("VM destroyed", who, page.present ? page : by_pfn(pfn), "\"zeroRef\":%d,%s", zero_refs(), releases);
}

void case_guest_written(void)
{
	char *memory = map_anonymous(4);

	memset(memory, 1, 4 * PAGE);
	drain();
	run_case_of("kvm anon (written)", memory, 4, 1, NO_PFN, "page");
	munmap(memory, 4 * PAGE);
}

void case_guest_never_written(void)
{
	char *memory = map_anonymous(4);

	run_case_of("kvm anon (never written)", memory, 4, 1, NO_PFN, "page");
	drain();
	row("lru drained", "page", at(memory + PAGE), "%s", "");
	munmap(memory, 4 * PAGE);
}

void case_guest_huge(void)
{
	char *memory = map_huge();

	touch(memory, true);
	drain();
	run_case_of("kvm thp", memory, 16, 7, NO_PFN, "page 7");
	munmap(memory, HUGE_PAGE);
}

void case_guest_huge_zero(void)
{
	char *memory = map_huge();

	touch(memory, false);
	run_case_of("kvm huge zero page", memory, 16, 7, NO_PFN, "page 7");
	munmap(memory, HUGE_PAGE);
}

/* MADV_DONTNEED of VM_PFNMAP is refused; after munmap() the guest has no memory there. */
void case_guest_block_goes(void)
{
	unsigned long pfn;
	int file = open_block(BLOCK_ORDER, 0, CP_PFN_IO, &pfn), error, exit_reason;
	char *memory = mmap(NULL, BLOCK_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), releases[2048];
	struct guest guest;

	of = "kvm ttm head: mapping goes and comes again";
	error = make_guest(&guest, memory, BLOCK_PAGES * PAGE);
	if (error) {
		note("make_guest", "\"ret\":%d", error);
		return;
	}
	releases_of(NO_PFN, releases, sizeof(releases));
	exit_reason = run_guest(&guest, 0, false, &error);
	releases_of(pfn, releases, sizeof(releases));
	row("guest read", "head", at(memory), "\"exit\":%d,\"errno\":%d,%s", exit_reason, error, releases);
	madvise(memory, PAGE, MADV_DONTNEED);
	row("MADV_DONTNEED", "head", by_pfn(pfn), "%s", "");
	exit_reason = run_guest(&guest, 0, true, &error);
	releases_of(pfn, releases, sizeof(releases));
	row("guest write", "head", at(memory), "\"exit\":%d,\"errno\":%d,%s", exit_reason, error, releases);
	munmap(memory, BLOCK_PAGES * PAGE);
	exit_reason = run_guest(&guest, 0, false, &error);
	releases_of(pfn, releases, sizeof(releases));
	row("guest read after munmap", "head", by_pfn(pfn), "\"exit\":%d,\"errno\":%d,%s", exit_reason, error, releases);
	destroy_guest(&guest);
	close(file);
}

void case_guest_block(int comp, enum cp_insert insert, int i)
{
	char name[128], *memory;
	unsigned long pfn;
	int file = open_block(BLOCK_ORDER, comp, insert, &pfn);

	snprintf(name, sizeof(name), "kvm ttm %s %s %s", inserts[insert], comp ? "__GFP_COMP" : "non-compound", whos[i]);
	memory = mmap(NULL, BLOCK_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	run_case_of(name, memory, BLOCK_PAGES, i, pfn + i, whos[i]);
	munmap(memory, BLOCK_PAGES * PAGE);
	row("munmap", whos[i], by_pfn(pfn + i), "%s", "");
	ioctl(file, CP_FREE_BLOCK, 0);
	row("__free_pages", whos[i], by_pfn(pfn + i), "%s", "");
	close(file);
}

/* Six faults on the zero page, with or without the release of 5.3. */
void case_repeated(bool old)
{
	char *memory = map_anonymous(4);
	struct guest guest;
	int error = make_guest(&guest, memory, 4 * PAGE), start = zero_refs();

	of = old ? "oldbug kprobe: reserved pages not released (zero page)" : "control: no override (zero page)";
	if (error) {
		note("make_guest", "\"ret\":%d", error);
		return;
	}
	ioctl(probe, CP_OLD_RULE, old ? CP_RESERVED_NOT_RELEASED : CP_NO_OLD_RULE);
	for (int i = 1; i <= 6; i++) {
		int before, exit_reason;

		madvise(memory, 4 * PAGE, MADV_DONTNEED);
		before = zero_refs();
		exit_reason = run_guest(&guest, PAGE, false, &error);
		if (old)
			note("KVM_RUN guest read",
			     "\"i\":%d,\"exit\":%d,\"errno\":%d,\"zeroRefBefore\":%d,\"zeroRefAfter\":%d", i, exit_reason,
			     error, before, zero_refs());
	}
	destroy_guest(&guest);
	munmap(memory, 4 * PAGE);
	if (old)
		note("VM destroyed", "\"leaked\":%d,\"zeroRef\":%d", zero_refs() - start, zero_refs());
	else
		note("VM destroyed", "\"leaked\":%d", zero_refs() - start);
	ioctl(probe, CP_OLD_RULE, CP_NO_OLD_RULE);
}

/* A block of one page after another, until it is the page `pfn`. The file that has it; -1: it did not come. */
static int block_at(unsigned long pfn)
{
	for (int i = 0; i < 32; i++) {
		unsigned long found;
		int file = open_block(0, 0, CP_INSERT_PAGE, &found);

		if (file < 0)
			return -1;
		if (found == pfn)
			return file;
		/* The files of the others stay open, so that each time another page is given. */
	}
	return -1;
}

void case_tail_taken_at_count_0(void)
{
	unsigned long pfn;
	int file = open_block(BLOCK_ORDER, 0, CP_PFN_IO, &pfn), error, exit_reason, other;
	char *memory = mmap(NULL, BLOCK_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), releases[2048], *victim;
	struct guest guest;

	of = "oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)";
	for (int i = 0; i < BLOCK_PAGES; i++)
		touch(memory + i * PAGE, true);
	row("user mapped", "tail1", at(memory + PAGE), "%s", "");
	error = make_guest(&guest, memory, BLOCK_PAGES * PAGE);
	if (!error && ioctl(probe, CP_OLD_RULE, CP_TAKEN_AT_COUNT_0))
		error = errno;
	if (error) {
		note("make_guest", "\"ret\":%d", error);
		return;
	}
	releases_of(NO_PFN, releases, sizeof(releases));
	exit_reason = run_guest(&guest, PAGE, false, &error);
	ioctl(probe, CP_OLD_RULE, CP_NO_OLD_RULE);
	releases_of(pfn + 1, releases, sizeof(releases));
	row("KVM_RUN guest read", "tail1", at(memory + PAGE), "\"exit\":%d,\"errno\":%d,%s", exit_reason, error, releases);
	other = block_at(pfn + 1);
	if (other >= 0) {
		victim = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
		touch(victim, true);
		row("unrelated order-0 allocation", "victim", at(victim), "\"samePfnAsTail\":true");
		exit_reason = run_guest(&guest, PAGE, true, &error);
		row("KVM_RUN guest write to tail1", "victim", at(victim), "\"exit\":%d,\"errno\":%d", exit_reason, error);
	}
	destroy_guest(&guest);
	munmap(memory, BLOCK_PAGES * PAGE);
	row("VM destroyed, munmapped", "tail1", by_pfn(pfn + 1), "%s", "");
	/* The block stays open to the end of the program: freeing it would free the page of another. */
}
