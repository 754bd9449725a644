/* SPDX-License-Identifier: MIT */
/*
 * Build-time tool: prints the open-addressing hash table of the head spellings as a C array, so
 * that the table is constant data and nothing is built when the compiler starts.
 */
#include "lang/builtins_hash.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const char *const spellings[] = {
#define HEAD(id, spelling, ...) spelling,
#include "lang/builtins.def"
#undef HEAD
};
/* clang-format on */

#define HEADS (sizeof(spellings) / sizeof(spellings[0]))

_Static_assert(HEADS * 2 <= LANG_HEAD_SLOTS, "LANG_HEAD_SLOTS is too small");

int main(void)
{
	uint16_t slots[LANG_HEAD_SLOTS];

	memset(slots, 0xff, sizeof(slots));
	for (size_t i = 0; i < HEADS; i++) {
		uint32_t at = lang_head_slot(spellings[i], strlen(spellings[i]));

		while (slots[at] != LANG_HEAD_SLOT_EMPTY) {
			if (strcmp(spellings[slots[at]], spellings[i]) == 0) {
				(void)fprintf(stderr, "lang/builtins.def: \"%s\" is there twice\n",
				    spellings[i]);
				return 1;
			}
			at = (at + 1) & (LANG_HEAD_SLOTS - 1);
		}
		slots[at] = (uint16_t)i;
	}
	(void)printf("static const uint16_t head_slots[LANG_HEAD_SLOTS] = {");
	for (size_t i = 0; i < LANG_HEAD_SLOTS; i++)
		(void)printf("%s%u,", i % 16 == 0 ? "\n\t" : " ", slots[i]);
	(void)printf("\n};\n");
	return 0;
}
