/* SPDX-License-Identifier: MIT */
/*
 * The JSON reader and writer on any bytes: what is accepted must be accepted again when written,
 * and be written the same the second time.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* True when the text parses; then it is written to @p out. */
static bool rewrite(struct buf *out, const char *text, size_t len, bool pretty)
{
	CLEANUP(arena_clear) struct arena arena;
	struct jsonw w = jsonw_init(out, pretty);
	struct json_fault fault = {0};
	const struct json *v = NULL;

	arena_init(&arena, (size_t)256 << 20);
	if (json_parse(&v, &arena, text, len, NULL, &fault) < 0) {
		if (fault.message[0] == '\0' || fault.offset > len)
			abort();
		return false;
	}
	jsonw_value(&w, v, pretty);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_clear) struct buf first = buf_init((size_t)256 << 20);
	CLEANUP(buf_clear) struct buf second = buf_init((size_t)256 << 20);

	if (!rewrite(&first, (const char *)data, size, false) || first.overflow)
		return 0;
	if (!rewrite(&second, first.data, first.len, false) || second.len != first.len ||
	    memcmp(first.data, second.data, first.len) != 0)
		abort();
	buf_reset(&second);
	if (!rewrite(&second, first.data, first.len, true))
		abort();
	return 0;
}
