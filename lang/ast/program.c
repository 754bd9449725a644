/* SPDX-License-Identifier: MIT */
/* Looking things up in a program, and the arrays that it is made of. */
#include "lang/ast/program.h"

#include "lang/ast/program_priv.h"

#include <stdlib.h>
#include <string.h>

void *ast_grow(struct arena *a, void *items, uint32_t count, size_t size)
{
	void *bigger;

	if ((count & (count - 1)) != 0 || count == 1) /* room is left up to the next power of two */
		return items;
	bigger = arena_alloc(a, (count ? (size_t)count * 2 : 2) * size);
	if (count > 0)
		memcpy(bigger, items, count * size);
	return bigger;
}

static int compare_fn(const void *a, const void *b)
{
	return str_cmp((*(struct ast_fn *const *)a)->name, (*(struct ast_fn *const *)b)->name);
}

void ast_fn_sort(struct ast_fn **fns, uint32_t count)
{
	if (count > 1)
		qsort(fns, count, sizeof(struct ast_fn *), compare_fn);
}

struct ast_fn *ast_fn_search(struct ast_fn *const *fns, uint32_t count, struct str name)
{
	uint32_t low = 0;

	while (low < count) {
		uint32_t middle = low + (count - low) / 2;
		int order = str_cmp(fns[middle]->name, name);

		if (order == 0)
			return fns[middle];
		if (order < 0)
			low = middle + 1;
		else
			count = middle;
	}
	return NULL;
}

struct ast_fn *ast_fn_find(const struct ast_program *program, struct str name)
{
	return ast_fn_search(program->fns, program->fn_count, name);
}

const struct ast_module *ast_module_find(const struct ast_program *program, struct str id)
{
	for (uint32_t i = 0; i < program->module_count; i++) {
		if (str_eq(program->modules[i]->id, id))
			return program->modules[i];
	}
	return NULL;
}

bool ast_imports(const struct ast_module *module, struct str id)
{
	for (uint32_t i = 0; i < module->import_count; i++) {
		if (str_eq(module->imports[i], id))
			return true;
	}
	return false;
}
