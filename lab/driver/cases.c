/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The cases of data/recordings/golden.json that need no device, one function each. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>
#include "lab.h"

#define BLOCK_ORDER 3
#define BLOCK_PAGES (1 << BLOCK_ORDER)

static char *map_anonymous(int pages)
{
	char *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
	return memory;
}

/* 2 MiB that may be one huge page. */
static char *map_huge(void)
{
	char *room = mmap(NULL, 2 * HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *memory = (char *)(((unsigned long)room + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));

	madvise(memory, HUGE_PAGE, MADV_HUGEPAGE);
	return memory;
}

/* KVM's releases of one page since the last call, as the field of a row. */
static void releases_of(unsigned long pfn, char *json, size_t size)
{
	struct cp_releases releases;
	int n, first = 1;

	ioctl(probe, CP_RELEASES_OF, &releases);
	n = snprintf(json, size, "\"releases\":[");
	for (unsigned int i = 0; i < releases.n; i++) {
		struct cp_release *release = &releases.release[i];

		if (release->pfn != pfn)
			continue;
		n += snprintf(json + n, size - n,
			      "%s{\"folioRefAtRelease\":%d,\"ownRefAtRelease\":%d,\"fn\":\"kvm_release_pfn_clean\",\"skipped\":%s}",
			      first ? "" : ",", release->folio_ref, release->ref, release->skipped ? "true" : "false");
		first = 0;
	}
	snprintf(json + n, size - n, "]");
}

/* ---- one anonymous page ---- */

/* A child looks at what it got, and exits. */
static void fork_and_look(const char *step, const char *memory, unsigned long parents_pfn)
{
	if (!fork()) {
		struct cp_page page = at(memory);

		row(step, "child", page, "\"samePfn\":%d", page.pfn == parents_pfn);
		_exit(0);
	}
	wait(NULL);
}

/* A child looks, writes, drains. */
static void fork_and_write(char *memory)
{
	if (!fork()) {
		row("fork: child view", "page", at(memory), "%s", "");
		memory[0] = 2;
		row("child wrote (COW)", "child page", at(memory), "%s", "");
		drain();
		row("child wrote+drain", "child page", at(memory), "%s", "");
		_exit(0);
	}
	wait(NULL);
}

static void case_anon(void)
{
	static const struct {
		const char *step, *put;
		enum cp_gup_call call;
	} ways[] = {
		{ "pin_user_pages_fast(W)", "unpin", CP_PIN_FAST },
		{ "pin_user_pages(W)", "unpin", CP_PIN },
		{ "get_user_pages_fast(W)", "put_page", CP_GET_FAST },
	};
	char *memory = map_anonymous(1);
	int zero = zero_refs(), handle, ret;
	unsigned long pfn;

	of = "anon";
	row("mmap", "page", at(memory), "%s", "");
	touch(memory, false);
	row("read fault", "page", at(memory), "\"zeroRefDelta\":%d", zero_refs() - zero);
	touch(memory, true);
	row("write fault", "page", at(memory), "\"zeroRefDelta\":%d", zero_refs() - zero);
	drain();
	row("lru_add_drain_all", "page", at(memory), "%s", "");
	pfn = at(memory).pfn;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		ret = gup(memory, 1, CP_WRITE, ways[i].call, &handle);
		row(ways[i].step, "page", at(memory), "\"ret\":%d", ret);
		give_back(handle);
		row(ways[i].put, "page", at(memory), "%s", "");
	}
	ret = gup(memory, 1, CP_WRITE | CP_LONGTERM, CP_PIN_FAST, &handle);
	row("pin(W|LONGTERM)", "page", at(memory), "\"ret\":%d", ret);
	fork_and_look("fork while pinned: child", memory, pfn);
	madvise(memory, PAGE, MADV_DONTNEED);
	row("MADV_DONTNEED while pinned", "old pfn", by_pfn(pfn), "%s", "");
	row("MADV_DONTNEED while pinned", "page", at(memory), "%s", "");
	give_back(handle);
	row("unpin (last ref)", "old pfn", by_pfn(pfn), "%s", "");
	touch(memory, true);
	drain();
	row("write again", "page", at(memory), "%s", "");
	fork_and_write(memory);
	row("child exited", "page", at(memory), "%s", "");
	munmap(memory, PAGE);
}

/* Eight addresses that were only read: eight entries of the zero page. */
static void case_zeropage_gup(void)
{
	static const struct {
		const char *step;
		unsigned int flags;
		enum cp_gup_call call;
	} ways[] = {
		{ "get_user_pages_fast(R)", 0, CP_GET_FAST },
		{ "pin_user_pages_fast(R)", 0, CP_PIN_FAST },
		{ "pin_user_pages(R)", 0, CP_PIN },
		{ "pin_user_pages_fast(R|LONGTERM)", CP_LONGTERM, CP_PIN_FAST },
		{ "pin_user_pages(R|LONGTERM)", CP_LONGTERM, CP_PIN },
		{ "pin_user_pages_fast(W|LONGTERM)", CP_WRITE | CP_LONGTERM, CP_PIN_FAST },
	};

	of = "zeropage-gup";
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char *memory = map_anonymous(8);
		int start = zero_refs(), after_read, after_gup, handle, ret;
		struct cp_page page;

		for (int k = 0; k < 8; k++)
			touch(memory + k * PAGE, false);
		after_read = zero_refs() - start;
		ret = gup(memory, 8, ways[i].flags, ways[i].call, &handle);
		after_gup = zero_refs() - start;
		page = at(memory);
		if (ret > 0)
			give_back(handle);
		row(ways[i].step, "page 0 of 8", page,
		    "\"ret\":%d,\"zeroRefAtStart\":%d,\"deltaAfterRead\":%d,\"deltaAfterGup\":%d,\"deltaAfterRelease\":%d",
		    ret, start, after_read, after_gup, zero_refs() - start);
		drain();
		munmap(memory, 8 * PAGE);
	}
}

/* ---- huge pages ---- */

static void case_huge_zero_page(void)
{
	char *memory = map_huge();
	int handle, ret;

	of = "thp";
	touch(memory, false);
	row("read fault (huge zero page)", "page 0", at(memory), "%s", "");
	ret = gup(memory, 512, 0, CP_PIN_FAST, &handle);
	row("pin_fast(R,512)", "page 0", at(memory), "\"ret\":%d", ret);
	if (ret > 0)
		give_back(handle);
	munmap(memory, HUGE_PAGE);
}

static void case_huge_page(void)
{
	char *memory = map_huge(), *seven = memory + 7 * PAGE;
	int handle, ret;

	of = "thp-write";
	touch(memory, true);
	drain();
	row("write fault", "page 0", at(memory), "%s", "");
	row("write fault", "page 7", at(seven), "%s", "");
	ret = gup(seven, 1, CP_WRITE, CP_PIN_FAST, &handle);
	row("pin 1 subpage", "page 0", at(memory), "\"ret\":%d", ret);
	row("pin 1 subpage", "page 7", at(seven), "%s", "");
	give_back(handle);
	ret = gup(memory, 512, CP_WRITE, CP_PIN_FAST, &handle);
	row("pin 512 subpages", "page 0", at(memory), "\"ret\":%d", ret);
	give_back(handle);
	row("unpin", "page 0", at(memory), "%s", "");
	mprotect(memory + 8 * PAGE, PAGE, PROT_READ);
	row("mprotect 1 page (pmd split)", "page 0", at(memory), "%s", "");
	row("mprotect 1 page (pmd split)", "page 7", at(seven), "%s", "");
	munmap(memory, HUGE_PAGE);
}

/* ---- a driver's block ---- */

static const char *const inserts[] = {
	"VM_PFNMAP vmf_insert_pfn",	    "VM_PFNMAP|VM_IO vmf_insert_pfn", "VM_MIXEDMAP vmf_insert_mixed",
	"VM_MIXEDMAP|VM_IO vmf_insert_mixed", "VM_MIXEDMAP vm_insert_page",
};
static const char *const whos[] = { "head", "tail1" };

/* An open file with a block of its own. */
static int open_block(int comp, enum cp_insert insert, unsigned long *pfn)
{
	struct cp_block block = { .order = BLOCK_ORDER, .comp = comp, .insert = insert };
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

static void case_block_mapped(int comp, enum cp_insert insert)
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
	int file = open_block(comp, insert, &pfn);

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

/* ---- a guest ---- */

/*
 * A guest reads and writes one page of the memory. `pfn`: looked at by it while the address leads nowhere. The raw count stands in the row beside the
 * one after a drain.
 */
static void run_case_of(const char *name, char *memory, int pages, int i, unsigned long pfn, const char *who)
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

static void case_guest_written(void)
{
	char *memory = map_anonymous(4);

	memset(memory, 1, 4 * PAGE);
	drain();
	run_case_of("kvm anon (written)", memory, 4, 1, NO_PFN, "page");
	munmap(memory, 4 * PAGE);
}

static void case_guest_never_written(void)
{
	char *memory = map_anonymous(4);

	run_case_of("kvm anon (never written)", memory, 4, 1, NO_PFN, "page");
	drain();
	row("lru drained", "page", at(memory + PAGE), "%s", "");
	munmap(memory, 4 * PAGE);
}

static void case_guest_block(int comp, enum cp_insert insert, int i)
{
	char name[128], *memory;
	unsigned long pfn;
	int file = open_block(comp, insert, &pfn);

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
static void case_repeated(bool old)
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

void run_cases(void)
{
	open_probe();
	ioctl(probe, CP_WATCH, 1);
	case_anon();
	case_zeropage_gup();
	case_huge_zero_page();
	case_huge_page();
	for (int comp = 0; comp < 2; comp++)
		for (int insert = CP_PFN; insert <= CP_INSERT_PAGE; insert++)
			case_block_mapped(comp, insert);
	case_guest_written();
	case_guest_never_written();
	for (int comp = 0; comp < 2; comp++)
		for (int insert = CP_PFN; insert <= CP_INSERT_PAGE; insert++)
			for (int i = 0; i < 2; i++)
				case_guest_block(comp, insert, i);
	case_repeated(false);
	/* Last: it leaves leaked references behind. */
	case_repeated(true);
	ioctl(probe, CP_WATCH, 0);
}
