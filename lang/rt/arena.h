/* SPDX-License-Identifier: MIT */
/*
 * The heap of a run: one range of address space. Sizes are bytes as requested; blocks are 16-byte
 * aligned.
 */
#ifndef RT_ARENA_H
#define RT_ARENA_H

#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

/* Blocks that can be asked for; the rest of the 32-bit range is `out of memory`. */
#define RT_ALLOC_MAX 0xFFFFFFE0ull
/** Take @p cap bytes of address space. @return 0 or an errno. */
int rt_heap_init(uint64_t cap);
/** Give everything back (unit tests). */
void rt_heap_drop(void);
/** A block, zero-filled when @p zero. @return NULL when there is no room. @p size is not 0. */
void *rt_heap_alloc(uint64_t size, bool zero);
/** Give back a block of rt_heap_alloc. */
void rt_heap_free(void *block);
/** Make a block larger where it stands. @return false when its neighbour is in use. */
bool rt_heap_grow(void *block, uint64_t size);
/** Size that was asked for. */
rt_u32 rt_heap_size(const void *block);
/** Peak of the bytes asked for. */
uint64_t rt_heap_peak(void);

#endif
