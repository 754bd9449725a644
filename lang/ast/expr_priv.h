/* SPDX-License-Identifier: MIT */
/* The shape of expressions. */
#ifndef LANG_AST_EXPR_PRIV_H
#define LANG_AST_EXPR_PRIV_H

#include "lang/ast/loader_priv.h"

/** Shape of one expression and everything below it; counts nodes. */
int ast_check_expr(struct ast_loader *l, const struct ast_module *m, const struct json *e);

#endif
