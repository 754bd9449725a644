/* SPDX-License-Identifier: MIT */
/* The declarations of a file. */
#ifndef LANG_AST_DECL_PRIV_H
#define LANG_AST_DECL_PRIV_H

#include "lang/ast/loader_priv.h"

/** All declarations of @p m: functions, records, enums and what it exports. */
int ast_parse_decls(struct ast_loader *l, struct ast_module *m, const struct json *decls);

#endif
