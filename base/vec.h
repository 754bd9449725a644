/* SPDX-License-Identifier: MIT */
/*
 * Growing arrays: three plain variables (pointer, count, capacity) and one macro. The caller bounds
 * the count when it comes from input.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/attr.h"

/**
 * Make room for @p need items; the capacity at least doubles. Aborts when memory is out.
 *
 * @param items  moved in; NULL when @p cap is 0.
 * @param cap    items allocated; updated.
 * @param size   bytes of one item, not 0.
 * @return the array, owned; what is behind the old capacity is not initialised.
 */
MUST_CHECK void *base_grow(void *items, size_t *cap, size_t need, size_t size);

/**
 * Append @p item to the array @p items of @p count items and capacity @p cap (a size_t), growing
 * it: `VEC_PUSH(list->items, list->count, list->cap, name);`
 */
#define VEC_PUSH(items, count, cap, item)                                                          \
	do {                                                                                       \
		size_t size_ = sizeof((items)[0]); /* NOLINT(bugprone-sizeof-expression) */        \
		(items) = base_grow((items), &(cap), (size_t)(count) + 1, size_);                  \
		(items)[(count)++] = (item);                                                       \
	} while (0)

#endif
