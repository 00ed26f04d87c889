/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The module's ioctls, as functions. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "lab.h"

int probe = -1;
static sigjmp_buf back;
static volatile sig_atomic_t touching;

static void caught(int signal)
{
	if (touching)
		siglongjmp(back, signal);
	_Exit(99);
}

void open_probe(void)
{
	probe = open("/dev/countprobe", O_RDWR);
	if (probe < 0) {
		perror("/dev/countprobe");
		exit(2);
	}
	signal(SIGBUS, caught);
	signal(SIGSEGV, caught);
}

static struct cp_page look(unsigned long command, unsigned long in)
{
	struct cp_page page = { .in = in };

	if (ioctl(probe, command, &page))
		perror("countprobe: look");
	return page;
}

struct cp_page at(const void *address)
{
	return look(CP_LOOK_AT, (unsigned long)address);
}

struct cp_page by_pfn(unsigned long pfn)
{
	return look(CP_LOOK_PFN, pfn);
}

int zero_refs(void)
{
	return look(CP_ZERO_PAGE, 0).ref;
}

void drain(void)
{
	ioctl(probe, CP_DRAIN, 0);
}

int gup(const void *address, int pages, unsigned int flags, enum cp_gup_call call, int *handle)
{
	struct cp_gup gup = { .address = (unsigned long)address, .pages = pages, .flags = flags, .call = call };

	if (ioctl(probe, CP_GUP, &gup))
		return -errno;
	*handle = gup.handle;
	return gup.ret;
}

void give_back(int handle)
{
	ioctl(probe, CP_PUT, handle);
}

int touch(volatile char *address, bool write)
{
	int signal;

	touching = 1;
	signal = sigsetjmp(back, 1);
	if (!signal) {
		if (write)
			*address = 1;
		else
			(void)*address;
	}
	touching = 0;
	return signal;
}
