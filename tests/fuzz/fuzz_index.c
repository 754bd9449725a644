/* SPDX-License-Identifier: MIT */
/* Index files: whatever is served, they are read or refused; what was read is written and read. */
#include "registry/index.h"
#include "registry/index_line.h"
#include "registry/types.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct registry_version *v)
{
	CLEANUP(buf_clear) struct buf line = buf_init((size_t)64 << 20);
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	const struct registry_version *same = NULL;
	struct err err = {0};

	registry_index_print(&line, v);
	if (registry_index_parse(&index, v->name, line.data, line.len, &err) < 0 ||
	    registry_index_find(&same, &index, v->version, &err) < 0 ||
	    strcmp(same->cksum, v->cksum) != 0 || same->yanked != v->yanked)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)64 << 20);
	struct err err = {0};

	if (registry_index_parse(&index, "alpha", (const char *)data, size, &err) < 0)
		return 0;
	(void)registry_index_warnings(&text, &index, 10);
	for (uint32_t i = 0; i < index.count; i++)
		again(&index.versions[i]);
	return 0;
}
