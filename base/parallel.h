/* SPDX-License-Identifier: MIT */
/* Work on a range of numbers by all processors, for what waits for nobody but the kernel. */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stdint.h>

#define PARALLEL_THREADS_MAX 8
/* Descriptors that all threads together may have open at a time without growing the table. */
#define PARALLEL_OPEN 128

/**
 * Call @p one for 0 to @p count - 1, each once, in no order, from at most PARALLEL_THREADS_MAX
 * threads at a time, the caller's among them. Returns when all of them are done. What they leave
 * open is to be announced with file_expect, and PARALLEL_OPEN with it.
 * @param ctx  borrowed; what @p one changes through it belongs to its number alone, or is atomic.
 */
void parallel_for(uint32_t count, void (*one)(void *ctx, uint32_t i), void *ctx);

#endif
