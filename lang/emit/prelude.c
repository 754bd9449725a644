/* SPDX-License-Identifier: MIT */
/* What each C compiler gets before the emitted text. */
#include "lang/emit/prelude.h"

#include "lang/emit/text_priv.h"
#include "rt_abi_text.h"
#include "rt_inline_text.h"

#include <string.h>

/* Before a function that would take the C compiler too long. */
static const char unoptimised[] = "#if defined(__clang__)\n"
				  "#define RT_LARGE __attribute__((optnone, noinline))\n"
				  "#elif defined(__GNUC__)\n"
				  "#define RT_LARGE __attribute__((optimize(\"O0\"), noinline))\n"
				  "#else\n"
				  "#define RT_LARGE\n"
				  "#endif\n";

/* Functions that lang/rt/inline.h defines need no prototype. */
static bool is_inline(const char *id)
{
	for (size_t i = 0; inline_names[i] != NULL; i++) {
		if (strcmp(inline_names[i], id) == 0)
			return true;
	}
	return false;
}

void emit_prelude(struct buf *out, const struct emit_unit *unit, enum emit_target target)
{
	bool full = target == EMIT_CC;

	buf_add(out, abi_text, sizeof(abi_text) - 1);
	if (full)
		buf_add(out, inline_text, sizeof(inline_text) - 1);
	buf_printf(out, "#define RT_STRIP %d\n", full);
	buf_puts(out, full ? unoptimised : "#define RT_LARGE\n");
	for (int h = 0; h < HEAD_COUNT; h++) {
		if (unit->used[h] && !(full && is_inline(lang_heads[h].id)))
			emit_prototype(out, (enum lang_head)h);
	}
}
