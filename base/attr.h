/* SPDX-License-Identifier: MIT */
/*
 * Function attributes and the cleanup idiom: an owning local is declared with AUTO_* or
 * CLEANUP(x_clear), initialised on the same line, and leaves its scope through TAKE().
 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/** Run @p fn (which takes a pointer to the variable) when the variable goes out of scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/** A heap pointer freed at the end of its scope: `AUTO_FREE char *text = NULL;` */
#define AUTO_FREE CLEANUP(base_free_ptr)

/** A descriptor closed at the end of its scope; -1 means none: `AUTO_CLOSE int fd = -1;` */
#define AUTO_CLOSE CLEANUP(base_close_fd)

/** Move a value out of an owning local: yields it and leaves zero bytes behind. */
#define TAKE(x)                                                                                    \
	({                                                                                         \
		__typeof__(x) taken_ = (x);                                                        \
		__builtin_memset(&(x), 0, sizeof(__typeof__(x)));                                  \
		taken_;                                                                            \
	})

/** Cleanup function of AUTO_FREE. @param p address of a pointer, not NULL. */
void base_free_ptr(void *p);

/** Cleanup function of AUTO_CLOSE: closes *@p fd when it is >= 0 and keeps errno. */
void base_close_fd(int *fd);

/** Move a descriptor out of an AUTO_CLOSE local; leaves -1 behind. */
int take_fd(int *fd);

/** malloc, calloc and realloc that abort when memory is out; the result is owned. */
void *base_alloc(size_t size);
/** As base_alloc, @p count items of @p size bytes, all zero. */
void *base_calloc(size_t count, size_t size);
/** As base_alloc, for memory that grows; @p p is freed or the same. */
void *base_realloc(void *p, size_t size);

/** Copy of @p text (borrowed), owned by the receiver; NULL stays NULL. */
char *base_strdup(const char *text);

#endif
