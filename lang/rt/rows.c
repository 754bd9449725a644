/* SPDX-License-Identifier: MIT */
/*
 * Packed rows of 32-bit little-endian numbers, ordered by their first number: what the sorted
 * collections of the standard library are made of. A row is one number or a key with its value.
 */
#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ROW_MAX 8u

/* The key of a row, so that an unsigned comparison orders it. */
static rt_u32 key_at(const rt_u8 *row, bool is_signed)
{
	rt_u32 x;

	memcpy(&x, row, sizeof(x));
	return is_signed ? x ^ 0x80000000u : x;
}

static rt_u32 row_size(rt_u32 size)
{
	if (size != 4 && size != ROW_MAX)
		rt_trap("rows of this size do not exist", NULL);
	return size;
}

rt_u32 rt_rows_find(rt_view rows, rt_u32 key, rt_u32 size, rt_u32 is_signed)
{
	rt_u32 low = 0;
	rt_u32 high = rows.len / row_size(size);
	rt_u32 want = is_signed ? key ^ 0x80000000u : key;

	while (low < high) {
		rt_u32 mid = low + (high - low) / 2;

		if (key_at(rows.ptr + (size_t)mid * size, is_signed) < want)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void swap_rows(rt_u8 *a, rt_u8 *b, rt_u32 size)
{
	rt_u8 kept[ROW_MAX];

	memcpy(kept, a, size);
	memcpy(a, b, size);
	memcpy(b, kept, size);
}

/* A heap with the largest key on top: put the row at @p at where it belongs. */
static void sift_down(rt_u8 *rows, size_t at, size_t count, rt_u32 size, bool is_signed)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= count)
			return;
		if (child + 1 < count && key_at(rows + child * size, is_signed) <
					     key_at(rows + (child + 1) * size, is_signed))
			child++;
		if (key_at(rows + at * size, is_signed) >= key_at(rows + child * size, is_signed))
			return;
		swap_rows(rows + at * size, rows + child * size, size);
		at = child;
	}
}

rt_bytes rt_rows_sort(rt_bytes rows, rt_u32 size, rt_u32 is_signed)
{
	size_t count = rows.len / row_size(size);

	for (size_t i = count / 2; i-- > 0;)
		sift_down(rows.ptr, i, count, size, is_signed);
	for (size_t i = count; i-- > 1;) {
		swap_rows(rows.ptr, rows.ptr + i * size, size);
		sift_down(rows.ptr, 0, i, size, is_signed);
	}
	return rows;
}
