/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Which cases there are, in order, and what they share. */
#include <stdio.h>
#include <sys/mman.h>
#include "cases.h"

char *map_anonymous(int pages)
{
	char *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
	return memory;
}

/* 2 MiB that may be one huge page. */
char *map_huge(void)
{
	char *room = mmap(NULL, 2 * HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *memory = (char *)(((unsigned long)room + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));

	madvise(memory, HUGE_PAGE, MADV_HUGEPAGE);
	return memory;
}

/* KVM's releases of one page since the last call, as the field of a row. */
void releases_of(unsigned long pfn, char *json, size_t size)
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

void run_cases(void)
{
	open_probe();
	ioctl(probe, CP_WATCH, 1);
	case_anon();
	case_zeropage_gup();
	case_huge_zero_page();
	case_huge_page();
	cases_huge();
	for (int comp = 0; comp < 2; comp++)
		for (int insert = CP_PFN; insert <= CP_INSERT_PAGE; insert++)
			case_block_mapped(comp, insert);
	for (int comp = 0; comp < 2; comp++)
		for (int pin = 0; pin < 2; pin++)
			case_block_freed_held(comp, pin);
	case_block_tail_pinned();
	case_page_mapped_twice();
	case_guest_written();
	case_guest_never_written();
	case_guest_huge();
	case_guest_huge_zero();
	for (int comp = 0; comp < 2; comp++)
		for (int insert = CP_PFN; insert <= CP_INSERT_PAGE; insert++)
			for (int i = 0; i < 2; i++)
				case_guest_block(comp, insert, i);
	case_guest_block_goes();
	case_repeated(false);
	/* Last: it leaves leaked references behind. */
	case_repeated(true);
	case_tail_taken_at_count_0();
	ioctl(probe, CP_WATCH, 0);
}
