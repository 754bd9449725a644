/* SPDX-License-Identifier: MIT */
/*
 * What the files of the runtime share among themselves. All state of a run is in `rt_state`; the
 * part that units touch is `rt` (abi.h).
 */
#ifndef RT_PRIV_H
#define RT_PRIV_H

#include "lang/rt/config.h"
#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Counters of the statistics line. Source: spec language 9. */
struct rt_mem_stats {
	uint64_t alloc_calls, realloc_calls, free_calls;
	uint64_t bytes_alloc_total, bytes_freed_total;
	uint64_t live_bytes, peak_live_bytes;
	uint64_t live_allocs, peak_live_allocs;
	uint64_t memcpy_bytes;
};

/** The last failed equality, for the test trailer. Source: spec language 13. */
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
	const struct rt_config *config; /* never NULL while a program runs */
	struct rt_table maps, readers, bufreads, scratch;
	struct rt_table net_handles, net_readers;
	rt_u32 net_id, net_free;     /* last request; first handle that may be free */
	int roots[2][RT_ROOTS_KEPT]; /* descriptors plus one: read, write; 0 = not opened yet */
	enum rt_op op;               /* head that runs; set by those with effects */
	rt_u32 fs_gates;             /* that this file operation needed beside RT_GATE_FS */
	bool fs_linked;              /* this operation followed a symbolic link */
	bool effects_here;           /* RT_FD_EFFECTS is the supervisor's table */
	struct rt_effects *effects;  /* NULL until the first effect */
};

extern struct rt_state rt_state;

/* Blocks that can be asked for; the rest of the 32-bit range is `out of memory`. */
#define RT_ALLOC_MAX 0xFFFFFFE0ull

/* arena.c: the heap. Sizes in bytes as requested; blocks are 16-byte aligned. */

/** Take @p cap bytes of address space. @return 0 or an errno. */
int rt_heap_init(uint64_t cap);
/** Give everything back (unit tests). */
void rt_heap_drop(void);
/** A block, zero-filled when @p zero. @return NULL when there is no room. @p size is not 0. */
void *rt_heap_alloc(uint64_t size, bool zero);
void rt_heap_free(void *block);
/** Make a block larger where it stands. @return false when its neighbour is in use. */
bool rt_heap_grow(void *block, uint64_t size);
/** Size that was asked for. */
rt_u32 rt_heap_size(const void *block);
/** Peak of the bytes asked for. */
uint64_t rt_heap_peak(void);

/* mem.c: the heap as programs see it, counted, trapping with `out of memory`. */

/** A counted block; NULL for size 0. */
rt_u8 *rt_mem_alloc(uint64_t size, bool zero);
void rt_mem_free(void *block);
/** Move the first @p used bytes of a block to a larger one; counts as one reallocation. */
rt_u8 *rt_mem_realloc(rt_u8 *block, rt_u32 used, uint64_t size);
/** Count a block that came from rt_heap_alloc as one allocation. NULL counts nothing. */
void rt_mem_adopt(const void *block);
/** A counted copy. */
rt_bytes rt_mem_copy(const void *from, rt_u32 len);
/** memcpy that counts and takes NULL for length 0. */
void rt_copy(void *to, const void *from, rt_u32 len);
/** Not counted; traps when there is no room. */
void *rt_raw_alloc(uint64_t size);
_Noreturn void rt_out_of_memory(void);

/* table.c */

/** New zeroed slot. @return its handle (1-based). */
rt_u32 rt_table_add(struct rt_table *t, rt_u32 item_size);
/** @return NULL when @p handle was never given out. */
void *rt_table_at(const struct rt_table *t, rt_u32 item_size, rt_u32 handle);

/* trap.c */

/** Trap with " path=<path>". */
_Noreturn void rt_trap_path(const char *message, rt_view path);
/** Message and exit status 2: input or output failed, or the configuration is not usable. */
_Noreturn void rt_fail(const char *message);
/** SIGSEGV becomes the trap `stack overflow` or `invalid memory access`. @return 0 or an errno. */
int rt_trap_install(void);

/* text.c: numbers without stdio. */

/** Decimal digits of @p x; @return their number, at most 20. */
unsigned rt_dec(char *out, uint64_t x);
bool rt_utf8_valid(rt_view text);

/* config.c */

/** @return true when @p c is a usable document in @p size bytes of memory. */
bool rt_config_valid(const struct rt_config *c, uint64_t size);
/** String @p i of a list; @p i < list->count. */
const char *rt_list_item(const struct rt_list *list, rt_u32 i);
/** False only when the policy applies and lacks one of @p gates. */
bool rt_allowed(rt_u32 gates);
bool rt_sandboxed(void);

/* effect.c */

/** What tells two effects apart, beside the head that runs and the subject. */
struct rt_effect_key {
	enum rt_event_kind kind;
	unsigned reason; /* RT_USED or enum rt_event_reason */
	int sys_errno;
	rt_u32 code, detail;
	rt_u32 root; /* plus one */
};

/** Count a refused operation; never blocks, loses no count. */
void rt_deny(enum rt_event_kind kind, enum rt_event_reason why, int sys_errno, rt_view subject);
/** Count an effect. @param amount bytes or milliseconds. @return its entry, NULL when there is
 * none. */
struct rt_effect *rt_effect_add(const struct rt_effect_key *key, rt_view subject, uint64_t amount);
/** Add an amount to an entry of rt_effect_add, as part of the operation with @p total so far. */
void rt_effect_more(struct rt_effect *e, uint64_t amount, uint64_t total);
/** What is allowed is recorded too. */
bool rt_observed(void);
/** These gates let something pass. */
void rt_gates_used(rt_u32 gates);
/** A descriptor was opened. */
void rt_fd_used(int fd);
/** A listing saw so many entries, so deep. */
void rt_listing_used(rt_u32 entries, rt_u32 depth);

/* stream.c: whole reads and writes */

/**
 * Read @p fd to its end into an uncounted block (rt_mem_adopt, rt_mem_free).
 *
 * @return 0; EFBIG when there is more than @p max; ENOMEM when it does not fit; errno of read.
 */
int rt_read_all(rt_bytes *out, int fd, uint64_t max);
/** Exactly @p len bytes. @return 0, errno, or EIO at an early end. */
int rt_read_exact(int fd, void *to, uint64_t len);
/** @return 0 or errno. */
int rt_write_all(int fd, const void *from, uint64_t len);

/* start.c, report.c: the run */

/** Everything from the configuration to the exit status. */
int rt_main(void);
/** Put the program's environment and heap in place (unit tests call this). @return 0 or errno. */
int rt_begin(const struct rt_config *config);
/** Write the framed output with its test trailer. @return 0 or errno. */
int rt_write_output(int fd, rt_view output);
/** Free what handles hold and write the statistics line. @return 0 or errno. */
int rt_write_stats(int fd);

/* keep.c: everything that units may refer to */
typedef void rt_fn(void);
extern rt_fn *const rt_keep[];
extern const unsigned rt_keep_count;

/* maps and readers end with the run, before the statistics are printed */
void rt_maps_end(void);
void rt_io_end(void);
void rt_scratch_end(void);

#endif
