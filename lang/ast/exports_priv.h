/* SPDX-License-Identifier: MIT */
/* What a file makes visible. */
#ifndef LANG_AST_EXPORTS_PRIV_H
#define LANG_AST_EXPORTS_PRIV_H

#include "lang/ast/loader_priv.h"

/** No name twice among the functions and nominals of this file. */
int ast_check_unique(
    struct ast_loader *l, struct ast_module *m, uint32_t first_fn, uint32_t first_nominal);
/** Mark the exported functions of this file, whose functions start at @p first_fn. */
int ast_apply_exports(
    struct ast_loader *l, struct ast_module *m, const struct json *decls, uint32_t first_fn);

#endif
