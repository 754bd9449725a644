/* SPDX-License-Identifier: MIT */
/* The table of built-in heads (lang/builtins.def) as data, and look-up by spelling. */
#include "lang/builtins.h"

#include "lang/builtins_hash.h"
#include "lang_heads.h"

/* clang-format off */
const struct lang_head_row lang_heads[HEAD_COUNT] = {
#define HEAD(id_, spelling_, result_, flags_, ...) \
	[HEAD_##id_] = {.spelling = (spelling_), .id = #id_, .result = TY_##result_, \
		.flags = (flags_), .args = {__VA_ARGS__}},
#include "lang/builtins.def"
#undef HEAD
};
/* clang-format on */

bool lang_head_find(enum lang_head *out, struct str spelling)
{
	uint32_t at = lang_head_slot(spelling.ptr, spelling.len);

	for (; head_slots[at] != LANG_HEAD_SLOT_EMPTY; at = (at + 1) & (LANG_HEAD_SLOTS - 1)) {
		if (str_eq_c(spelling, lang_heads[head_slots[at]].spelling)) {
			*out = (enum lang_head)head_slots[at];
			return true;
		}
	}
	return false;
}

uint32_t lang_head_arity(enum lang_head h)
{
	uint32_t count = 0;

	while (lang_heads[h].args[count] != A_END)
		count++;
	return count;
}
