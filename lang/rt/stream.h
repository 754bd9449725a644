/* SPDX-License-Identifier: MIT */
/* Whole reads and writes of descriptors. */
#ifndef RT_STREAM_H
#define RT_STREAM_H

#include "lang/rt/protos.h"

#include <stdint.h>

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

#endif
