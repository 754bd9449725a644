/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer with a mandatory maximum. Going over the maximum sets a sticky flag that
 * the owner checks once at the end, so that appending needs no error path.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/** Bytes in memory. `data` is NUL-terminated one past `len` whenever it is not NULL. */
struct buf {
	char *data;    /* owned; NULL while empty */
	size_t len;    /* bytes in use, without the terminator */
	size_t cap;    /* bytes allocated */
	size_t max;    /* largest len allowed */
	bool overflow; /* an append was refused; data is what fitted before it */
};

/** An empty buffer that may hold at most @p max bytes. */
struct buf buf_init(size_t max);
/** Free the bytes; the buffer is empty again and keeps its maximum. */
void buf_clear(struct buf *b);
/** Forget the contents, keep the memory and the maximum, reset `overflow`. */
void buf_reset(struct buf *b);
/** Append bytes (borrowed). Over the maximum: nothing is appended and `overflow` is set. */
void buf_add(struct buf *b, const void *data, size_t len);
/** Append a NUL-terminated string (borrowed). */
void buf_puts(struct buf *b, const char *text);
/** Append one byte. */
void buf_putc(struct buf *b, char c);
/** Append formatted text. */
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** Append a u32 as four little-endian bytes. */
void buf_put_u32le(struct buf *b, uint32_t v);
/** The text so far: never NULL, "" for a buffer that holds nothing. Borrowed until it grows. */
static inline const char *buf_str(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}
/** Make room for @p extra bytes behind len and return their address; NULL over the maximum. */
void *buf_reserve(struct buf *b, size_t extra);
/** Move the text out (owned, NUL-terminated, never NULL); the buffer is empty afterwards. */
char *buf_take(struct buf *b);

#endif
