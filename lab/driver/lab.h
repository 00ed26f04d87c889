/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the parts of the lab's program share. */
#ifndef LAB_H
#define LAB_H

#include <stdbool.h>
#include <stddef.h>
#include "../module/countprobe.h"

#define PAGE 4096UL
#define HUGE_PAGE (2UL << 20)
/* Any number that is no page's. */
#define NO_PFN 0UL

/* ---- probe.c: the module ---- */

/* The open /dev/countprobe of this process; a child inherits it, handles and all. */
extern int probe;

void open_probe(void);
struct cp_page at(const void *address);
struct cp_page by_pfn(unsigned long pfn);
int zero_refs(void);
void drain(void);
/* What gup returned; where it took something, *handle gives it back. */
int gup(const void *address, int pages, unsigned int flags, enum cp_gup_call call, int *handle);
void give_back(int handle);
/* Reads or writes a byte; the signal that this got, 0 for none. */
int touch(volatile char *address, bool write);

/* ---- print.c: a row a line ---- */

void print_to(const char *path);
/* One line; its newline is added. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The case of the next rows. */
extern const char *of;
/* A row about a page; `more`: further JSON fields or an empty text. */
void row(const char *step, const char *who, struct cp_page page, const char *more, ...)
	__attribute__((format(printf, 4, 5)));
/* A row about no page. */
void note(const char *step, const char *fields, ...) __attribute__((format(printf, 2, 3)));

/* ---- guest.c: a virtual machine of one CPU in real mode ---- */

struct guest {
	int kvm, vm, vcpu;
	struct kvm_run *run;
	size_t run_size;
	char *code;
};

/* The guest's memory at 0x10000 is `memory`. 0, or an errno, negated. */
int make_guest(struct guest *guest, void *memory, size_t size);
/* One access to memory + offset. The exit reason, or -1 with *error. */
int run_guest(struct guest *guest, size_t offset, bool write, int *error);
void destroy_guest(struct guest *guest);

/* ---- what main() runs ---- */

/* Each line of the file is a sequence. */
void run_sequences(const char *path);
void run_cases(void);
/* A device of its own, whose case is called `name`; the truncates of a file on it. */
void run_device(const char *name, const char *path);
void run_truncate(const char *path, bool mapped);

#endif
