/* SPDX-License-Identifier: MIT */
/* The source loader on any bytes: a program or exactly one fault with its place. */
#include "lang/ast/load.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(arena_clear) struct arena arena;
	struct ast_source source = {.entry_path = "fuzz"};
	struct ast_program *program = NULL;
	struct err err = {0};
	int rc;

	arena_init(&arena, 0);
	rc = ast_load_text(&program, &arena, (struct str){(const char *)data, (uint32_t)size},
	    &source, &diags, &err);
	if (rc == 0 && (program == NULL || diags.count != 0))
		abort();
	if (rc != 0 && (rc != ERR_COMPILE || diags.count != 1 || diags.items[0].ptr == NULL))
		abort();
	return 0;
}
