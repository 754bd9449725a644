/* SPDX-License-Identifier: MIT */
/* The arrays that a program is made of, while it is loaded. */
#ifndef LANG_AST_PROGRAM_PRIV_H
#define LANG_AST_PROGRAM_PRIV_H

#include "lang/ast/types.h"

/**
 * Append one item of @p size bytes to an arena vector of @p count items; the caller counts.
 * @return the vector, moved when it had to grow.
 */
void *ast_grow(struct arena *a, void *items, uint32_t count, size_t size);

/** Sort functions by name. */
void ast_fn_sort(struct ast_fn **fns, uint32_t count);
/** Find one among sorted functions by binary search; NULL when there is none. */
struct ast_fn *ast_fn_search(struct ast_fn *const *fns, uint32_t count, struct str name);

#endif
