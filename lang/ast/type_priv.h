/* SPDX-License-Identifier: MIT */
/* Type references. */
#ifndef LANG_AST_TYPE_PRIV_H
#define LANG_AST_TYPE_PRIV_H

#include "lang/ast/loader_priv.h"

/** Type reference; @p brand may be NULL. */
int ast_parse_type(struct ast_loader *l, const struct ast_module *m, struct ast_type *out,
    const struct json *v, const struct json *brand);

#endif
