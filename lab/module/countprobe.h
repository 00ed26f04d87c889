/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the lab's kernel module and its program say to each other: ioctls of /dev/countprobe.
 */
#ifndef COUNTPROBE_H
#define COUNTPROBE_H

#include <linux/types.h>
#ifdef __KERNEL__
#include <linux/ioctl.h>
#else
#include <sys/ioctl.h>
#endif

/* A page as the kernel sees it, and the entry that it was found by. */
struct cp_page {
	__u64 in;		/* an address of the caller, or a pfn */
	__u64 pfn;
	__s32 present;		/* there is a page */
	__s32 level;		/* of the entry: 0 looked at by pfn, 1 pte, 2 pmd */
	__s32 special, devmap, write;
	__s32 ref;		/* page_ref_count() of this very page */
	__s32 folio_ref;	/* of its folio */
	__s32 mapcount;		/* _mapcount + 1 */
	__s32 folio_mapcount;	/* large: _entire_mapcount (6.1), _large_mapcount (from 6.9) */
	__s32 pincount;		/* large: _pincount; -1: not large */
	__s32 maybe_pinned;
	__s32 reserved, anon, lru, zero, huge_zero, zone_device, head, tail, order;
};

enum cp_gup_call { CP_PIN, CP_PIN_FAST, CP_GET_FAST };
#define CP_WRITE	1	/* FOLL_WRITE */
#define CP_LONGTERM	2	/* FOLL_LONGTERM */

struct cp_gup {
	__u64 address;
	__u32 pages;
	__u32 flags;
	__u32 call;
	__s32 ret;		/* what gup returned */
	__u32 handle;		/* to give it back with, where ret > 0 */
};

/* How the module's driver maps its block: the fault handler that it uses, and the flags of the VMA. */
enum cp_insert { CP_PFN, CP_PFN_IO, CP_MIXED, CP_MIXED_IO, CP_INSERT_PAGE };

struct cp_block {
	__u32 order;
	__u32 comp;		/* __GFP_COMP */
	__u32 insert;
	__u32 pad;
	__u64 pfn;		/* out: the first page */
};

/* Calls of kvm_release_pfn_clean(), each with the counts at that moment. */
struct cp_release {
	__u64 pfn;
	__s32 ref;
	__s32 folio_ref;
	__s32 skipped;		/* an old rule let it give nothing back */
	__s32 pad;
};
#define CP_RELEASES 32
struct cp_releases {
	__u32 n;
	__u32 lost;
	struct cp_release release[CP_RELEASES];
};

/* Old rules of KVM, put back while they are set. */
enum cp_old_rule {
	CP_NO_OLD_RULE,
	CP_RESERVED_NOT_RELEASED,	/* up to 5.3: what is PG_reserved is not put */
	CP_TAKEN_AT_COUNT_0,		/* up to 5.12: get_page() of what a walk finds, whatever its count is */
};

#define CP_LOOK_AT	_IOWR('C', 1, struct cp_page)	/* by address */
#define CP_LOOK_PFN	_IOWR('C', 2, struct cp_page)	/* by pfn */
#define CP_ZERO_PAGE	_IOWR('C', 3, struct cp_page)
#define CP_GUP		_IOWR('C', 4, struct cp_gup)
#define CP_PUT		_IO('C', 5)			/* a handle */
#define CP_DRAIN	_IO('C', 6)			/* lru_add_drain_all() */
#define CP_BLOCK	_IOWR('C', 7, struct cp_block)	/* allocates; mmap() the file to map it */
#define CP_FREE_BLOCK	_IO('C', 8)
#define CP_WATCH	_IO('C', 9)			/* 1: begin to write releases down, 0: end */
#define CP_RELEASES_OF	_IOR('C', 10, struct cp_releases) /* since the last call */
#define CP_OLD_RULE	_IO('C', 11)			/* an enum cp_old_rule */

#endif
