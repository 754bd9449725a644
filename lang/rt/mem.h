/* SPDX-License-Identifier: MIT */
/* The heap as programs see it: counted, and trapping with `out of memory`. */
#ifndef RT_MEM_H
#define RT_MEM_H

#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

/** A counted block; NULL for size 0. */
rt_u8 *rt_mem_alloc(uint64_t size, bool zero);
/** Give back a block of rt_mem_alloc. */
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
/** Trap `out of memory`. */
_Noreturn void rt_out_of_memory(void);

#endif
