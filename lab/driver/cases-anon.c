/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* One page of anonymous memory, and the zero page. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cases.h"

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

void case_anon(void)
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
void case_zeropage_gup(void)
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
