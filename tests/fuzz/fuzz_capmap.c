/* SPDX-License-Identifier: MIT */
/* capabilities.json: what is taken has unique ids, and each alias leads to one. */
#include "registry/capmap.h"
#include "registry/capmap_read.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(registry_capmap_clear) struct registry_capmap map = {0};
	struct err err = {0};

	if (registry_capmap_parse(&map, (const char *)data, size, &err) < 0)
		return 0;
	for (uint32_t i = 1; i < map.count; i++) {
		if (strcmp(map.items[i - 1].id, map.items[i].id) >= 0)
			abort();
	}
	for (uint32_t i = 0; i < map.alias_count; i++) {
		if (!registry_capmap_find(&map, map.aliases[i].alias))
			abort();
	}
	return 0;
}
