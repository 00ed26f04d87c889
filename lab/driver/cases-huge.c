/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Huge pages: pinned, forked, split, unmapped; and the huge zero page. Of their 512 pages 0, 7 and 3 are looked at. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cases.h"

#define SEVEN (7 * PAGE)
#define THREE (3 * PAGE)

void case_huge_zero_page(void)
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

void case_huge_page(void)
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

/* A huge page that was written, and its first pfn. */
static char *written(unsigned long *pfn)
{
	char *memory = map_huge();

	touch(memory, true);
	drain();
	*pfn = at(memory).pfn;
	return memory;
}

static void first_two(const char *step, const char *memory)
{
	row(step, "page 0", at(memory), "%s", "");
	row(step, "page 7", at(memory + SEVEN), "%s", "");
}

static void first_three(const char *step, const char *memory)
{
	first_two(step, memory);
	row(step, "page 3", at(memory + THREE), "%s", "");
}

static void two_by_pfn(const char *step, unsigned long pfn)
{
	row(step, "page 0", by_pfn(pfn), "%s", "");
	row(step, "page 7", by_pfn(pfn + 7), "%s", "");
}

static void case_partly_unmapped(void)
{
	unsigned long pfn;
	char *memory = written(&pfn);
	int handle;

	of = "thp: one subpage pinned, another unmapped";
	first_three("write fault", memory);
	gup(memory + SEVEN, 1, CP_WRITE, CP_PIN_FAST, &handle);
	first_three("pin page 7", memory);
	madvise(memory + THREE, PAGE, MADV_DONTNEED);
	drain();
	first_two("MADV_DONTNEED page 3", memory);
	row("MADV_DONTNEED page 3", "page 3 gone", by_pfn(pfn + 3), "%s", "");
	give_back(handle);
	drain();
	first_two("unpin", memory);
	munmap(memory, HUGE_PAGE);
	drain();
	row("munmap", "head by pfn", by_pfn(pfn), "%s", "");
}

static void case_pinned_and_unmapped(void)
{
	unsigned long pfn;
	char *memory = written(&pfn);
	int handle;

	of = "thp: pinned, whole unmapped";
	gup(memory + SEVEN, 1, CP_WRITE, CP_PIN_FAST, &handle);
	madvise(memory, HUGE_PAGE, MADV_DONTNEED);
	drain();
	two_by_pfn("MADV_DONTNEED all while pinned", pfn);
	give_back(handle);
	drain();
	two_by_pfn("unpin", pfn);
	munmap(memory, HUGE_PAGE);
}

static void case_got(void)
{
	unsigned long pfn;
	char *memory = written(&pfn);
	int handle;

	of = "thp: FOLL_GET of a tail";
	gup(memory + SEVEN, 1, CP_WRITE, CP_GET_FAST, &handle);
	first_three("get page 7", memory);
	give_back(handle);
	first_three("put", memory);
	munmap(memory, HUGE_PAGE);
}

/* The child prints its rows, and waits until the parent has printed its own. */
static void case_forked(bool pin)
{
	unsigned long pfn;
	char *memory = written(&pfn), go;
	int handle, to_child[2], from_child[2];

	of = pin ? "thp: fork while pinned" : "thp: fork";
	if (pin)
		gup(memory + SEVEN, 1, CP_WRITE, CP_PIN_FAST, &handle);
	if (pipe(to_child) || pipe(from_child))
		return;
	if (!fork()) {
		drain();
		first_two("forked: child", memory);
		if (write(from_child[1], "k", 1) != 1 || read(to_child[0], &go, 1) != 1)
			_exit(1);
		_exit(0);
	}
	if (read(from_child[0], &go, 1) != 1)
		return;
	drain();
	first_two("forked: parent", memory);
	if (write(to_child[1], "k", 1) != 1)
		return;
	wait(NULL);
	drain();
	first_two("child exited: parent", memory);
	touch(memory + SEVEN, true);
	drain();
	first_two("parent wrote page 7", memory);
	if (pin)
		give_back(handle);
	drain();
	row("unpin", "page 7", at(memory + SEVEN), "%s", "");
	munmap(memory, HUGE_PAGE);
}

/* Asks the kernel to split the huge pages of these addresses; what write() returned. */
static int ask_to_split(const char *memory)
{
	int file = open("/sys/kernel/debug/split_huge_pages", O_WRONLY), ret;
	char text[128];

	if (file < 0)
		return -errno;
	ret = write(file, text,
		    snprintf(text, sizeof(text), "%d,0x%lx,0x%lx", getpid(), (unsigned long)memory,
			     (unsigned long)memory + HUGE_PAGE));
	if (ret < 0)
		ret = -errno;
	close(file);
	return ret;
}

static void case_split(void)
{
	unsigned long pfn;
	char *memory = written(&pfn);
	int handle, ret;

	of = "thp: split_huge_pages";
	/* All of it: from 6.12 on a page full of zeroes would come back as the zero page. */
	memset(memory, 1, HUGE_PAGE);
	drain();
	gup(memory + SEVEN, 1, CP_WRITE, CP_PIN_FAST, &handle);
	ret = ask_to_split(memory);
	drain();
	row("asked while pinned", "page 0", at(memory), "\"ret\":%d", ret);
	row("asked while pinned", "page 7", at(memory + SEVEN), "%s", "");
	give_back(handle);
	ret = ask_to_split(memory);
	drain();
	row("asked again", "page 0", at(memory), "\"ret\":%d", ret);
	row("asked again", "page 7", at(memory + SEVEN), "%s", "");
	munmap(memory, HUGE_PAGE);
}

static void case_zero_page_used(void)
{
	char *memory = map_huge();
	unsigned long pfn;
	int handle, ret;

	of = "huge zero page";
	touch(memory, false);
	pfn = at(memory).pfn;
	first_two("read fault", memory);
	ret = gup(memory + SEVEN, 1, 0, CP_GET_FAST, &handle);
	row("get page 7 (R)", "page 7", at(memory + SEVEN), "\"ret\":%d", ret);
	give_back(handle);
	ret = gup(memory + SEVEN, 1, CP_LONGTERM, CP_PIN_FAST, &handle);
	row("pin page 7 (R|LONGTERM)", "page 0", at(memory), "\"ret\":%d", ret);
	row("pin page 7 (R|LONGTERM)", "page 7", at(memory + SEVEN), "%s", "");
	if (ret > 0)
		give_back(handle);
	drain();
	row("unpin", "page 7", at(memory + SEVEN), "%s", "");
	madvise(memory, HUGE_PAGE, MADV_DONTNEED);
	row("MADV_DONTNEED", "old pfn", by_pfn(pfn), "%s", "");
	touch(memory, false);
	row("read fault again", "page 0", at(memory), "%s", "");
	touch(memory + SEVEN, true);
	drain();
	first_two("write page 7", memory);
	row("write page 7", "old pfn", by_pfn(pfn), "%s", "");
	munmap(memory, HUGE_PAGE);
}

void cases_huge(void)
{
	case_partly_unmapped();
	case_pinned_and_unmapped();
	case_got();
	case_forked(false);
	case_forked(true);
	case_split();
	case_zero_page_used();
}
