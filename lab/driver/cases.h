/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The cases of data/recordings, and what they share. */
#ifndef CASES_H
#define CASES_H

#include "lab.h"

#define BLOCK_ORDER 3
#define BLOCK_PAGES (1 << BLOCK_ORDER)

/* cases.c */
char *map_anonymous(int pages);
/* 2 MiB that may be one huge page. */
char *map_huge(void);
/* KVM's releases of one page since the last call, as the field of a row. */
void releases_of(unsigned long pfn, char *json, size_t size);

/* cases-anon.c */
void case_anon(void);
void case_zeropage_gup(void);

/* cases-huge.c */
void case_huge_zero_page(void);
void case_huge_page(void);
void cases_huge(void);

/* cases-block.c: a driver's block, its first page and the one after it. */
extern const char *const inserts[];
extern const char *const whos[];
/* An open file with a block of its own. */
int open_block(unsigned int order, int comp, enum cp_insert insert, unsigned long *pfn);
void case_block_mapped(int comp, enum cp_insert insert);
void case_block_freed_held(int comp, bool pin);
void case_block_tail_pinned(void);
void case_page_mapped_twice(void);

/* cases-device.c */
void case_device(const char *name, const char *path);
void case_truncated_mapped(const char *path);
void case_truncated_unmapped(const char *path);

/* cases-guest.c */
/*
 * A guest reads and writes one page of the memory. `pfn`: looked at by it while the address leads nowhere. The raw count stands in the row beside the
 * one after a drain.
 */
void run_case_of(const char *name, char *memory, int pages, int i, unsigned long pfn, const char *who);
void case_guest_written(void);
void case_guest_never_written(void);
void case_guest_huge(void);
void case_guest_huge_zero(void);
void case_guest_block(int comp, enum cp_insert insert, int i);
void case_guest_block_goes(void);
/* A guest gets a tail whose count is 0, as up to 5.12; its put frees the page, and another gets it. The last case: a page has two owners. */
void case_tail_taken_at_count_0(void);
/* Six faults on the zero page, with or without the release of 5.3. */
void case_repeated(bool old);

#endif
