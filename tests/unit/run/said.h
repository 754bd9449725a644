/* SPDX-License-Identifier: MIT */
/* A caller of the engine that remembers what it was told. */
#ifndef TESTS_UNIT_RUN_SAID_H
#define TESTS_UNIT_RUN_SAID_H

#include "base/notes.h"
#include "cmd/run/types.h"
#include "tests/support/support.h"

#include <string.h>

/** Appends each line, with its end, to the buffer behind @p ctx. */
static inline void said(void *ctx, const char *line)
{
	struct buf *out = ctx;

	buf_puts(out, line);
	buf_putc(out, '\n');
}

/** Fail unless the text holds @p part; NULL: unless it is empty. */
static inline void ck_said(const struct buf *text, const char *part)
{
	if (part == NULL)
		ck_assert_msg(text->len == 0, "said: %s", buf_str(text));
	else
		ck_assert_msg(
		    strstr(buf_str(text), part) != NULL, "'%s' in: %s", part, buf_str(text));
}

#endif
