/* SPDX-License-Identifier: MIT */
/* The state of a run: all of it is in `rt_state`; the part that units touch is `rt` (abi.h). */
#ifndef RT_RT_TYPES_H
#define RT_RT_TYPES_H

#include "lang/rt/config.h"
#include "lang/rt/protos.h"
#include "lang/rt/task_types.h"

#include <stdbool.h>
#include <stdint.h>

/** Counters of the statistics line. Source: docs/spec/language.md 9. */
struct rt_mem_stats {
	uint64_t alloc_calls, realloc_calls, free_calls;
	uint64_t bytes_alloc_total, bytes_freed_total;
	uint64_t live_bytes, peak_live_bytes;
	uint64_t live_allocs, peak_live_allocs;
	uint64_t memcpy_bytes;
};

/** The last failed equality, for the test trailer. Source: docs/spec/language.md 13. */
#define RT_TRAILER_BYTES 64

struct rt_mismatch {
	bool seen;
	rt_u32 got_len, expected_len;
	rt_u8 got[RT_TRAILER_BYTES], expected[RT_TRAILER_BYTES];
};

/** Handles of one kind: 1-based numbers for slots of equal size in a block of the arena. */
struct rt_table {
	rt_u8 *items;
	rt_u32 count, cap;
};

#define RT_ROOTS_KEPT 32

struct rt_state {
	struct rt_mem_stats mem;
	struct rt_mismatch mismatch;
	rt_u32 exit_code;
	struct rt_sched sched;
	const struct rt_config *config; /* never NULL while a program runs */
	struct rt_table maps, readers, bufreads, scratch;
	struct rt_table value_vecs, value_maps, pipes;
	struct rt_budgets budgets; /* of the entry expression */
	struct rt_table net_handles, net_readers;
	rt_u32 net_id, net_free;     /* last request; first handle that may be free */
	int roots[2][RT_ROOTS_KEPT]; /* descriptors plus one: read, write; 0 = not opened yet */
	enum rt_op op;               /* head that runs; set by those with effects */
	rt_u32 fs_gates;             /* that this file operation needed beside RT_GATE_FS */
	rt_u32 fs_reads, fs_lists;   /* of the heads fs.*, for the statistics */
	bool fs_linked;              /* this operation followed a symbolic link */
	bool effects_here;           /* RT_FD_EFFECTS is the supervisor's table */
	struct rt_effects *effects;  /* NULL until the first effect */
};

extern struct rt_state rt_state;

#endif
