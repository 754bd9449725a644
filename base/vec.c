/* SPDX-License-Identifier: MIT */
/* Arrays that grow. */
#include "base/vec.h"

#include <stdint.h>

void *base_grow(void *items, size_t *cap, size_t need, size_t size)
{
	size_t wanted = *cap < 8 ? 8 : *cap;

	if (need <= *cap)
		return items;
	while (wanted < need)
		wanted = wanted > SIZE_MAX / 2 ? need : wanted * 2;
	if (wanted > SIZE_MAX / size)
		return base_calloc(wanted, size); /* aborts: so much memory there is not */
	*cap = wanted;
	return base_realloc(items, wanted * size);
}
