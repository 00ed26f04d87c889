/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Sequences of operations on two pages of anonymous memory, by a process, its child, handles of gup and a guest. Each sequence runs in a process of
 * its own; after each operation the LRU's batches are drained and a row is printed. data/recordings/README.md says what is in a row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lab.h"

#define PAGES 2
#define MOST_GUPS 64

static char *memory;
static struct guest guest;

/* What the child hands to its parent: its two pages, and what its operation gave. */
static struct {
	struct cp_page page[PAGES];
	int ret;
	int handle;
} *shared;

static pid_t child;
static int to_child[2], from_child[2];

static struct {
	int n;
	int handle[MOST_GUPS];
	/* 0: nothing was taken, or it was given back. */
	unsigned long pfn[MOST_GUPS];
} gups;

static char *page_of(char digit)
{
	return memory + (digit - '0') * PAGE;
}

/* Two pages alone in a mapping: its neighbours cannot be merged with it. */
static void map_memory(void)
{
	char *room = mmap(NULL, (PAGES + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memory = mmap(room + PAGE, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	madvise(memory, PAGES * PAGE, MADV_NOHUGEPAGE);
}

static int do_gup(const char *op, int *handle)
{
	return gup(page_of(op[1]), 1, op[2] - '0', op[3] - '0', handle);
}

/* What the child does for each command, until it is told to exit. */
static void be_child(void)
{
	char op[8];

	if (guest.run) {
		munmap(guest.run, guest.run_size);
		close(guest.vcpu);
		close(guest.vm);
		close(guest.kvm);
	}
	while (read(to_child[0], op, sizeof(op)) == sizeof(op) && op[0] != 'x') {
		shared->ret = 0;
		if (op[0] == 'R' || op[0] == 'W')
			shared->ret = touch(page_of(op[1]), op[0] == 'W');
		else if (op[0] == 'D')
			madvise(page_of(op[1]), PAGE, MADV_DONTNEED);
		else if (op[0] == 'G')
			shared->ret = do_gup(op, &shared->handle);
		drain();
		for (int i = 0; i < PAGES; i++)
			shared->page[i] = at(memory + i * PAGE);
		if (write(from_child[1], "k", 1) != 1)
			break;
	}
	_exit(0);
}

/* Tells the child, and waits until it has done so. */
static void tell_child(const char *op)
{
	char text[8] = "        ", done;

	memcpy(text, op, strlen(op));
	if (write(to_child[1], text, sizeof(text)) != sizeof(text) || op[0] == 'x')
		return;
	if (read(from_child[0], &done, 1) != 1)
		_exit(3);
}

static void fork_child(void)
{
	if (pipe(to_child) || pipe(from_child))
		_exit(3);
	child = fork();
	if (!child)
		be_child();
	tell_child("look");
}

static void end_child(void)
{
	tell_child("x");
	waitpid(child, NULL, 0);
	child = 0;
	close(to_child[0]);
	close(to_child[1]);
	close(from_child[0]);
	close(from_child[1]);
}

static void remember(int ret, int handle, struct cp_page page)
{
	if (gups.n == MOST_GUPS)
		_exit(3);
	gups.handle[gups.n] = handle;
	gups.pfn[gups.n++] = ret > 0 ? page.pfn : NO_PFN;
}

static void put_back(int n)
{
	if (n < gups.n && gups.pfn[n] != NO_PFN)
		give_back(gups.handle[n]);
	if (n < gups.n)
		gups.pfn[n] = NO_PFN;
}

/* KVM_RUN, and KVM's releases while it ran, as JSON. */
static int run_and_watch(const char *op, int *error, char *json, size_t size)
{
	struct cp_releases releases;
	int exit_reason, n;

	ioctl(probe, CP_RELEASES_OF, &releases);
	exit_reason = run_guest(&guest, (op[2] - '0') * PAGE, op[1] == 'w', error);
	ioctl(probe, CP_RELEASES_OF, &releases);
	n = snprintf(json, size, "[");
	for (unsigned int i = 0; i < releases.n; i++)
		n += snprintf(json + n, size - n, "%s[%llu,%d]", i ? "," : "", (unsigned long long)releases.release[i].pfn,
			      releases.release[i].folio_ref);
	snprintf(json + n, size - n, "]");
	return exit_reason;
}

/* Does one operation; what it returned. */
static int operate(const char *op, int *error, char *releases, size_t size)
{
	int ret = 0, handle = 0;

	switch (op[0]) {
	case 'r':
	case 'w':
		return touch(page_of(op[1]), op[0] == 'w');
	case 'd':
		madvise(page_of(op[1]), PAGE, MADV_DONTNEED);
		return 0;
	case 'g':
		ret = do_gup(op, &handle);
		remember(ret, handle, at(page_of(op[1])));
		return ret;
	case 'u':
		put_back(atoi(op + 1));
		return 0;
	case 'f':
		fork_child();
		return 0;
	case 'x':
		end_child();
		return 0;
	case 'k':
		if (op[1] == 'c')
			return make_guest(&guest, memory, PAGES * PAGE);
		if (op[1] != 'd')
			return run_and_watch(op, error, releases, size);
		destroy_guest(&guest);
		return 0;
	}
	tell_child(op);
	if (op[0] == 'G')
		remember(shared->ret, shared->handle, shared->page[op[1] - '0']);
	return shared->ret;
}

/* [pfn, count, mapcount, flags, level] or null */
static int print_page(char *json, size_t size, struct cp_page page)
{
	int flags = page.write | page.special << 1 | page.zero << 2 | page.anon << 3 | page.lru << 4 | page.maybe_pinned << 5;

	if (!page.present)
		return snprintf(json, size, "null");
	return snprintf(json, size, "[%llu,%d,%d,%d,%d]", (unsigned long long)page.pfn, page.ref, page.mapcount, flags,
			page.level);
}

static void print_row(const char *name, int i, const char *op, int ret, int error, const char *releases, int zero)
{
	char parent[256], childs[256] = "null", held[4096] = "";
	int n = 0;

	for (int k = 0; k < PAGES; k++) {
		n += snprintf(parent + n, sizeof(parent) - n, "%s", k ? "," : "");
		n += print_page(parent + n, sizeof(parent) - n, at(memory + k * PAGE));
	}
	if (child) {
		n = snprintf(childs, sizeof(childs), "[");
		for (int k = 0; k < PAGES; k++) {
			n += snprintf(childs + n, sizeof(childs) - n, "%s", k ? "," : "");
			n += print_page(childs + n, sizeof(childs) - n, shared->page[k]);
		}
		snprintf(childs + n, sizeof(childs) - n, "]");
	}
	n = 0;
	for (int k = 0; k < gups.n; k++) {
		struct cp_page page = { 0 };

		if (gups.pfn[k] != NO_PFN)
			page = by_pfn(gups.pfn[k]);
		n += snprintf(held + n, sizeof(held) - n, "%s", k ? "," : "");
		n += print_page(held + n, sizeof(held) - n, page);
	}
	print("{\"s\":\"%s\",\"i\":%d,\"op\":\"%s\",\"ret\":%d,\"er\":%d,\"rel\":%s,\"z\":%d,\"p\":[%s],\"c\":%s,\"h\":[%s]}", name,
	      i, op, ret, error, releases, zero, parent, childs, held);
}

/* One line of the file: a name, and operations. Never returns. */
static void run_sequence(char *line)
{
	char *name = strtok(line, " \n"), *op;
	int zero_at_start, i = 0;

	open_probe();
	ioctl(probe, CP_WATCH, 1);
	map_memory();
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	zero_at_start = zero_refs();
	for (op = strtok(NULL, " \n"); op; op = strtok(NULL, " \n"), i++) {
		char releases[1024] = "null";
		int error = 0, ret = operate(op, &error, releases, sizeof(releases));

		drain();
		if (child)
			tell_child("look");
		/* The child's own answer was overwritten by the look. */
		print_row(name, i, op, ret, error, releases, zero_refs() - zero_at_start);
	}
	if (child)
		end_child();
	if (guest.run)
		destroy_guest(&guest);
	_exit(0);
}

void run_sequences(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[4096];
	int n = 0, status;

	if (!file) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof(line), file)) {
		pid_t one = fork();

		if (!one)
			run_sequence(line);
		waitpid(one, &status, 0);
		if (status)
			print("{\"s\":\"%s\",\"died\":%d}", strtok(line, " \n"), status);
		n++;
	}
	fclose(file);
	print("{\"end\":%d}", n);
}
