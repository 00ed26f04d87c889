/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Pages of devices: a file on ext4 with DAX, and /dev/dax in pages of 2 MiB and 4 KiB. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cases.h"

#define MAPPED (4UL << 20)
/* Aligned for pages of 2 MiB. */
#define MAP_AT ((void *)0x7e0000000000UL)
/* How long a child is waited for before it is called asleep. */
#define PATIENCE_MS 3000

static char *map_device(const char *path, int *file)
{
	char *memory;

	*file = open(path, O_RDWR);
	if (*file < 0) {
		note("open", "\"errno\":%d", errno);
		return NULL;
	}
	memory = mmap(MAP_AT, MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
	if (memory != MAP_FAILED)
		return memory;
	note("mmap", "\"errno\":%d", errno);
	close(*file);
	return NULL;
}

/* The program touches page 1; page 0 is beside it. */
void case_device(const char *name, const char *path)
{
	static const struct {
		const char *step;
		unsigned int flags;
		enum cp_gup_call call;
	} ways[] = {
		{ "get_user_pages_fast(W)", CP_WRITE, CP_GET_FAST },
		{ "pin_user_pages_fast(W)", CP_WRITE, CP_PIN_FAST },
		{ "pin_user_pages(W)", CP_WRITE, CP_PIN },
		{ "pin_user_pages_fast(W|LONGTERM)", CP_WRITE | CP_LONGTERM, CP_PIN_FAST },
	};
	char guest_name[128], *memory;
	int file, signal, handle, ret;
	unsigned long pfn;

	of = name;
	memory = map_device(path, &file);
	if (!memory)
		return;
	signal = touch(memory + PAGE, true);
	pfn = at(memory + PAGE).pfn;
	row("touch (user write)", "page1", at(memory + PAGE), "\"signal\":%d", signal);
	row("touch (user write)", "page0", at(memory), "%s", "");
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		ret = gup(memory + PAGE, 1, ways[i].flags, ways[i].call, &handle);
		row(ways[i].step, "page1", by_pfn(pfn), "\"ret\":%d", ret);
		if (ret > 0)
			give_back(handle);
	}
	row("released", "page1", by_pfn(pfn), "%s", "");
	snprintf(guest_name, sizeof(guest_name), "kvm %s", name);
	run_case_of(guest_name, memory, 8, 1, pfn, "page1");
	of = name;
	munmap(memory, MAPPED);
	row("munmap", "page1", by_pfn(pfn), "%s", "");
	close(file);
}

/* A child truncates the file. */
static pid_t truncate_in_child(const char *path)
{
	pid_t child = fork();

	if (!child) {
		int file = open(path, O_RDWR);

		_exit(file < 0 || ftruncate(file, 0));
	}
	return child;
}

/* Has it ended within the patience? */
static bool ends(pid_t child)
{
	for (int waited = 0; waited < PATIENCE_MS; waited += 50) {
		if (waitpid(child, NULL, WNOHANG) == child)
			return true;
		usleep(50 * 1000);
	}
	return false;
}

/* The innermost function in which it sleeps. */
static void asleep_in(pid_t child, char *name, size_t size)
{
	char path[64], line[256] = "";
	FILE *file;
	char *from;

	snprintf(path, sizeof(path), "/proc/%d/stack", child);
	file = fopen(path, "r");
	if (!file || !fgets(line, sizeof(line), file))
		strcpy(line, "] ?");
	if (file)
		fclose(file);
	from = strchr(line, ']');
	from = from ? from + 2 : line;
	from[strcspn(from, "+\n")] = 0;
	snprintf(name, size, "%s", from);
}

void case_truncated_mapped(const char *path)
{
	int file, handle, ret;
	char *memory, stack[256];
	unsigned long pfn;
	pid_t child;

	of = "fsdax truncate vs gup reference";
	memory = map_device(path, &file);
	if (!memory)
		return;
	touch(memory + PAGE, true);
	pfn = at(memory + PAGE).pfn;
	row("touch", "page1", by_pfn(pfn), "%s", "");
	ret = gup(memory + PAGE, 1, CP_WRITE, CP_PIN_FAST, &handle);
	row("pin_user_pages_fast(W)", "page1", by_pfn(pfn), "\"ret\":%d", ret);
	child = truncate_in_child(path);
	if (ends(child)) {
		note("ftruncate(0) in child", "\"returned\":true");
		child = 0;
	} else {
		asleep_in(child, stack, sizeof(stack));
		note("ftruncate(0) in child", "\"returned\":false,\"stack\":\"%s\"", stack);
	}
	give_back(handle);
	if (child)
		waitpid(child, NULL, 0);
	note("unpin, then wait", "\"returned\":true");
	munmap(memory, MAPPED);
	close(file);
}

void case_truncated_unmapped(const char *path)
{
	int file, handle, ret;
	char *memory;
	unsigned long pfn;
	pid_t child;
	bool ended;

	of = "fsdax truncate while pinned, file unmapped first";
	memory = map_device(path, &file);
	if (!memory)
		return;
	touch(memory + PAGE, true);
	pfn = at(memory + PAGE).pfn;
	ret = gup(memory + PAGE, 1, CP_WRITE, CP_PIN_FAST, &handle);
	row("pin", "page1", by_pfn(pfn), "\"ret\":%d", ret);
	munmap(memory, MAPPED);
	row("munmap", "page1", by_pfn(pfn), "%s", "");
	child = truncate_in_child(path);
	ended = ends(child);
	note("ftruncate(0) in child", "\"returned\":%s", ended ? "true" : "false");
	row("after truncate", "page1", by_pfn(pfn), "%s", "");
	give_back(handle);
	row("unpin", "page1", by_pfn(pfn), "%s", "");
	if (!ended)
		waitpid(child, NULL, 0);
	close(file);
}

/* `path`: a file of at least 4 MiB on ext4 with DAX, which is lost; or a /dev/dax. */
void run_device(const char *name, const char *path)
{
	open_probe();
	ioctl(probe, CP_WATCH, 1);
	case_device(name, path);
	ioctl(probe, CP_WATCH, 0);
}

void run_truncate(const char *path, bool mapped)
{
	open_probe();
	if (mapped)
		case_truncated_mapped(path);
	else
		case_truncated_unmapped(path);
}
