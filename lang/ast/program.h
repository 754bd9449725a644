/* SPDX-License-Identifier: MIT */
/* Looking things up in a program. */
#ifndef LANG_AST_PROGRAM_H
#define LANG_AST_PROGRAM_H

#include "lang/ast/types.h"

/** Function by full symbol (binary search); NULL when there is none. */
struct ast_fn *ast_fn_find(const struct ast_program *program, struct str name);
/** Module by id; NULL when it was not loaded. */
const struct ast_module *ast_module_find(const struct ast_program *program, struct str id);
/** True when @p module lists @p id in its imports. */
bool ast_imports(const struct ast_module *module, struct str id);

#endif
